#ifndef PLOT_H
#define PLOT_H

#include <stddef.h>

struct html;
struct story;

/*
 * The plots, each an inline SVG with a text alternative; colours come from the
 * page's style sheet. What a plot shows stands in a table beside it as well,
 * which page.c writes. Nothing is drawn where there is nothing to show.
 */

/* plot_timeline(h, s): the steps as bars over time, one row a step, with the
 * time that the app was closed marked. */
void plot_timeline(struct html *h, const struct story *s);

/* plot_throughput(h, s, kind): bytes a second over the time in which things of
 * that kind ("table", "keys", "objects") moved. */
void plot_throughput(struct html *h, const struct story *s, const char *kind);

/* plot_answers(h, s, name): the share of servers asked that gave the new
 * answer for a name, over time. */
void plot_answers(struct html *h, const struct story *s, const char *name);

#endif
