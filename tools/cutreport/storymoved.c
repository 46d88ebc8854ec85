/* What was copied and compared: tables, keys, objects. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "flow.h"
#include "json.h"
#include "mem.h"
#include "reading.h"
#include "story.h"

/* Databases and pairs of places; each is some kilobytes. */
enum { MOST_FLOWS = 256 };

/* Where objects are from and to: the record says it, or its journal. */
static char *
places(const struct reading *x)
{
	struct story *s = x->s;
	const char *from = reading_text(x, "source");
	const char *to = reading_text(x, "target");

	if (*from != '\0' && *to != '\0')
		return reading_format(s, "%s to %s", from, to);
	if (s->in_source == NULL || s->in_target == NULL ||
		strcmp(s->in_tool, "tigris-sync") != 0)
		return reading_copy(s, "objects");
	return reading_format(s, "%s to %s", s->in_source, s->in_target);
}

/* "schema.table", "database 3", "FROM to TO". */
static char *
name_of(const struct reading *x, const char *kind)
{
	if (strcmp(kind, "table") == 0)
		return reading_format(x->s, "%s.%s", reading_text(x, "schema"),
			reading_text(x, "table"));
	if (strcmp(kind, "keys") == 0)
		return reading_format(x->s, "database %lld",
			(long long)reading_whole(x, "db"));
	return places(x);
}

/* The flow of that name, which is the callee's; a new one if there is none. */
static struct story_flow *
flow_of(const struct reading *x, const char *kind, char *name)
{
	struct story *s = x->s;
	struct story_flow *f = NULL;
	size_t i;

	if (name == NULL)
		return NULL;
	for (i = 0; i < s->n_flows; i++)
		if (strcmp(s->flow[i].kind, kind) == 0 &&
			strcmp(s->flow[i].name, name) == 0) {
			free(name);
			return &s->flow[i];
		}
	if ((f = READING_MORE(s, flow, n_flows, MOST_FLOWS)) == NULL) {
		free(name);
		return NULL;
	}
	f->name = name;
	f->kind = kind;
	if ((f->flow = mem_zalloc(1, sizeof(*f->flow))) == NULL) {
		s->failed = 1;
		return NULL;
	}
	return f;
}

/* When what the record tells of began. */
static double
beginning(const struct reading *x)
{
	return x->at - reading_number(x, "seconds");
}

static void
add_move(const struct reading *x, const char *kind, int64_t items)
{
	struct story_move *m = READING_MORE(x->s, move, n_moves, READING_MOST);

	if (m == NULL)
		return;
	m->name = name_of(x, kind);
	m->kind = kind;
	m->end = x->at;
	m->begin = beginning(x);
	m->bytes = (uint64_t)reading_whole(x, "bytes");
	m->items = items;
}

static void
add_table(const struct reading *x, int64_t rows)
{
	struct story_flow *f = flow_of(x, "table", reading_copy(x->s, ""));

	add_move(x, "table", rows);
	if (f != NULL)
		flow_add(f->flow, beginning(x), x->at,
			(uint64_t)reading_whole(x, "bytes"), rows);
}

static void
read_table_copied(const struct reading *x)
{
	add_table(x, reading_whole(x, "rows"));
}

/* Rows that differed, of a table that was copied before. */
static void
read_table_synced(const struct reading *x)
{
	static const char *const keys[] = {"inserted", "updated", "deleted"};
	int64_t rows = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int64_t n = reading_whole(x, keys[i]);

		rows += n < (int64_t)FLOW_MOST ? n : (int64_t)FLOW_MOST;
	}
	add_table(x, rows);
}

/* How many of the database's keys this run has copied so far. */
static void
read_keys_checkpoint(const struct reading *x)
{
	struct story_flow *f = flow_of(x, "keys", name_of(x, "keys"));
	int64_t keys = reading_whole(x, "keys");
	double since = x->s->in_at;

	if (f == NULL)
		return;
	/* fewer than before: a run that was killed begins again */
	if (keys < f->marked)
		f->marked = 0;
	flow_add(
		f->flow, since > 0 ? since : x->at, x->at, 0, keys - f->marked);
	f->marked = keys;
}

static void
read_keys_copied(const struct reading *x)
{
	struct story_flow *f = flow_of(x, "keys", name_of(x, "keys"));
	double begun = beginning(x), since = x->s->in_at;
	int64_t rest;

	add_move(x, "keys", reading_whole(x, "keys"));
	if (f == NULL)
		return;
	rest = reading_whole(x, "keys") - f->marked;
	if (rest < 0)
		rest = 0;
	/* the rest came after the last checkpoint, if there was one */
	flow_add(f->flow, f->marked > 0 && since > begun ? since : begun, x->at,
		0, rest);
	flow_add(f->flow, begun, x->at, (uint64_t)reading_whole(x, "bytes"), 0);
	f->marked = 0;
}

/* What had failed and did not at ${x}. ${name} NULL: all of that place. */
static void
forget_failures(const struct reading *x, const char *kind, const char *place,
	const char *name)
{
	struct story *s = x->s;
	size_t i, n = 0;

	for (i = 0; i < s->n_failures; i++) {
		struct story_failure *f = &s->failure[i];

		if (f->at > x->at || strcmp(f->kind, kind) != 0 ||
			(name != NULL && strcmp(f->name, name) != 0) ||
			strcmp(f->place, place) != 0) {
			s->failure[n++] = *f;
			continue;
		}
		free(f->name);
		free(f->place);
		free(f->message);
	}
	s->n_failures = n;
}

/* A key as it can be shown; one that is no text is told in base64. */
static char *
key_of(const struct reading *x)
{
	const char *key = reading_text(x, "key");

	if (*key != '\0' || json_get(x->r, "key_base64") == NULL)
		return reading_copy(x->s, key);
	return reading_format(
		x->s, "%s (base64)", reading_text(x, "key_base64"));
}

/* Whether both ends were found equal after this record. */
static bool
is_equal_since(const struct reading *x, const char *kind, const char *place)
{
	const struct story *s = x->s;

	for (size_t i = 0; i < s->n_proofs; i++)
		if (s->proof[i].equal && s->proof[i].at > x->at &&
			strcmp(s->proof[i].kind, kind) == 0 &&
			strcmp(s->proof[i].name, place) == 0)
			return true;
	return false;
}

static void
add_failure(const struct reading *x, const char *kind, const char *message)
{
	struct story *s = x->s;
	char *place = name_of(x, kind), *name = key_of(x);
	struct story_failure *f;

	if (place == NULL || name == NULL || is_equal_since(x, kind, place)) {
		free(place);
		free(name);
		return;
	}
	forget_failures(x, kind, place, name);
	f = READING_MORE(s, failure, n_failures, READING_MOST);
	if (f == NULL) {
		free(place);
		free(name);
		return;
	}
	f->name = name;
	f->place = place;
	f->kind = kind;
	f->message = reading_copy(s, message);
	f->at = x->at;
}

static void
read_object_failed(const struct reading *x)
{
	add_failure(x, "objects", reading_text(x, "message"));
}

static void
read_key_failed(const struct reading *x)
{
	add_failure(x, "keys", reading_text(x, "reason"));
}

static void
read_object_copied(const struct reading *x)
{
	struct story_flow *f = flow_of(x, "objects", name_of(x, "objects"));
	char *key;

	if (f == NULL)
		return;
	flow_add(f->flow, beginning(x), x->at,
		(uint64_t)reading_whole(x, "size"), 1);
	if (x->s->n_failures == 0)
		return;
	if ((key = key_of(x)) != NULL)
		forget_failures(x, "objects", f->name, key);
	free(key);
}

static void
read_object_skipped(const struct reading *x)
{
	struct story_flow *f = flow_of(x, "objects", name_of(x, "objects"));

	if (f != NULL)
		f->skipped++;
}

static void
read_object_deleted(const struct reading *x)
{
	struct story_flow *f = flow_of(x, "objects", name_of(x, "objects"));

	if (f != NULL)
		f->deleted++;
}

/* The last word about a name counts, whichever journal is read first. ${note}
 * is the callee's. */
static void
add_proof(const struct reading *x, const char *kind, bool equal, int64_t items,
	char *note)
{
	struct story *s = x->s;
	struct story_proof *p = NULL;
	char *name = name_of(x, kind);
	size_t i;

	for (i = 0; name != NULL && i < s->n_proofs; i++)
		if (strcmp(s->proof[i].kind, kind) == 0 &&
			strcmp(s->proof[i].name, name) == 0)
			p = &s->proof[i];
	if (p != NULL && x->at > 0 && x->at < p->at) {
		free(name);
		free(note);
		return;
	}
	if (p != NULL) {
		free(name);
		free(p->note);
	} else if (name == NULL || (p = READING_MORE(s, proof, n_proofs,
					    READING_MOST)) == NULL) {
		free(name);
		free(note);
		return;
	} else {
		p->name = name;
		p->kind = kind;
	}
	p->equal = equal;
	p->items = items;
	p->note = note;
	p->at = x->at;
	if (equal)
		forget_failures(x, kind, p->name, NULL);
}

static void
read_table_verified(const struct reading *x)
{
	add_proof(x, "table", true, reading_whole(x, "rows"), NULL);
}

static void
read_table_differs(const struct reading *x)
{
	add_proof(x, "table", false, 0,
		reading_format(x->s, "%lld missing, %lld extra, %lld changed",
			(long long)reading_whole(x, "missing"),
			(long long)reading_whole(x, "extra"),
			(long long)reading_whole(x, "changed")));
}

static void
read_keys_verified(const struct reading *x)
{
	bool equal = is_reading(x, "equal");

	add_proof(x, "keys", equal, reading_whole(x, "keys"),
		equal ? NULL
		      : reading_format(x->s, "%lld keys differ",
				(long long)reading_whole(x, "differing")));
}

/* What makes two objects equal is worth more or less. */
static char *
how_equal(const struct reading *x)
{
	static const struct {
		const char *key, *what;
	} by[] = {{"by_digest", "by digest"}, {"by_journal", "by the journal"},
		{"by_time", "by time"}, {"by_size", "by size alone"}};
	struct buf b = BUF_INIT;
	const char *sep = ": ";
	char *note;
	int rc = buf_puts(&b, "equal");

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		int64_t n = reading_whole(x, by[i].key);

		if (n == 0)
			continue;
		rc |= buf_printf(
			&b, "%s%lld %s", sep, (long long)n, by[i].what);
		sep = ", ";
	}
	note = rc == 0 ? buf_steal(&b) : NULL;
	buf_fini(&b);
	if (note == NULL)
		x->s->failed = 1;
	return note;
}

static void
read_objects_verified(const struct reading *x)
{
	bool equal = is_reading(x, "equal");
	long long n = (long long)reading_whole(x, "objects");
	long long differ = (long long)reading_whole(x, "differ");

	add_proof(x, "objects", equal, n,
		equal ? how_equal(x)
		: differ > 0
			? reading_format(x->s, "%lld of %lld differ", differ, n)
			: reading_copy(x->s, "not all could be compared"));
}

const struct reader moved_readers[] = {
	{"table.copied", read_table_copied},
	{"table.synced", read_table_synced},
	{"keys.checkpoint", read_keys_checkpoint},
	{"keys.copied", read_keys_copied},
	{"key.failed", read_key_failed},
	{"object.copied", read_object_copied},
	{"object.failed", read_object_failed},
	{"object.skipped", read_object_skipped},
	{"object.deleted", read_object_deleted},
	{"table.verified", read_table_verified},
	{"table.differs", read_table_differs},
	{"keys.verified", read_keys_verified},
	{"objects.verified", read_objects_verified},
	{NULL, NULL},
};
