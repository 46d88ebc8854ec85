#include <string.h>

#include "copying.h"
#include "ends.h"
#include "journal.h"
#include "landing.h"
#include "rediscopy.h"
#include "status.h"
#include "tempkeys.h"

/* What to do about keys that are there already. */
static const char *
advice(const struct ends *e)
{
	const char *verb = e->rec.verb;

	if (e->from.kv != NULL && e->from.server.keys == 0)
		return "the source holds none: are --from and --to swapped?";
	if (strcmp(verb, "follow") == 0)
		return "if an earlier run filled it, give that run's "
		       "--journal; otherwise an empty one, or --policy replace";
	if (strcmp(verb, "restore") == 0)
		return "if an earlier run filled it, give that run's "
		       "--journal; otherwise an empty one, or --policy skip "
		       "or replace";
	if (strcmp(verb, "plan") == 0)
		return "give an empty one, or --policy skip or replace";
	return "if an earlier copy filled it, sync makes it equal, and the "
	       "same --journal goes on with it; otherwise give an empty one, "
	       "or --policy skip or replace";
}

void
landing_tell_full(struct ends *e, size_t pair, int64_t n)
{
	(void)recorder_tell(&e->rec, "error", "redis-target-not-empty",
		advice(e), "database %d of the target holds %lld keys",
		e->dbs.pair[pair].to, (long long)n);
}

int
landing_check_empty(struct ends *e)
{
	bool fails = strcmp(e->opt->policy, "fail") == 0;
	int64_t n;
	size_t i;

	if (!fails || (e->journal != NULL && is_journal_resumed(e->journal)))
		return STATUS_OK;
	for (i = 0; i < e->dbs.n; i++) {
		if (side_select(&e->to, e->dbs.pair[i].to) == -1)
			return STATUS_NO;
		if ((n = side_keys(&e->to)) > 0)
			landing_tell_full(e, i, n);
	}
	return e->rec.errors > 0 ? STATUS_NO : STATUS_OK;
}

int
landing_check(struct copying *c)
{
	if (!is_side_able(&c->e.to, SIDE_RESTORE))
		(void)recorder_tell(&c->e.rec, "note", "redis-no-restore", NULL,
			"the target does not take payloads: keys are copied "
			"element by element");
	return landing_check_empty(&c->e);
}

int
landing_sweep(struct copying *c)
{
	size_t i;

	for (i = 0; i < c->e.dbs.n; i++)
		if (side_select(&c->e.to, c->e.dbs.pair[i].to) == -1 ||
			tempkeys_sweep(&c->e.to, c->log.run) == -1)
			return STATUS_TEMPORARY;
	return STATUS_OK;
}
