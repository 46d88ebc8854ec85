#include "flow.h"

#include <math.h>
#include <string.h>

/* A sum of powers of two, so that shorter spans fill longer ones exactly. */
#define SHORTEST (1.0 / 64)
/* Nothing takes longer; more is an error of the record. */
#define LONGEST (366 * 86400.0)

/* Where a span of ${length} that holds ${t} begins. */
static double
span_of(double t, double length)
{
	return floor(t / length) * length;
}

/* Spans that hold ${begin} to ${end} and all that is there. */
static void
make_room(struct flow *f, double begin, double end)
{
	double bytes[FLOW_SPANS], items[FLOW_SPANS], origin, span = f->span;
	int i, k;

	if (f->end > 0) {
		begin = fmin(begin, f->begin);
		end = fmax(end, f->end);
	}
	if (span <= 0)
		span = SHORTEST;
	while (end - span_of(begin, span) >= span * FLOW_SPANS)
		span *= 2;
	origin = span_of(begin, span);
	if (f->span > 0 && (span > f->span || origin < f->origin)) {
		memcpy(bytes, f->in_bytes, sizeof(bytes));
		memcpy(items, f->in_items, sizeof(items));
		memset(f->in_bytes, 0, sizeof(f->in_bytes));
		memset(f->in_items, 0, sizeof(f->in_items));
		for (i = 0; i < FLOW_SPANS; i++) {
			if (bytes[i] <= 0 && items[i] <= 0)
				continue;
			k = (int)floor(
				(f->origin + (i + 0.5) * f->span - origin) /
				span);
			f->in_bytes[k] += bytes[i];
			f->in_items[k] += items[i];
		}
		f->origin = origin;
	} else if (f->span <= 0) {
		f->origin = origin;
	}
	f->span = span;
	f->begin = begin;
	f->end = end;
}

void
flow_add(
	struct flow *f, double begin, double end, uint64_t bytes, int64_t items)
{
	double took = end - begin, share;
	int i, first, last;

	f->bytes += bytes < FLOW_MOST - f->bytes ? bytes : FLOW_MOST - f->bytes;
	f->items += items < (int64_t)FLOW_MOST - f->items
			    ? items
			    : (int64_t)FLOW_MOST - f->items;
	if (end <= 0)
		return;
	if (!(took > 0))
		took = 0;
	if (took > LONGEST)
		took = LONGEST;
	begin = end - took;
	make_room(f, begin, end);
	first = (int)((begin - f->origin) / f->span);
	last = (int)((end - f->origin) / f->span);
	for (i = first; i <= last; i++) {
		double from = f->origin + i * f->span;

		share = first == last ? 1
				      : (fmin(end, from + f->span) -
						fmax(begin, from)) /
						took;
		f->in_bytes[i] += (double)bytes * share;
		f->in_items[i] += (double)items * share;
	}
}

void
flow_between(const struct flow *f, double from, double to, double *bytes,
	double *items)
{
	int i;

	*bytes = *items = 0;
	for (i = 0; i < FLOW_SPANS && f->span > 0; i++) {
		double at = f->origin + i * f->span;
		double both = fmin(to, at + f->span) - fmax(from, at);

		if (both <= 0)
			continue;
		*bytes += f->in_bytes[i] * both / f->span;
		*items += f->in_items[i] * both / f->span;
	}
}

uint64_t
flow_size(double bytes)
{
	return bytes < (double)FLOW_MOST ? (uint64_t)(bytes + 0.5) : FLOW_MOST;
}
