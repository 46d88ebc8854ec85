#ifndef DELTA_H
#define DELTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog;
struct engine;
struct json_val;
struct multiset;

/*
 * What differs between two databases of the same schema, found by hashes that
 * both servers compute (hashsql.h) and told row by row, or brought to the
 * target's staging tables for apply.h.
 */

/* Of one table. */
struct delta_table {
	bool is_compared; /* both ends have it with the same columns */
	int64_t missing, extra, changed;
	uint64_t rows, bytes; /* brought to the staging tables */
	double seconds;
	size_t parts_left;
};

struct delta {
	struct delta_table *table; /* one a catalog table of the engine's */
	struct delta_table *found; /* one a job: what it told, not yet done */
	size_t n_found;
	bool staging;
	bool only_marked; /* set by the caller: tables marked by_delta alone */
};

/*
 * delta_plan(e, d, other, staging): the jobs that compare every table; with
 * ${staging} the schema airlift and its staging tables are made first, one
 * pair a table (airlift.rows_N, airlift.gone_N; N is the table's place in the
 * catalog), empty. 0, or -1 after a message.
 */
int delta_plan(struct engine *e, struct delta *d, const struct catalog *other,
	bool staging);
void delta_fini(struct delta *d);

/* delta_record(e, d, job, r), delta_finished(e, d, job, m, seconds): to be
 * called from the engine's own callbacks. The latter: 1 when the table is
 * done, 0, or -1. */
int delta_record(struct engine *e, struct delta *d, size_t job,
	const struct json_val *r);
int delta_finished(struct engine *e, struct delta *d, size_t job,
	const struct multiset *m, double seconds);

/* is_delta_empty(t): nothing differs. */
bool is_delta_empty(const struct delta_table *t);

/* delta_unstage(e): remove the staging tables, and the schema airlift unless
 * something else is in it. 0 or -1. */
int delta_unstage(struct engine *e);

#endif
