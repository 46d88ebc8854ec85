#ifndef COPYSQL_H
#define COPYSQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct catalog_fkey;
struct catalog_index;
struct catalog_table;

/* The SQL of parts, from the catalogue. Pure. All: 0 or -1 (ENOMEM). */

/*
 * copysql_out(b, t, from, to, binary): COPY TO STDOUT of the table's rows in
 * blocks [from, to); from = to = 0: of all, to = 0 alone: to the end.
 */
int copysql_out(struct buf *b, const struct catalog_table *t, int64_t from,
	int64_t to, bool binary);

/* copysql_in(b, t, binary, freeze): COPY FROM STDIN. */
int copysql_in(
	struct buf *b, const struct catalog_table *t, bool binary, bool freeze);

/* copysql_truncate(b, t): TRUNCATE ONLY of the table. */
int copysql_truncate(struct buf *b, const struct catalog_table *t);

/* copysql_fkey(b, k): ADD CONSTRAINT, NOT VALID where that is possible;
 * copysql_validate(b, k): the check of the rows that are there. */
int copysql_fkey(struct buf *b, const struct catalog_fkey *k);
int copysql_validate(struct buf *b, const struct catalog_fkey *k);

/*
 * copysql_parts(bytes, chain, total, jobs, limit): into how many parts a table
 * is split: when its own chain of copy and costliest index would outlast the
 * rest of the work shared by all jobs, or when it is above ${limit} bytes.
 */
int64_t copysql_parts(int64_t bytes, double chain, double total, int64_t jobs,
	uint64_t limit);

/* copysql_index_cost(x): the cost of building it, in bytes of COPY. */
double copysql_index_cost(const struct catalog_index *x);

#endif
