#ifndef LOOK_H
#define LOOK_H

#include <stddef.h>
#include <stdint.h>

#include "dnsaddr.h"
#include "probe.h"

struct session;

/* Looking at servers: every probe to every one of them, at once. */
struct look_server {
	const char *name; /* for records, borrowed */
	struct dnsaddr addr;
};

struct look {
	size_t state[PROBE_STATES]; /* how many answers of each */
	size_t total;
	size_t validated;   /* how many have good signatures (DNSSEC) */
	uint32_t old_ttl;   /* the longest that an old answer has left */
	uint32_t empty_ttl; /* the same of "there is nothing" */
	/* of each probe: how many servers said so */
	size_t *by_probe; /* [probe * PROBE_STATES + state] */
	size_t n;
};

/* What to ask whom. */
struct look_job {
	const struct probe *probe;
	size_t n;
	const struct look_server *server;
	size_t m;
	int is_resolvers, is_quiet;
};

/*
 * look_run(s, job, out): ask, and write an rrset.answered record for each
 * answer unless ${job->is_quiet}. 0 or -1 after a message. The caller's to
 * look_fini().
 */
int look_run(struct session *s, const struct look_job *job, struct look *out);
void look_fini(struct look *l);

/* look_authoritative(s, list, m): the servers that the zone is delegated to,
 * and others that hold it, the caller's to free. 0 or -1. */
int look_authoritative(
	const struct session *s, struct look_server **list, size_t *m);

#endif
