/* Records into a story, each type by its own reader. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "reading.h"
#include "shlex.h"
#include "story.h"

static void
read_open(const struct reading *x)
{
	struct story *s = x->s;

	story_next(s);
	s->in_tool = reading_copy(s, reading_text(x, "tool"));
	s->in_source = reading_copy(s, reading_text(x, "source"));
	s->in_target = reading_copy(s, reading_text(x, "target"));
	/* the runbook's comes first and says what moves */
	if (s->tool != NULL)
		return;
	s->tool = reading_copy(s, reading_text(x, "tool"));
	s->source = reading_copy(s, reading_text(x, "source"));
	s->target = reading_copy(s, reading_text(x, "target"));
}

static void
read_step_started(const struct reading *x)
{
	struct story_step *t = READING_MORE(x->s, step, n_steps, READING_MOST);

	if (t == NULL)
		return;
	t->name = reading_copy(x->s, reading_text(x, "step"));
	t->what = reading_copy(x->s, reading_text(x, "what"));
	t->undo = reading_copy(x->s, reading_text(x, "undo"));
	t->begin = x->at;
}

static void
end_step(const struct reading *x, int state)
{
	struct story *s = x->s;
	size_t i;

	for (i = s->n_steps; i-- > 0;)
		if (strcmp(s->step[i].name, reading_text(x, "step")) == 0)
			break;
	if (i >= s->n_steps)
		return;
	s->step[i].state = state;
	s->step[i].end = x->at;
}

static void
read_freeze_budget(const struct reading *x)
{
	if (x->s->n_steps > 0)
		x->s->step[x->s->n_steps - 1].waits = true;
}

static void
read_freeze_begun(const struct reading *x)
{
	if (x->s->n_steps > 0)
		x->s->step[x->s->n_steps - 1].closed = x->at;
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
	struct story_run *r = READING_MORE(x->s, run, n_runs, READING_MOST);

	if (r == NULL)
		return;
	r->tool = reading_copy(x->s, reading_text(x, "tool"));
	r->verb = reading_copy(x->s, reading_text(x, "verb"));
	r->ok = is_reading(x, "ok");
	r->end = x->at;
	r->begin = x->at - reading_number(x, "seconds");
	r->done = reading_whole(x, "done");
	r->failed = reading_whole(x, "failed");
	r->bytes = (uint64_t)reading_whole(x, "bytes");
}

static void
read_finding(const struct reading *x)
{
	struct story *s = x->s;
	struct story_finding *f;
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		f = &s->finding[i];
		if (strcmp(f->rule, reading_text(x, "rule")) == 0 &&
			strcmp(f->message, reading_text(x, "message")) == 0) {
			f->times++;
			f->at = x->at;
			return;
		}
	}
	if ((f = READING_MORE(s, finding, n_findings, READING_MOST)) == NULL)
		return;
	f->level = reading_copy(s, reading_text(x, "level"));
	f->rule = reading_copy(s, reading_text(x, "rule"));
	f->message = reading_copy(s, reading_text(x, "message"));
	f->fix = reading_copy(s, reading_text(x, "fix"));
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
		if (strcmp(s->need[i].id, reading_text(x, "id")) == 0)
			return;
	if ((n = READING_MORE(s, need, n_needs, READING_MOST)) == NULL)
		return;
	n->id = reading_copy(s, reading_text(x, "id"));
	n->kind = reading_copy(s, reading_text(x, "kind"));
	n->summary = reading_copy(s, reading_text(x, "summary"));
	n->commands = command_lines(s, json_get(x->r, "commands"));
	n->optional = is_reading(x, "optional");
}

static const struct reader readers[] = {
	{"journal.open", read_open},
	{"step.started", read_step_started},
	{"step.done", read_step_done},
	{"freeze.budget", read_freeze_budget},
	{"freeze.begun", read_freeze_begun},
	{"step.failed", read_step_failed},
	{"cutover.aborted", read_aborted},
	{"cutover.rolledback", read_rolled_back},
	{"summary", read_summary},
	{"finding", read_finding},
	{"need", read_need},
	{NULL, NULL},
};

static void
read_by(const struct reader *r, const struct reading *x, const char *type)
{
	for (; r->type != NULL; r++)
		if (strcmp(r->type, type) == 0)
			r->read(x);
}

void
story_next(struct story *s)
{
	free(s->in_tool);
	free(s->in_source);
	free(s->in_target);
	s->in_tool = s->in_source = s->in_target = NULL;
	s->in_at = 0;
}

void
story_add(struct story *s, const struct json_val *record)
{
	struct reading x = {s, record, 0};
	const char *type = reading_text(&x, "type");

	/* without memory there is no report: what is there may have holes */
	if (s->failed)
		return;
	s->records++;
	x.at = reading_time(&x, "at");
	if (x.at > 0 && (s->first == 0 || x.at < s->first))
		s->first = x.at;
	if (x.at > s->last)
		s->last = x.at;
	read_by(readers, &x, type);
	read_by(moved_readers, &x, type);
	read_by(name_readers, &x, type);
	read_by(client_readers, &x, type);
	if (x.at > 0)
		s->in_at = x.at;
}
