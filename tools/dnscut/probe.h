#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ask;
struct plan;
struct rrset;

/*
 * What is asked of a server to learn how far a plan's change has come: what
 * clients ask for (A and AAAA of a name), and what may stand in the answer
 * before and after: records of that type, a CNAME, or none.
 */
struct probe {
	const char *name; /* borrowed from the plan, as the sets are */
	uint16_t type;
	const struct rrset *before, *after;
	/* the server answers with addresses that the plan does not know: an
	 * ALIAS, a CNAME at the zone's own name, a record behind a proxy, one
	 * of a routing policy */
	bool is_before_hidden, is_after_hidden;
};

enum probe_state {
	PROBE_NEW,
	PROBE_OLD,
	PROBE_OTHER,    /* neither */
	PROBE_NOTHING,  /* no such records, where there should be some */
	PROBE_NXDOMAIN, /* no such name */
	PROBE_WILDCARD, /* what the wildcard above it says */
	PROBE_DNSSEC,   /* an answer, but its signatures are not valid */
	PROBE_FAILED,   /* the server says that it cannot */
	PROBE_SILENT,   /* nothing came */
	PROBE_STATES
};

/* probe_list(p, list, n): all that a plan is about, the caller's to free. 0 or
 * -1 (ENOMEM). */
int probe_list(const struct plan *p, struct probe **list, size_t *n);

/*
 * probe_judge(p, a, authoritative, set): what an answer says; of a server that
 * holds the zone the TTL counts too, and it must say that it does. ${*set} is
 * what stands in the answer, borrowed, or NULL.
 */
enum probe_state probe_judge(const struct probe *p, const struct ask *a,
	int authoritative, const struct rrset **set);

/* probe_state_name(s): "new", "old", "nxdomain" ..., for records. */
const char *probe_state_name(enum probe_state s);

#endif
