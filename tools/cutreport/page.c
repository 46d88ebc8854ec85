#include "page.h"

#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "html.h"
#include "plot.h"
#include "section.h"
#include "story.h"
#include "style.h"

static void
put_title(struct html *h, const struct story *s, const char *title)
{
	if (title != NULL) {
		html_text(h, title);
	} else if (s->source != NULL && s->target != NULL) {
		html_text(h, s->source);
		html_raw(h, " &#8594; ");
		html_text(h, s->target);
	} else {
		html_raw(h, "Cutover report");
	}
}

static void
put_head(struct html *h, const struct story *s, const char *title, double again)
{
	html_raw(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		    "<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\""
		    "default-src 'none'; style-src 'unsafe-inline'\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, "
		    "initial-scale=1\">\n"
		    "<meta name=\"referrer\" content=\"no-referrer\">\n");
	if (again > 0)
		html_raw(h, "<meta http-equiv=\"refresh\" content=\"%.0f\">\n",
			again);
	html_raw(h, "<title>");
	put_title(h, s, title);
	html_raw(h,
		"</title>\n<style>%s</style>\n</head>\n<body>\n<header><h1>",
		style_sheet);
	put_title(h, s, title);
	html_raw(h, "</h1>\n<p>");
	html_time(h, s->first);
	html_raw(h, " to ");
	html_time(h, s->last);
	html_raw(h, " UTC, ");
	html_span(h, s->last - s->first);
	html_raw(h, "</p></header>\n<main>\n");
}

/* One number that matters. */
static void
open_tile(struct html *h, const char *class, const char *label)
{
	html_raw(h, "<div class=\"tile %s\"><dt>%s</dt><dd>", class, label);
}

static void
close_tile(struct html *h)
{
	html_raw(h, "</dd></div>\n");
}

static size_t
needs_left(const struct story *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_needs; i++)
		n += !s->need[i].optional;
	return n;
}

static void
put_closed_tile(struct html *h, const struct story *s)
{
	double begin, end, sum = 0;
	bool open = false;
	size_t i;

	for (i = 0; story_closed(s, i, &begin, &end); i++) {
		open = end == 0;
		sum += (open ? s->last : end) - begin;
	}
	if (i == 0)
		return;
	open_tile(h, open ? "bad" : "",
		open ? "Closed, and still is" : "The app was closed for");
	html_span(h, sum);
	close_tile(h);
}

static void
put_tiles(struct html *h, const struct story *s)
{
	size_t errors = story_errors(s), equal = story_equal(s);

	html_raw(h, "<dl class=\"tiles\">\n");
	open_tile(h, errors > 0 ? "bad" : "good", "Problems");
	html_raw(h, errors > 0 ? "%zu" : "none", errors);
	close_tile(h);
	if (s->aborted > 0) {
		open_tile(h, "bad", "Aborted at");
		html_clock(h, s->aborted);
		close_tile(h);
	}
	if (s->rolled_back > 0) {
		open_tile(h, "bad", "Rolled back at");
		html_clock(h, s->rolled_back);
		close_tile(h);
	}
	put_closed_tile(h, s);
	if (s->client != NULL) {
		open_tile(h, s->wrong > 0 ? "bad" : "", "Down for a client");
		html_span(h, story_down(s));
		close_tile(h);
	}
	if (s->n_proofs > 0) {
		open_tile(h, equal == s->n_proofs ? "good" : "bad",
			"Compared and equal");
		html_raw(h, "%zu of %zu", equal, s->n_proofs);
		close_tile(h);
	}
	if (s->n_flows > 0) {
		open_tile(h, "", "Copied");
		html_size(h, story_bytes(s));
		close_tile(h);
	}
	if (s->n_needs > 0) {
		open_tile(h, "", "Still to be done");
		html_raw(h, "%zu", needs_left(s));
		close_tile(h);
	}
	html_raw(h, "</dl>\n");
}

static void
put_steps(struct html *h, const struct story *s)
{
	static const char *const words[] = {[STEP_OPEN] = "broken off",
		[STEP_DONE] = "done",
		[STEP_FAILED] = "failed"};

	if (s->n_steps == 0)
		return;
	section_open(h, "steps", "Steps");
	plot_timeline(h, s);
	section_table(h, "The steps as a table",
		"<th>Step<th>What it does<th>Began<th>Took<th>Ended<th>The "
		"way back");
	for (size_t i = 0; i < s->n_steps; i++) {
		const struct story_step *t = &s->step[i];
		bool runs = t->state == STEP_OPEN && i + 1 == s->n_steps;

		html_raw(h, "<tr class=\"%s\">",
			t->state == STEP_FAILED ? "bad" : "");
		section_cell(h, t->name);
		section_cell(h, t->what);
		html_raw(h, "<td>");
		html_clock(h, t->begin);
		html_raw(h, "<td>");
		if (t->end > 0)
			html_span(h, t->end - t->begin);
		html_raw(
			h, "<td>%s</td>", runs ? "under way" : words[t->state]);
		section_cell(h, t->undo);
		html_raw(h, "</tr>\n");
	}
	section_end_table(h, true);
	section_close(h);
}

static void
put_level(struct html *h, const struct story *s, const char *level)
{
	for (size_t i = 0; i < s->n_findings; i++) {
		const struct story_finding *f = &s->finding[i];

		if (strcmp(f->level, level) != 0)
			continue;
		html_raw(h, "<li class=\"%s\"><b>",
			strcmp(level, "error") == 0     ? "bad"
			: strcmp(level, "warning") == 0 ? "warn"
							: "");
		html_text(h, f->level);
		html_raw(h, "</b> ");
		html_text(h, f->message);
		if (f->times > 1)
			html_raw(h, " <i>(%llu times)</i>",
				(unsigned long long)f->times);
		html_raw(h, " <code>");
		html_text(h, f->rule);
		html_raw(h, "</code>");
		if (f->fix[0] != '\0') {
			html_raw(h, "<p>");
			html_text(h, f->fix);
			html_raw(h, "</p>");
		}
		html_raw(h, "</li>\n");
	}
}

static void
put_findings(struct html *h, const struct story *s)
{
	if (s->n_findings == 0)
		return;
	section_open(h, "findings", "Findings");
	html_raw(h, "<ul>\n");
	put_level(h, s, "error");
	put_level(h, s, "warning");
	put_level(h, s, "note");
	html_raw(h, "</ul></section>\n");
}

static void
put_needs(struct html *h, const struct story *s)
{
	if (s->n_needs == 0)
		return;
	section_open(h, "needs", "What remains to be done");
	html_raw(h, "<ul>\n");
	for (size_t i = 0; i < s->n_needs; i++) {
		const struct story_need *n = &s->need[i];

		html_raw(h, "<li><b>");
		html_text(h, n->kind);
		html_raw(h, "</b> ");
		html_text(h, n->summary);
		if (n->optional)
			html_raw(h, " <i>(if it is wanted)</i>");
		if (n->commands[0] != '\0') {
			html_raw(h, "<pre>");
			html_text(h, n->commands);
			html_raw(h, "</pre>");
		}
		html_raw(h, "</li>\n");
	}
	html_raw(h, "</ul></section>\n");
}

static void
put_runs(struct html *h, const struct story *s)
{
	if (s->n_runs == 0)
		return;
	section_open(h, "runs", "Programs that ran");
	section_table(h, "The list",
		"<th>Program<th>Verb<th>Ended<th>Took<th class=\"n\">Done<th "
		"class=\"n\">Failed<th class=\"n\">Size<th>Answer");
	for (size_t i = 0; i < s->n_runs; i++) {
		const struct story_run *r = &s->run[i];

		html_raw(h, "<tr class=\"%s\">", r->ok ? "" : "bad");
		section_cell(h, r->tool);
		section_cell(h, r->verb);
		html_raw(h, "<td>");
		html_clock(h, r->end);
		html_raw(h, "<td>");
		html_span(h, r->end - r->begin);
		html_raw(h,
			"<td class=\"n\">%lld<td class=\"n\">%lld<td "
			"class=\"n\">",
			(long long)r->done, (long long)r->failed);
		html_size(h, r->bytes);
		html_raw(h, "<td>%s</tr>\n", r->ok ? "yes" : "no");
	}
	section_end_table(h, true);
	section_close(h);
}

int
page_put(
	struct buf *out, const struct story *s, const char *title, double again)
{
	struct html h = {.out = out};

	put_head(&h, s, title, again);
	put_tiles(&h, s);
	put_steps(&h, s);
	section_client(&h, s);
	section_proofs(&h, s);
	section_moved(&h, s);
	section_lag(&h, s);
	section_names(&h, s);
	put_needs(&h, s);
	put_findings(&h, s);
	put_runs(&h, s);
	html_raw(&h, "</main>\n<footer><p>%llu records.",
		(unsigned long long)s->records);
	if (s->left_out > 0)
		html_raw(&h, " %llu more than fit in here are left out.",
			(unsigned long long)s->left_out);
	html_raw(&h, "</p></footer>\n</body>\n</html>\n");
	return h.failed ? -1 : 0;
}
