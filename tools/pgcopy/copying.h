#ifndef COPYING_H
#define COPYING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "delta.h"
#include "engine.h"
#include "ledger.h"
#include "multiset.h"
#include "schema.h"

/* What copy, plan and finish are made of. */

/* One run of copy, plan or finish. */
struct copy {
	struct engine e; /* first: the callbacks get it */
	struct ledger ledger;
	struct schema schema;
	uint32_t *oids;
	size_t n_oids;
	struct multiset lo_source, lo_target;
	struct catalog *other; /* the target's */
	struct delta delta;    /* of tables that an earlier run completed */
	bool is_over; /* an earlier run completed it: compare instead */
	struct followstate *follow; /* of copy --follow */
	bool adopting;              /* the ledger is of this very snapshot */
	int64_t differing;
	int64_t kept, stale; /* parts of an earlier run */
};

/*
 * copying_open(c, options, env, verb): an exit status. copying_fini(c, status):
 * the summary; frees everything, in any state; the status to exit with.
 */
struct env;
int copying_open(
	struct copy *c, const void *options, struct env *env, const char *verb);
int copying_fini(struct copy *c, int status);

/*
 * Each returns an exit status, after a message.
 *
 * copying_prepare(c): the target claimed, its schema there, all tables cut
 * into parts; of a rerun, what is stale made to go. copying_data(c): rows,
 * large objects and indexes. copying_complete(c): all that comes after, and
 * the last record. copying_phase(c, name): the planned jobs.
 */
int copying_prepare(struct copy *c);
int copying_data(struct copy *c);
int copying_complete(struct copy *c);
int copying_phase(struct copy *c, const char *name);

/* copying_reload(c): read the ledger anew. 0 or -1. */
int copying_reload(struct copy *c);

#endif
