#ifndef RETRY_H
#define RETRY_H

#include <stdint.h>

/*
 * A retry schedule: exponential backoff with full jitter. Pure: the caller
 * sleeps. Deterministic for a given seed.
 */
struct retry {
	double base, cap;  /* seconds: first step and ceiling */
	unsigned attempts; /* tries in all; 0 = no bound */
	unsigned tried;
	uint64_t seed;
};

/* retry_init(r, base, cap, attempts, seed). */
void retry_init(struct retry *r, double base, double cap, unsigned attempts,
	uint64_t seed);

/*
 * retry_next(r, delay): after a failure: 1 and the seconds to wait before
 * the next try, or 0 when the tries are used up.
 */
int retry_next(struct retry *r, double *delay);

#endif
