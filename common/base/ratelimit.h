#ifndef RATELIMIT_H
#define RATELIMIT_H

#include <stdint.h>

/* A token bucket. Pure: the caller has the clock. */
struct ratelimit {
	double rate;   /* bytes a second; 0: no limit */
	double credit; /* bytes that may go at once; negative: owed */
	double at;     /* when ${credit} was right, seconds */
};

/* ratelimit_init(r, rate, now): a bucket that holds a tenth of a second. */
void ratelimit_init(struct ratelimit *r, uint64_t rate, double now);

/*
 * ratelimit_take(r, bytes, now): ${bytes} have gone; how many seconds to wait
 * before more may go, 0 for none.
 */
double ratelimit_take(struct ratelimit *r, uint64_t bytes, double now);

#endif
