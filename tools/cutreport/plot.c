#include "plot.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "html.h"
#include "story.h"

/* All plots are this wide in their own units; the page scales them. */
enum {
	WIDTH = 960,
	LEFT = 130,
	RIGHT = 40,
	ROW = 26,
	HEIGHT = 220,
	BASE = 180
};
enum { BUCKETS = 96, TICKS = 6 };

/* A span of time laid over the plot's width. */
struct axis {
	double begin, end;
};

static double
at_x(const struct axis *a, double t)
{
	double share = (t - a->begin) / (a->end - a->begin);

	return LEFT + (share < 0          ? 0
			      : share > 1 ? 1
					  : share) *
			      (WIDTH - LEFT - RIGHT);
}

/* The time's labels, under a line at ${y}. */
static void
put_ticks(struct html *h, const struct axis *a, double y)
{
	int i;

	html_raw(h, "<g class=\"axis\"><path d=\"M%d %.1fH%d\"/>", LEFT, y,
		WIDTH - RIGHT);
	for (i = 0; i <= TICKS; i++) {
		double t = a->begin + (a->end - a->begin) * i / TICKS;

		html_raw(h, "<text x=\"%.1f\" y=\"%.1f\">", at_x(a, t), y + 18);
		html_clock(h, t);
		if (a->end - a->begin < 2 * TICKS)
			html_raw(h, ".%d", (int)(fmod(t, 1) * 10));
		html_raw(h, "</text>");
	}
	html_raw(h, "</g>");
}

static void
open_plot(struct html *h, int height, const char *label)
{
	html_raw(h,
		"<div class=\"wide\"><svg viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-label=\"%s\">",
		WIDTH, height, label);
}

/* Whether the name occurs among the steps before ${i}. */
static bool
is_seen(const struct story *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(s->step[k].name, s->step[i].name) == 0)
			return true;
	return false;
}

/* All tries of the step ${i}, in one row. */
static void
put_row(struct html *h, const struct story *s, const struct axis *a, size_t i,
	double y)
{
	static const char *const class[] = {
		[STEP_OPEN] = "open",
		[STEP_DONE] = "done",
		[STEP_FAILED] = "failed",
	};

	html_raw(h, "<text class=\"name\" x=\"%d\" y=\"%.1f\">", LEFT - 8,
		y + 16);
	html_text(h, s->step[i].name);
	html_raw(h, "</text>");
	for (size_t k = i; k < s->n_steps; k++) {
		const struct story_step *t = &s->step[k];
		double end = t->end > 0 ? t->end : s->last, x, width;

		if (strcmp(t->name, s->step[i].name) != 0)
			continue;
		/* one that was cut off ended before the next try at latest */
		if (t->end == 0 && k + 1 < s->n_steps)
			end = s->step[k + 1].begin;
		x = at_x(a, t->begin);
		width = at_x(a, end) - x;
		html_raw(h,
			"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" "
			"width=\"%.1f\" height=\"%d\" rx=\"3\"/>",
			class[t->state], x, y + 4, width < 2 ? 2 : width,
			ROW - 8);
	}
}

void
plot_timeline(struct html *h, const struct story *s)
{
	struct axis a = {s->first, s->last > s->first ? s->last : s->first + 1};
	double begin, end, y = 30;
	size_t i, rows = 0;

	if (s->n_steps == 0)
		return;
	for (i = 0; i < s->n_steps; i++)
		rows += !is_seen(s, i);
	open_plot(h, (int)(rows * ROW) + 70,
		"The steps of the cutover over time; the table below has the "
		"same");
	for (i = 0; story_closed(s, i, &begin, &end); i++) {
		double x = at_x(&a, begin);
		double width = at_x(&a, end > 0 ? end : s->last) - x;

		html_raw(h,
			"<rect class=\"closed\" x=\"%.1f\" y=\"22\" "
			"width=\"%.1f\" height=\"%zu\"/><text "
			"class=\"closed\" x=\"%.1f\" y=\"16\">closed ",
			x, width < 1 ? 1 : width, rows * ROW + 10,
			x + width / 2);
		html_span(h, (end > 0 ? end : s->last) - begin);
		html_raw(h, "</text>");
	}
	for (i = 0; i < s->n_steps; i++) {
		if (is_seen(s, i))
			continue;
		put_row(h, s, &a, i, y);
		y += ROW;
	}
	put_ticks(h, &a, y + 6);
	html_raw(h, "</svg></div>");
}

/* Each thing's bytes, spread evenly over the time that it took. */
static void
fill(const struct story *s, const char *kind, const struct axis *a,
	double rate[BUCKETS])
{
	double width = (a->end - a->begin) / BUCKETS;
	size_t i;
	int k;

	memset(rate, 0, BUCKETS * sizeof(*rate));
	for (i = 0; i < s->n_moves; i++) {
		const struct story_move *m = &s->move[i];
		double took = m->end - m->begin;

		if (strcmp(m->kind, kind) != 0 || m->end <= 0)
			continue;
		for (k = 0; k < BUCKETS; k++) {
			double from = a->begin + k * width, to = from + width;
			double both = fmin(to, m->end) - fmax(from, m->begin);

			/* what took no time falls where it ended */
			if (took < 1e-3)
				both = m->end >= from && m->end <= to ? 1 : 0;
			if (both > 0)
				rate[k] += (double)m->bytes * both /
					   (took < 1e-3 ? 1 : took) / width;
		}
	}
}

void
plot_throughput(struct html *h, const struct story *s, const char *kind)
{
	struct axis a = {0, 0};
	double rate[BUCKETS], most = 0;
	size_t i;
	int k;

	for (i = 0; i < s->n_moves; i++) {
		const struct story_move *m = &s->move[i];

		if (strcmp(m->kind, kind) != 0 || m->end <= 0)
			continue;
		if (a.begin == 0 || m->begin < a.begin)
			a.begin = m->begin;
		if (m->end > a.end)
			a.end = m->end;
	}
	if (a.end <= a.begin)
		return;
	fill(s, kind, &a, rate);
	for (k = 0; k < BUCKETS; k++)
		most = fmax(most, rate[k]);
	if (most <= 0)
		return;
	open_plot(h, HEIGHT,
		"Bytes a second over time; the table below has what moved");
	html_raw(h, "<path class=\"area\" d=\"M%d %d", LEFT, BASE);
	for (k = 0; k < BUCKETS; k++)
		html_raw(h, "V%.1fH%.1f", BASE - rate[k] / most * (BASE - 20),
			at_x(&a, a.begin + (a.end - a.begin) * (k + 1) /
						   BUCKETS));
	html_raw(h, "V%dZ\"/><text class=\"name\" x=\"%d\" y=\"26\">", BASE,
		LEFT - 8);
	html_size(h, (uint64_t)most);
	html_raw(h, "/s</text><text class=\"name\" x=\"%d\" y=\"%d\">0</text>",
		LEFT - 8, BASE + 4);
	put_ticks(h, &a, BASE);
	html_raw(h, "</svg></div>");
}

void
plot_answers(struct html *h, const struct story *s, const char *name)
{
	struct axis a = {0, 0};
	const char *move = "M";
	size_t i;

	for (i = 0; i < s->n_answers; i++) {
		const struct story_answer *w = &s->answer[i];

		if (strcmp(w->name, name) != 0 || w->at <= 0)
			continue;
		if (a.begin == 0)
			a.begin = w->at;
		a.end = w->at;
	}
	if (a.end <= a.begin)
		return;
	open_plot(h, HEIGHT,
		"Share of the name servers that give the new answer, over "
		"time");
	html_raw(h, "<path class=\"line\" d=\"");
	for (i = 0; i < s->n_answers; i++) {
		const struct story_answer *w = &s->answer[i];

		if (strcmp(w->name, name) != 0 || w->at <= 0)
			continue;
		html_raw(h, "%s%.1f %.1f", move, at_x(&a, w->at),
			BASE - w->percent / 100 * (BASE - 20));
		move = "L";
	}
	html_raw(h,
		"\"/><text class=\"name\" x=\"%d\" y=\"26\">100 %%</text>"
		"<text class=\"name\" x=\"%d\" y=\"%d\">0 %%</text>",
		LEFT - 8, LEFT - 8, BASE + 4);
	put_ticks(h, &a, BASE);
	html_raw(h, "</svg></div>");
}
