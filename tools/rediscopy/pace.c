#include "pace.h"
#include "clock.h"
#include "kv.h"

void
pace_init(struct pace *p, uint64_t rate, double now)
{
	ratelimit_init(&p->limit, rate, now);
	p->counted = 0;
}

void
pace_skip(struct pace *p, const struct kv *kv)
{
	p->counted = kv_received(kv);
}

void
pace_keep(struct pace *p, const struct kv *kv, const struct clock *c,
	void (*tick)(void *ctx), void *ctx)
{
	const double nap = 0.1;
	uint64_t got = kv_received(kv);
	double wait;

	/* a session that was opened anew counts from nothing */
	if (got < p->counted)
		p->counted = 0;
	wait = ratelimit_take(&p->limit, got - p->counted, clock_mono(c));
	p->counted = got;
	for (; wait > 0; wait -= nap) {
		clock_sleep(c, wait < nap ? wait : nap);
		if (tick != NULL)
			tick(ctx);
	}
}
