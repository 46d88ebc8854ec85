#include "retry.h"

void
retry_init(struct retry *r, double base, double cap, unsigned attempts,
	uint64_t seed)
{
	r->base = base;
	r->cap = cap;
	r->attempts = attempts;
	r->tried = 0;
	r->seed = seed;
}

/* splitmix64: a fraction of [0, 1). */
static double
fraction(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (double)(z >> 11) / 9007199254740992.0;
}

int
retry_next(struct retry *r, double *delay)
{
	double limit = r->base;
	unsigned i;

	r->tried++;
	if (r->attempts && r->tried >= r->attempts)
		return 0;
	for (i = 1; i < r->tried && limit < r->cap; i++)
		limit *= 2;
	if (limit > r->cap)
		limit = r->cap;
	*delay = limit * fraction(&r->seed);
	return 1;
}
