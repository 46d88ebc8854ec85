#include <stdlib.h>
#include <string.h>

#include "keyevents.h"
#include "kv.h"
#include "kvinfo.h"
#include "kvreply.h"
#include "mem.h"
#include "side.h"
#include "sourcewatch.h"

/* Keys that may be gone without a word: they are counted a moment later. */
enum { SLACK = 50 };

static uint64_t
calls(const char *stats, const char *const *command)
{
	uint64_t sum = 0;

	for (; *command != NULL; command++)
		sum += kvinfo_calls(stats, *command);
	return sum;
}

void
sourcewatch_read(
	struct sourcewatch_counts *c, const char *stats, const char *info)
{
	/* a server that becomes a replica has other data, too */
	static const char *const emptied[] = {
		"flushdb", "flushall", "swapdb", "replicaof", "slaveof", NULL};
	static const char *const groups[] = {
		"xreadgroup", "xack", "xclaim", "xautoclaim", "xackdel", NULL};
	static const char *const sketches[] = {"pfcount", NULL};

	memset(c, 0, sizeof(*c));
	c->has_calls = strstr(stats, "cmdstat_") != NULL;
	c->emptied = calls(stats, emptied);
	c->groups = calls(stats, groups);
	c->sketches = calls(stats, sketches);
	c->commands = kvinfo_number(info, "total_commands_processed");
	(void)kvinfo_text(
		info, "master_replid", c->replication, sizeof(c->replication));
	c->keys = kvinfo_keys(info);
}

unsigned
sourcewatch_compare(
	const struct sourcewatch_counts *a, const struct sourcewatch_counts *b)
{
	int64_t told = (int64_t)(b->events - a->events);
	unsigned what = 0;

	/* started anew, or its counts were: they say nothing */
	if (b->commands < a->commands || b->has_calls != a->has_calls ||
		strcmp(a->replication, b->replication) != 0)
		return SOURCEWATCH_OTHER;
	if (b->emptied != a->emptied)
		what |= SOURCEWATCH_EMPTIED;
	if (b->groups != a->groups)
		what |= SOURCEWATCH_GROUPS;
	if (b->sketches != a->sketches)
		what |= SOURCEWATCH_SKETCHES;
	if (!b->has_calls && a->keys - b->keys > told + SLACK)
		what |= SOURCEWATCH_SHRUNK;
	return what;
}

/* An INFO as text that stays. NULL: lost, or no memory. */
static char *
ask(struct side *side, const char *section)
{
	const struct kvreply *r = kv_call(side->kv, "INFO", section, NULL);

	if (r == NULL)
		return NULL;
	return is_kvreply(r, KVREPLY_STRING) ? mem_dup(r->str, r->len)
					     : mem_strdup("");
}

/* Whether notifications were turned off. 0 or -1. */
static int
look_at_flags(struct side *side, unsigned *what)
{
	const struct kvreply *r;

	if (!is_side_able(side, SIDE_CONFIG))
		return 0;
	r = kv_call(side->kv, "CONFIG", "GET", "notify-keyspace-events", NULL);
	if (r == NULL)
		return -1;
	if (is_kvreply(r, KVREPLY_ARRAY) && r->n == 2 &&
		r->item[1]->str != NULL &&
		!is_keyevents_enough(r->item[1]->str))
		*what |= SOURCEWATCH_SILENT;
	return 0;
}

int
sourcewatch_look(struct sourcewatch *w, struct side *side, uint64_t events,
	unsigned *what)
{
	struct sourcewatch_counts now;
	char *stats, *info = NULL;
	int rc = -1;

	*what = 0;
	if ((stats = ask(side, "commandstats")) == NULL ||
		(info = ask(side, NULL)) == NULL ||
		look_at_flags(side, what) == -1)
		goto out;
	sourcewatch_read(&now, stats, info);
	now.events = events;
	if (w->has_last)
		*what |= sourcewatch_compare(&w->last, &now);
	w->last = now;
	w->has_last = true;
	rc = 0;
out:
	free(stats);
	free(info);
	return rc;
}
