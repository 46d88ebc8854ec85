#include "textreport.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "num.h"
#include "story.h"

/* What comes from a record, on one line and without control characters. */
static int
put_text(struct buf *b, const char *s)
{
	int rc = 0;

	for (; *s != '\0' && rc == 0; s++)
		rc = buf_putc(b, iscntrl((unsigned char)*s) ? ' ' : *s);
	return rc;
}

static int
put_clock(struct buf *b, double t)
{
	time_t whole = (time_t)t;
	struct tm tm;
	char text[32] = "--:--:--";

	if (t > 0 && gmtime_r(&whole, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%H:%M:%S", &tm);
	return buf_puts(b, text);
}

static int
put_head(struct buf *b, const struct story *s, const char *title)
{
	char date[32] = "";
	time_t whole = (time_t)s->first;
	struct tm tm;
	int rc = 0;

	if (s->first > 0 && gmtime_r(&whole, &tm) != NULL)
		(void)strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	if (title != NULL)
		rc |= put_text(b, title);
	else if (s->source != NULL && s->target != NULL)
		rc |= put_text(b, s->source) | buf_puts(b, " -> ") |
		      put_text(b, s->target);
	else
		rc |= buf_puts(b, "Cutover report");
	rc |= buf_printf(b, "\n%s ", date) | put_clock(b, s->first) |
	      buf_puts(b, " to ") | put_clock(b, s->last) |
	      buf_puts(b, " UTC, ") | num_put_duration(b, s->last - s->first) |
	      buf_putc(b, '\n');
	return rc;
}

static int
put_closed(struct buf *b, const struct story *s)
{
	double begin, end;
	int rc = 0;

	for (size_t i = 0; story_closed(s, i, &begin, &end); i++) {
		rc |= buf_puts(b, "Closed from ") | put_clock(b, begin);
		if (end > 0)
			rc |= buf_puts(b, " to ") | put_clock(b, end) |
			      buf_puts(b, ", ") |
			      num_put_duration(b, end - begin);
		else
			rc |= buf_puts(b, ", and still is");
		rc |= buf_putc(b, '\n');
	}
	if (s->aborted > 0)
		rc |= buf_puts(b, "Aborted at ") | put_clock(b, s->aborted) |
		      buf_putc(b, '\n');
	if (s->rolled_back > 0)
		rc |= buf_puts(b, "Rolled back at ") |
		      put_clock(b, s->rolled_back) | buf_putc(b, '\n');
	return rc;
}

static int
put_steps(struct buf *b, const struct story *s)
{
	static const char *const words[] = {[STEP_OPEN] = "broken off",
		[STEP_DONE] = "done",
		[STEP_FAILED] = "failed"};
	int rc = s->n_steps > 0 ? buf_puts(b, "\nSteps\n") : 0;

	for (size_t i = 0; i < s->n_steps; i++) {
		const struct story_step *t = &s->step[i];

		rc |= buf_puts(b, "  ") | put_clock(b, t->begin) |
		      buf_puts(b, "  ") | put_text(b, t->name) |
		      buf_printf(b, ": %s",
			      t->state == STEP_OPEN && i + 1 == s->n_steps
				      ? "under way"
				      : words[t->state]);
		if (t->end > 0)
			rc |= buf_puts(b, ", ") |
			      num_put_duration(b, t->end - t->begin);
		rc |= buf_putc(b, '\n');
	}
	return rc;
}

static int
put_proofs(struct buf *b, const struct story *s)
{
	size_t equal = 0;
	int rc = 0;

	for (size_t i = 0; i < s->n_proofs; i++)
		equal += s->proof[i].equal;
	if (s->n_proofs > 0)
		rc |= buf_printf(b, "\nCompared and equal: %zu of %zu\n", equal,
			s->n_proofs);
	for (size_t i = 0; i < s->n_proofs; i++)
		if (!s->proof[i].equal)
			rc |= buf_puts(b, "  ") |
			      put_text(b, s->proof[i].name) |
			      buf_puts(b, ": ") |
			      put_text(b, s->proof[i].note != NULL
						  ? s->proof[i].note
						  : "differs") |
			      buf_putc(b, '\n');
	return rc;
}

static int
put_moves(struct buf *b, const struct story *s, const char *kind,
	const char *items)
{
	uint64_t bytes = 0;
	int64_t n = 0;
	bool any = false;

	for (size_t i = 0; i < s->n_moves; i++) {
		if (strcmp(s->move[i].kind, kind) != 0)
			continue;
		any = true;
		bytes += s->move[i].bytes;
		n += s->move[i].items;
	}
	return any ? buf_printf(b, "Copied: %lld %s, ", (long long)n, items) |
			       num_put_size(b, bytes) | buf_putc(b, '\n')
		   : 0;
}

static int
put_findings(struct buf *b, const struct story *s, const char *level)
{
	int rc = 0;

	for (size_t i = 0; i < s->n_findings; i++) {
		const struct story_finding *f = &s->finding[i];

		if (strcmp(f->level, level) != 0)
			continue;
		rc |= buf_printf(b, "  %s: ", level) | put_text(b, f->message);
		if (f->fix[0] != '\0')
			rc |= buf_puts(b, " (") | put_text(b, f->fix) |
			      buf_putc(b, ')');
		rc |= buf_putc(b, '\n');
	}
	return rc;
}

static int
put_needs(struct buf *b, const struct story *s)
{
	int rc = s->n_needs > 0 ? buf_puts(b, "\nStill to be done\n") : 0;

	for (size_t i = 0; i < s->n_needs; i++)
		rc |= buf_puts(b, "  ") | put_text(b, s->need[i].kind) |
		      buf_puts(b, ": ") | put_text(b, s->need[i].summary) |
		      buf_puts(b, s->need[i].optional ? " (if it is wanted)\n"
						      : "\n");
	return rc;
}

int
textreport_put(struct buf *out, const struct story *s, const char *title)
{
	int rc = put_head(out, s, title) | put_closed(out, s) |
		 put_steps(out, s) | put_proofs(out, s) |
		 put_moves(out, s, "table", "rows") |
		 put_moves(out, s, "keys", "keys") |
		 put_moves(out, s, "objects", "objects");

	if (s->n_findings > 0)
		rc |= buf_puts(out, "\nFindings\n") |
		      put_findings(out, s, "error") |
		      put_findings(out, s, "warning") |
		      put_findings(out, s, "note");
	rc |= put_needs(out, s);
	rc |= buf_printf(out, "\n%zu problems\n", story_errors(s));
	return rc == 0 ? 0 : -1;
}
