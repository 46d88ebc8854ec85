#ifndef PLANNING_H
#define PLANNING_H

#include <stddef.h>
#include <stdint.h>

#include "plan.h"

struct flycerts;
struct provider;
struct rrsets;

/* What is wanted of a plan, and what is known; all borrowed. */
struct planning {
	const struct rrsets *zone; /* as the provider lists it */
	const struct provider *provider;
	const struct flycerts *certs;
	const char *cname;                /* for all names, or NULL */
	const struct namelist *addresses; /* for all names */
	uint32_t ttl;                     /* of PLAN_TTL */
	/* told of what stands in the way; level as of findings */
	void (*tell)(void *ctx, const char *level, const char *rule,
		const char *fix, const char *text);
	void *ctx;
};

/*
 * planning_host(g, p, host): add to ${p}, whose zone and phase are set, what is
 * to change for one name. 0; -1: out of memory.
 */
int planning_host(const struct planning *g, struct plan *p, const char *host);

#endif
