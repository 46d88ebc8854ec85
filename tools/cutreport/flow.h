#ifndef FLOW_H
#define FLOW_H

#include <stdint.h>

/*
 * How much moved when: sums over spans of time of one length, which doubles as
 * the time that they have to hold grows. A flow is all zero before the first
 * use, and its size does not depend on how much is added.
 */
enum { FLOW_SPANS = 512 };
/* Sums stop here: records may say anything, and a thousand of them still add
 * up. */
#define FLOW_MOST (UINT64_C(1) << 53)

struct flow {
	double begin, end; /* of what moved; 0: no time was known */
	uint64_t bytes;
	int64_t items;
	double origin, span; /* where the first span begins, and their length */
	double in_bytes[FLOW_SPANS], in_items[FLOW_SPANS];
};

/* flow_add(f, begin, end, bytes, items): that much moved, evenly from ${begin}
 * to ${end}; ${end} 0: nobody knows when. */
void flow_add(struct flow *f, double begin, double end, uint64_t bytes,
	int64_t items);

/* flow_size(bytes): a sum of flow_between as a whole number of bytes. */
uint64_t flow_size(double bytes);

/* flow_between(f, from, to, bytes, items): what moved then, as far as the spans
 * tell. */
void flow_between(const struct flow *f, double from, double to, double *bytes,
	double *items);

#endif
