#include "plot.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "curve.h"
#include "flow.h"
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
enum { BUCKETS = 96, TICKS = 6, CELLS = 384 };

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
		/* so many digits that no two of them are the same */
		if (a->end - a->begin < TICKS / 10.0)
			html_raw(h, ".%03d", (int)(fmod(t, 1) * 1000));
		else if (a->end - a->begin < 2 * TICKS)
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

/* What a client saw: whether requests failed. */
static void
put_client(struct html *h, const struct flow *f, const struct axis *a, double y)
{
	double span = (a->end - a->begin) / CELLS, all, failed, begin = 0;
	enum { NONE, WELL, FAILED } was = NONE, is;

	html_raw(h, "<text class=\"name\" x=\"%d\" y=\"%.1f\">client</text>",
		LEFT - 8, y + 16);
	for (int i = 0; i <= CELLS; i++) {
		double at = a->begin + i * span;

		flow_between(f, at, at + span, &all, &failed);
		is = i == CELLS || all <= 0 ? NONE
		     : failed * 20 > all    ? FAILED
					    : WELL;
		if (is != was && was != NONE)
			html_raw(h,
				"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" "
				"width=\"%.1f\" height=\"%d\"/>",
				was == WELL ? "well" : "failed", at_x(a, begin),
				y + 4, at_x(a, at) - at_x(a, begin), ROW - 8);
		if (is != was)
			begin = at;
		was = is;
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
	rows += s->client != NULL;
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
	if (s->client != NULL) {
		put_client(h, s->client, &a, y);
		y += ROW;
	}
	put_ticks(h, &a, y + 6);
	html_raw(h, "</svg></div>");
}

/* The number at the top of the scale, and 0 at its foot. */
static void
put_scale(struct html *h, double most, const char *unit)
{
	html_raw(h, "<text class=\"name\" x=\"%d\" y=\"26\">", LEFT - 8);
	if (strcmp(unit, "B/s") == 0) {
		html_size(h, flow_size(most));
		html_raw(h, "/s");
	} else if (strcmp(unit, "s") == 0) {
		html_span(h, most);
	} else {
		html_raw(h, most < 10 ? "%.1f%s" : "%.0f%s", most, unit);
	}
	html_raw(h, "</text><text class=\"name\" x=\"%d\" y=\"%d\">0</text>",
		LEFT - 8, BASE + 4);
}

void
plot_flow(struct html *h, const struct flow *f, bool by_items)
{
	struct axis a = {f->begin, f->end};
	double rate[BUCKETS], most = 0, width, bytes, items;
	int k;

	if (a.end <= a.begin)
		return;
	width = (a.end - a.begin) / BUCKETS;
	for (k = 0; k < BUCKETS; k++) {
		flow_between(f, a.begin + k * width, a.begin + (k + 1) * width,
			&bytes, &items);
		rate[k] = (by_items ? items : bytes) / width;
		most = fmax(most, rate[k]);
	}
	if (most <= 0)
		return;
	open_plot(h, HEIGHT,
		by_items ? "Number a second over time; the table below has the "
			   "same"
			 : "Bytes a second over time; the table below has the "
			   "same");
	html_raw(h, "<path class=\"area\" d=\"M%d %d", LEFT, BASE);
	for (k = 0; k < BUCKETS; k++)
		html_raw(h, "V%.1fH%.1f", BASE - rate[k] / most * (BASE - 20),
			at_x(&a, a.begin + width * (k + 1)));
	html_raw(h, "V%dZ\"/>", BASE);
	put_scale(h, most, by_items ? "/s" : "B/s");
	put_ticks(h, &a, BASE);
	html_raw(h, "</svg></div>");
}

/* The ${i}th value of a curve as a line. */
static void
put_line(struct html *h, const struct curve *c, const struct axis *a, int i,
	double most)
{
	html_raw(h, "<path class=\"%s\" d=\"", i == 0 ? "line" : "line two");
	for (size_t k = 0; k < c->n; k++)
		html_raw(h, "%s%.1f %.1f", k == 0 ? "M" : "L",
			at_x(a, c->point[k].at),
			BASE - c->point[k].value[i] / most * (BASE - 20));
	html_raw(h, "\"/>");
}

/* What a line means, above the plot. */
static void
put_key(struct html *h, int i, const char *text)
{
	int x = LEFT + i * 260;

	html_raw(h,
		"<path class=\"%s\" d=\"M%d 9h34\"/><text class=\"key\" "
		"x=\"%d\" y=\"13\">%s</text>",
		i == 0 ? "line" : "line two", x, x + 42, text);
}

/* The time that a curve spans; false: it is but a moment. */
static bool
is_spanning(const struct curve *c, struct axis *a)
{
	if (c->n < 2 || c->point[c->n - 1].at <= c->point[0].at)
		return false;
	a->begin = c->point[0].at;
	a->end = c->point[c->n - 1].at;
	return true;
}

void
plot_names(struct html *h, const struct curve *c)
{
	struct axis a;

	if (!is_spanning(c, &a))
		return;
	open_plot(h, HEIGHT,
		"Share of the zone's servers and of resolvers that give the "
		"new answers, over time; the table below has the same");
	put_key(h, 0, "servers of the zone");
	put_key(h, 1, "resolvers");
	put_line(h, c, &a, 0, 100);
	put_line(h, c, &a, 1, 100);
	put_scale(h, 100, " %");
	put_ticks(h, &a, BASE);
	html_raw(h, "</svg></div>");
}

void
plot_lag(struct html *h, const struct curve *c)
{
	struct axis a;
	double most = 0;

	if (!is_spanning(c, &a))
		return;
	for (size_t i = 0; i < c->n; i++)
		most = fmax(most, c->point[i].value[0]);
	/* never behind is a line at the foot */
	if (most <= 0)
		most = 1;
	open_plot(h, HEIGHT,
		"Time behind the source over time; the table below has the "
		"same");
	put_line(h, c, &a, 0, most);
	put_scale(h, most, "s");
	put_ticks(h, &a, BASE);
	html_raw(h, "</svg></div>");
}
