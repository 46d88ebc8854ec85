#ifndef RERUN_H
#define RERUN_H

#include <stddef.h>

struct copy;
struct multiset;

/* What a copy does that finds the work of an earlier one. */

/* rerun_recheck(c): keep what is still true, and make room for what changed.
 * An exit status. rerun_rechecked(c, job, m): for the engine's callback. */
int rerun_recheck(struct copy *c);
int rerun_rechecked(struct copy *c, size_t job, const struct multiset *m);

/* rerun_adopt(c): what the ledger has was done in this very snapshot: its
 * digests are the source's. 0 or -1. */
int rerun_adopt(struct copy *c);

/* rerun_repair(c): make the tables marked by_delta equal, and prove it;
 * rerun_objects(c): the same of large objects. Exit statuses. */
int rerun_repair(struct copy *c);
int rerun_objects(struct copy *c);

#endif
