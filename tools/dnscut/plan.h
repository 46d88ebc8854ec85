#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "namelist.h"
#include "rrset.h"

struct recorder;

/*
 * A plan: the sets of records of a zone that become others, from a certain
 * state of the zone, and on which conditions. One zone.planned record, then one
 * rrset.planned for each set.
 */
enum plan_phase {
	PLAN_TTL,     /* lower (or raise) TTLs, names for the certificate */
	PLAN_MOVE,    /* the names point to the app */
	PLAN_ROLLBACK /* back to what was before */
};

enum { PLAN_ID_SIZE = 17 };

/* TTLs up to this, in seconds, are low. */
enum { PLAN_LOW_TTL = 300 };

struct plan {
	char id[PLAN_ID_SIZE]; /* of all that is in it */
	char *zone, *provider;
	enum plan_phase phase;
	bool has_serial;
	uint32_t serial;              /* of the SOA that was seen */
	char sha256[RRSET_HASH_SIZE]; /* of the zone, but for what the server
					 makes itself */
	uint32_t negative_ttl;
	/* of a wildcard that answers for names without records; 0: of none */
	uint32_t wildcard_ttl;
	double at, safe_after;       /* the latter 0: none */
	struct namelist hosts;       /* the names to be moved */
	struct namelist addresses;   /* of the app, for HTTPS */
	struct rrsets before, after; /* settled: of the sets that change */
};

/* What one set becomes; NULL is none. Borrowed from the plan. */
struct plan_change {
	const char *name;
	uint16_t type;
	const struct rrset *before, *after;
};

/* plan_changes(p, list, n): the changes in order, the caller's to free. 0 or
 * -1 (ENOMEM). */
int plan_changes(const struct plan *p, struct plan_change **list, size_t *n);

/* plan_seal(p): settle, drop what is the same before and after, and give it its
 * id. 0 or -1. */
int plan_seal(struct plan *p);

/*
 * is_plan_allowed(p, c): whether a change is one of those that a plan may
 * make: addresses of its hosts (A, AAAA, CNAME, ALIAS), and the names for their
 * certificates, or for that of the wildcard which covers one. MX, NS, SOA, CAA
 * and other TXT are nobody's business.
 */
bool is_plan_allowed(const struct plan *p, const struct plan_change *c);

/* plan_put_change(p, type, c, r, sync): write a record of that type about one
 * change: rrset.planned, rrset.changing, rrset.changed; ${sync} as of
 * recorder_put. 0 or -1. */
int plan_put_change(const struct plan *p, const char *type,
	const struct plan_change *c, struct recorder *r, bool sync);

/* plan_put(p, r): write the plan's records. 0 or -1. */
int plan_put(const struct plan *p, struct recorder *r);

/* plan_fini(p): free all in it. */
void plan_fini(struct plan *p);

/* plan_longest_ttl(p): the longest that anybody may remember a set as it was
 * before, in seconds. */
uint32_t plan_longest_ttl(const struct plan *p);

/* plan_phase_name(phase): "ttl", "move", "rollback". */
const char *plan_phase_name(enum plan_phase phase);

/* plan_phase_find(name, out): the phase of that name. 0, or -1: there is none.
 */
int plan_phase_find(const char *name, enum plan_phase *out);

#endif
