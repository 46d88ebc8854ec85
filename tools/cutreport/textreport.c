#include "textreport.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "curve.h"
#include "flow.h"
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
put_client(struct buf *b, const struct story *s)
{
	int rc = 0;

	if (s->client == NULL && s->n_outages == 0)
		return 0;
	rc |= buf_puts(b, "Down for a client: ") |
	      num_put_duration(b, story_down(s));
	if (s->client != NULL)
		rc |= buf_printf(b,
			"; %llu requests, %lld failed, %lld writes "
			"acknowledged, %lld answers wrong",
			(unsigned long long)s->client->bytes,
			(long long)s->client->items, (long long)s->written,
			(long long)s->wrong);
	rc |= buf_putc(b, '\n');
	for (size_t i = 0; i < s->n_outages; i++)
		rc |= buf_puts(b, "  down from ") |
		      put_clock(b, s->outage[i].begin) | buf_puts(b, " to ") |
		      put_clock(b, s->outage[i].end) | buf_puts(b, ", ") |
		      num_put_duration(
			      b, s->outage[i].end - s->outage[i].begin) |
		      buf_putc(b, '\n');
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
	int rc = 0;

	if (s->n_proofs > 0)
		rc |= buf_printf(b, "\nCompared and equal: %zu of %zu\n",
			story_equal(s), s->n_proofs);
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

/* How much of a kind moved; objects also from where to where. */
static int
put_moves(struct buf *b, const struct story *s, const char *kind,
	const char *items)
{
	bool is_objects = strcmp(kind, "objects") == 0, any = false;
	uint64_t bytes = 0;
	int64_t n = 0;
	size_t i;
	int rc;

	for (i = 0; i < s->n_flows; i++) {
		if (strcmp(s->flow[i].kind, kind) != 0)
			continue;
		any = true;
		bytes += s->flow[i].flow->bytes;
		n += s->flow[i].flow->items;
	}
	if (!any)
		return 0;
	rc = buf_printf(b, "Copied: %lld %s, ", (long long)n, items) |
	     num_put_size(b, bytes) | buf_putc(b, '\n');
	for (i = 0; i < s->n_flows && is_objects; i++) {
		const struct story_flow *f = &s->flow[i];

		if (strcmp(f->kind, kind) != 0)
			continue;
		rc |= buf_puts(b, "  ") | put_text(b, f->name) |
		      buf_printf(b, ": %lld, ", (long long)f->flow->items) |
		      num_put_size(b, f->flow->bytes);
		if (f->flow->end > 0)
			rc |= buf_puts(b, ", from ") |
			      put_clock(b, f->flow->begin) |
			      buf_puts(b, " to ") | put_clock(b, f->flow->end);
		rc |= buf_putc(b, '\n');
	}
	return rc;
}

static int
put_failures(struct buf *b, const struct story *s)
{
	int rc = s->n_failures > 0
			 ? buf_printf(b, "\nCould not be copied: %zu\n",
				   s->n_failures)
			 : 0;

	for (size_t i = 0; i < s->n_failures; i++)
		rc |= buf_puts(b, "  ") | put_text(b, s->failure[i].name) |
		      buf_puts(b, ": ") | put_text(b, s->failure[i].message) |
		      buf_putc(b, '\n');
	return rc;
}

static int
put_names(struct buf *b, const struct story *s, const char *plan,
	const struct curve_point *p)
{
	const char *zone = story_plan_zone(s, plan);
	const char *what = story_plan_what(s, plan);
	int rc = buf_puts(b, "Names: ");

	if (zone != NULL)
		rc |= put_text(b, zone) |
		      buf_printf(b, "%s%s, ", *what != '\0' ? " " : "", what);
	rc |= buf_puts(b, "plan ") | put_text(b, plan) |
	      buf_printf(b,
		      ": %.0f %% of the zone's servers and %.0f %% of "
		      "resolvers have it at ",
		      p->value[0], p->value[1]) |
	      put_clock(b, p->at) | buf_putc(b, '\n');
	return rc;
}

/* How far names have arrived, and how far behind followers are, by the last
 * look. */
static int
put_curves(struct buf *b, const struct story *s)
{
	int rc = 0;

	for (size_t i = 0; i < s->n_curves; i++) {
		const struct story_curve *c = &s->curve[i];
		const struct curve_point *p;

		if (c->curve->n == 0)
			continue;
		p = &c->curve->point[c->curve->n - 1];
		if (strcmp(c->kind, "names") == 0) {
			rc |= put_names(b, s, c->name, p);
			continue;
		}
		rc |= buf_printf(b, "Following %s: %lld changes, ", c->name,
			      (long long)c->copied) |
		      num_put_duration(b, p->value[0]) |
		      buf_puts(b, " behind at ") | put_clock(b, p->at) |
		      buf_putc(b, '\n');
	}
	if (s->n_gaps > 0)
		rc |= buf_printf(
			b, "All keys compared again: %zu times\n", s->n_gaps);
	return rc;
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
		 put_client(out, s) | put_steps(out, s) | put_proofs(out, s) |
		 put_moves(out, s, "table", "rows") |
		 put_moves(out, s, "keys", "keys") |
		 put_moves(out, s, "objects", "objects") | put_curves(out, s) |
		 put_failures(out, s);

	if (s->n_findings > 0)
		rc |= buf_puts(out, "\nFindings\n") |
		      put_findings(out, s, "error") |
		      put_findings(out, s, "warning") |
		      put_findings(out, s, "note");
	rc |= put_needs(out, s);
	rc |= buf_printf(out, "\n%zu problems\n", story_errors(s));
	return rc == 0 ? 0 : -1;
}
