#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "ratelimit.h"

struct buf;
struct clock;
struct conninfo;
struct multiset;
struct part;
struct pgcopy_options;
struct session;

/* A worker's state: its two sessions, opened when a part needs them. */
struct worker {
	const struct pgcopy_options *opt;
	const struct clock *clock;
	int out; /* where records go */
	struct conninfo *from, *to;
	struct session *source, *target;
	char *snapshot, *encoding; /* what the sessions were opened for */
	struct ratelimit limit;
	double told;    /* when progress was last written, monotonic */
	int64_t failed; /* parts */
};

/*
 * worker_source(w), worker_target(w): make sure that the session is open and
 * usable: the source inside a read-only transaction on the snapshot. 0, or -1
 * after a message; ${*temporary} tells whether a retry may help.
 */
int worker_source(struct worker *w, bool *temporary);
int worker_target(struct worker *w, bool *temporary);

/* worker_progress(w, id, m): write a progress record now and then. */
void worker_progress(
	struct worker *w, const char *id, const struct multiset *m);

/* The kinds of parts: 0 with ${*m} where there is a digest, or -1. */
int streampart_copy(struct worker *w, const struct part *p, struct multiset *m);
int streampart_hash(struct worker *w, const struct part *p, struct multiset *m);
int diffpart_run(struct worker *w, const struct part *p, struct multiset *m);
int lopart_copy(struct worker *w, const struct part *p, struct multiset *m);
int lopart_hash(struct worker *w, const struct part *p, struct multiset *m);

/* streampart_transfer(w, p, m): stream ${p->out} into ${p->in} in the target's
 * open transaction; ${*m}, empty before, is the digest. 0 or -1. */
int streampart_transfer(
	struct worker *w, const struct part *p, struct multiset *m);

#endif
