#ifndef PACE_H
#define PACE_H

#include <stdint.h>

#include "ratelimit.h"

struct clock;
struct kv;

/* What is read of a server piece by piece, no faster than is allowed. */
struct pace {
	struct ratelimit limit;
	uint64_t counted; /* bytes that the session had received */
};

/* pace_init(p, rate, now): at most ${rate} bytes a second, 0: any. */
void pace_init(struct pace *p, uint64_t rate, double now);

/* pace_skip(p, kv): what the session has received until now is not counted. */
void pace_skip(struct pace *p, const struct kv *kv);

/* pace_keep(p, kv, c, tick, ctx): sleep for as long as what the session has
 * received since the last call asks for; tick(ctx) meanwhile, ten times a
 * second, unless it is NULL. */
void pace_keep(struct pace *p, const struct kv *kv, const struct clock *c,
	void (*tick)(void *ctx), void *ctx);

#endif
