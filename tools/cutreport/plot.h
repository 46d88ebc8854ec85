#ifndef PLOT_H
#define PLOT_H

#include <stdbool.h>

struct curve;
struct flow;
struct html;
struct story;

/*
 * The plots, each an inline SVG with a text alternative; colours come from the
 * page's style sheet. What a plot shows stands in a table beside it as well,
 * which the page writes. Nothing is drawn where there is nothing to show.
 */

/* plot_timeline(h, s): the steps as bars over time, one row a step, with the
 * time that the app was closed marked, and a row of what a client saw. */
void plot_timeline(struct html *h, const struct story *s);

/* plot_flow(h, f, by_items): how much moved a second, in items or in bytes. */
void plot_flow(struct html *h, const struct flow *f, bool by_items);

/* plot_names(h, c): the share of the zone's servers, and of resolvers, that
 * give the new answers. */
void plot_names(struct html *h, const struct curve *c);

/* plot_lag(h, c): by how much what follows is behind. */
void plot_lag(struct html *h, const struct curve *c);

#endif
