#ifndef CURVE_H
#define CURVE_H

#include <stddef.h>

/*
 * Two values over time. Where they stay the same only the ends are kept, and
 * when there are too many points every other one is given up: the size is
 * bounded, and the curve keeps its shape. All zero before the first use.
 */
enum { CURVE_MOST = 1024 };

struct curve_point {
	double at, value[2];
};

struct curve {
	struct curve_point *point; /* by time */
	size_t n;
};

/* curve_add(c, at, a, b): the values at that time; what is said twice counts
 * once. 0 or -1 (ENOMEM). */
int curve_add(struct curve *c, double at, double a, double b);

/* curve_fini(c): free it. */
void curve_fini(struct curve *c);

#endif
