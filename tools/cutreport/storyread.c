/* Records into a story, each type by its own reader. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "json.h"
#include "mem.h"
#include "shlex.h"
#include "story.h"
#include "str.h"

/* How many of each sort a report shows; what is beyond is counted. */
enum { MOST = 5000 };

struct reading {
	struct story *s;
	const struct json_val *r;
	double at; /* of the record, 0: it does not say */
};

static const char *
text(const struct reading *x, const char *key)
{
	const char *v = json_get_str(x->r, key);

	return v != NULL ? v : "";
}

static double
number(const struct reading *x, const char *key)
{
	double v = 0;

	(void)json_num(json_get(x->r, key), &v);
	return v;
}

static int64_t
whole(const struct reading *x, const char *key)
{
	int64_t v = 0;

	(void)json_int(json_get(x->r, key), 0, INT64_MAX, &v);
	return v;
}

static bool
is_true(const struct reading *x, const char *key)
{
	bool v = false;

	(void)json_bool(json_get(x->r, key), &v);
	return v;
}

static char *
copy(struct story *s, const char *v)
{
	char *p = mem_strdup(v);

	if (p == NULL)
		s->failed = 1;
	return p;
}

/* Room for one more of a list, zeroed, or NULL: there are enough of them. */
static void *
more(struct story *s, void **list, size_t *n, size_t size)
{
	char *p;

	if (*n >= MOST) {
		s->left_out++;
		return NULL;
	}
	/* powers of two, so that growing costs little */
	if ((*n & (*n - 1)) == 0) {
		if ((p = mem_resize(*list, *n > 0 ? 2 * *n : 1, size)) ==
			NULL) {
			s->failed = 1;
			return NULL;
		}
		*list = p;
	}
	p = (char *)*list + *n * size;
	memset(p, 0, size);
	++*n;
	return p;
}

#define MORE(s, list, n)                                                       \
	more(s, (void **)&(s)->list, &(s)->n, sizeof(*(s)->list))

static void
read_open(const struct reading *x)
{
	struct story *s = x->s;

	/* the runbook's comes first and says what moves */
	if (s->tool != NULL)
		return;
	s->tool = copy(s, text(x, "tool"));
	s->source = copy(s, text(x, "source"));
	s->target = copy(s, text(x, "target"));
}

static void
read_step_started(const struct reading *x)
{
	struct story_step *t = MORE(x->s, step, n_steps);

	if (t == NULL)
		return;
	t->name = copy(x->s, text(x, "step"));
	t->what = copy(x->s, text(x, "what"));
	t->undo = copy(x->s, text(x, "undo"));
	t->begin = x->at;
}

static void
end_step(const struct reading *x, int state)
{
	struct story *s = x->s;
	size_t i;

	for (i = s->n_steps; i-- > 0;)
		if (strcmp(s->step[i].name, text(x, "step")) == 0)
			break;
	if (i >= s->n_steps)
		return;
	s->step[i].state = state;
	s->step[i].end = x->at;
}

static void
read_step_done(const struct reading *x)
{
	end_step(x, STEP_DONE);
}

static void
read_step_failed(const struct reading *x)
{
	end_step(x, STEP_FAILED);
}

static void
read_aborted(const struct reading *x)
{
	x->s->aborted = x->at;
}

static void
read_rolled_back(const struct reading *x)
{
	x->s->rolled_back = x->at;
}

static void
read_summary(const struct reading *x)
{
	struct story_run *r = MORE(x->s, run, n_runs);

	if (r == NULL)
		return;
	r->tool = copy(x->s, text(x, "tool"));
	r->verb = copy(x->s, text(x, "verb"));
	r->ok = is_true(x, "ok");
	r->end = x->at;
	r->begin = x->at - number(x, "seconds");
	r->done = whole(x, "done");
	r->failed = whole(x, "failed");
	r->bytes = (uint64_t)whole(x, "bytes");
}

static void
read_finding(const struct reading *x)
{
	struct story *s = x->s;
	struct story_finding *f;
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		f = &s->finding[i];
		if (strcmp(f->rule, text(x, "rule")) == 0 &&
			strcmp(f->message, text(x, "message")) == 0) {
			f->times++;
			f->at = x->at;
			return;
		}
	}
	if ((f = MORE(s, finding, n_findings)) == NULL)
		return;
	f->level = copy(s, text(x, "level"));
	f->rule = copy(s, text(x, "rule"));
	f->message = copy(s, text(x, "message"));
	f->fix = copy(s, text(x, "fix"));
	f->at = x->at;
	f->times = 1;
}

/* Commands as a shell reads them, one a line. */
static char *
command_lines(struct story *s, const struct json_val *commands)
{
	const struct json_val *c, *word;
	struct buf b = BUF_INIT;
	char *lines;

	for (c = json_first(commands); c != NULL; c = json_next(c)) {
		if (b.len > 0 && buf_putc(&b, '\n') == -1)
			s->failed = 1;
		for (word = json_first(c); word != NULL;
			word = json_next(word)) {
			if (json_str(word) == NULL)
				continue;
			if ((word != json_first(c) &&
				    buf_putc(&b, ' ') == -1) ||
				shlex_quote(&b, json_str(word)) == -1)
				s->failed = 1;
		}
	}
	lines = buf_steal(&b);
	if (lines == NULL)
		s->failed = 1;
	return lines;
}

static void
read_need(const struct reading *x)
{
	struct story *s = x->s;
	struct story_need *n;
	size_t i;

	for (i = 0; i < s->n_needs; i++)
		if (strcmp(s->need[i].id, text(x, "id")) == 0)
			return;
	if ((n = MORE(s, need, n_needs)) == NULL)
		return;
	n->id = copy(s, text(x, "id"));
	n->kind = copy(s, text(x, "kind"));
	n->summary = copy(s, text(x, "summary"));
	n->commands = command_lines(s, json_get(x->r, "commands"));
	n->optional = is_true(x, "optional");
}

/* "schema.table", "database 3", "bucket/key". */
static char *
name_of(const struct reading *x)
{
	struct buf b = BUF_INIT;
	char *name;
	int rc;

	if (json_get(x->r, "table") != NULL)
		rc = buf_printf(
			&b, "%s.%s", text(x, "schema"), text(x, "table"));
	else if (json_get(x->r, "db") != NULL)
		rc = buf_printf(&b, "database %lld", (long long)whole(x, "db"));
	else
		rc = buf_puts(&b, text(x, "name"));
	name = rc == 0 ? buf_steal(&b) : NULL;
	if (name == NULL)
		x->s->failed = 1;
	buf_fini(&b);
	return name;
}

static void
add_move(const struct reading *x, const char *kind, const char *items)
{
	struct story_move *m = MORE(x->s, move, n_moves);

	if (m == NULL)
		return;
	m->name = name_of(x);
	m->kind = kind;
	m->end = x->at;
	m->begin = x->at - number(x, "seconds");
	m->bytes = (uint64_t)whole(x, "bytes");
	m->items = whole(x, items);
}

static void
read_table_copied(const struct reading *x)
{
	add_move(x, "table", "rows");
}

static void
read_keys_copied(const struct reading *x)
{
	add_move(x, "keys", "keys");
}

/* The last word about a name counts. */
static void
add_proof(const struct reading *x, const char *kind, bool equal, int64_t items,
	const char *note)
{
	struct story *s = x->s;
	struct story_proof *p = NULL;
	char *name = name_of(x);
	size_t i;

	for (i = 0; name != NULL && i < s->n_proofs; i++)
		if (strcmp(s->proof[i].kind, kind) == 0 &&
			strcmp(s->proof[i].name, name) == 0)
			p = &s->proof[i];
	if (p != NULL) {
		free(name);
		free(p->note);
	} else if (name == NULL || (p = MORE(s, proof, n_proofs)) == NULL) {
		free(name);
		return;
	} else {
		p->name = name;
		p->kind = kind;
	}
	p->equal = equal;
	p->items = items;
	p->note = note != NULL ? copy(s, note) : NULL;
	p->at = x->at;
}

static void
read_table_verified(const struct reading *x)
{
	add_proof(x, "table", true, whole(x, "rows"), NULL);
}

static void
read_table_differs(const struct reading *x)
{
	struct buf b = BUF_INIT;

	if (buf_printf(&b, "%lld missing, %lld extra, %lld changed",
		    (long long)whole(x, "missing"),
		    (long long)whole(x, "extra"),
		    (long long)whole(x, "changed")) == -1)
		x->s->failed = 1;
	add_proof(x, "table", false, 0, buf_str(&b));
	buf_fini(&b);
}

static void
read_keys_verified(const struct reading *x)
{
	bool equal = is_true(x, "equal");
	struct buf b = BUF_INIT;

	if (!equal && buf_printf(&b, "%lld keys differ",
			      (long long)whole(x, "differing")) == -1)
		x->s->failed = 1;
	add_proof(
		x, "keys", equal, whole(x, "keys"), equal ? NULL : buf_str(&b));
	buf_fini(&b);
}

static const struct {
	const char *type;
	void (*read)(const struct reading *x);
} readers[] = {
	{"journal.open", read_open},
	{"step.started", read_step_started},
	{"step.done", read_step_done},
	{"step.failed", read_step_failed},
	{"cutover.aborted", read_aborted},
	{"cutover.rolledback", read_rolled_back},
	{"summary", read_summary},
	{"finding", read_finding},
	{"need", read_need},
	{"table.copied", read_table_copied},
	{"keys.copied", read_keys_copied},
	{"table.verified", read_table_verified},
	{"table.differs", read_table_differs},
	{"keys.verified", read_keys_verified},
};

void
story_add(struct story *s, const struct json_val *record)
{
	struct reading x = {s, record, 0};
	const char *at = json_get_str(record, "at");
	size_t i;

	/* without memory there is no report: what is there may have holes */
	if (s->failed)
		return;
	s->records++;
	if (at != NULL && clock_parse_rfc3339(at, &x.at) == 0) {
		if (s->first == 0 || x.at < s->first)
			s->first = x.at;
		if (x.at > s->last)
			s->last = x.at;
	} else {
		x.at = 0;
	}
	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (strcmp(readers[i].type, text(&x, "type")) == 0)
			readers[i].read(&x);
}
