#ifndef SPLIT_H
#define SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct catalog;
struct engine;
struct ledger;

/*
 * How a table's rows are cut into parts. Ranges of the key mean the same rows
 * in every snapshot (but for those that changed), so that what is done stays
 * done when the snapshot is gone; ranges of blocks (ctid) do not, and are for
 * tables without an integer key or whose rows do not lie in its order.
 */
struct split {
	bool is_set, by_key;
	int64_t n;      /* parts, numbered from 1 */
	int64_t blocks; /* of a part, when not by key */
	int64_t *first; /* by key: [k] is the first key of part k; [0], [1]
			   unused */
};

void split_fini(struct split *s);

/*
 * split_load(e, l): as the ledger has it for each table, else as is best.
 * split_store(e, l): write into the ledger what it does not have, so that a
 * rerun makes the same parts. 0, or -1 after a message.
 */
int split_load(struct engine *e, const struct ledger *l);
int split_store(struct engine *e, const struct ledger *l);

/* split_out(b, e, table, k): COPY TO of part k. split_clear(b, e, table, k):
 * DELETE of the rows of part k of a table that is split by key. 0 or -1. */
int split_out(struct buf *b, const struct engine *e, size_t table, int64_t k);
int split_clear(struct buf *b, const struct engine *e, size_t table, int64_t k);

/* split_chain(c, table): the cost, in bytes of COPY, of copying the table and
 * then building its costliest index. */
double split_chain(const struct catalog *c, size_t table);

#endif
