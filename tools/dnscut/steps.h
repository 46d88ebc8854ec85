#ifndef STEPS_H
#define STEPS_H

#include <stddef.h>

struct plan_change;
struct provider_change;
struct rrsets;

/*
 * steps_collect(change, n, zone, list): what is still to be made of a plan's
 * changes, into ${list} (room for ${n}), in an order in which no name is
 * without an answer for longer than it must: what is there is changed, what is
 * new is added, what is old goes last, but for a CNAME and what stands in its
 * way. What is before is what ${zone} has now. How many.
 */
size_t steps_collect(const struct plan_change *change, size_t n,
	const struct rrsets *zone, struct provider_change *list);

#endif
