#include "ratelimit.h"

#define BURST 0.1 /* seconds of the rate */

void
ratelimit_init(struct ratelimit *r, uint64_t rate, double now)
{
	r->rate = (double)rate;
	r->credit = r->rate * BURST;
	r->at = now;
}

double
ratelimit_take(struct ratelimit *r, uint64_t bytes, double now)
{
	if (r->rate <= 0)
		return 0;
	if (now > r->at)
		r->credit += (now - r->at) * r->rate;
	r->at = now;
	if (r->credit > r->rate * BURST)
		r->credit = r->rate * BURST;
	r->credit -= (double)bytes;
	return r->credit >= 0 ? 0 : -r->credit / r->rate;
}
