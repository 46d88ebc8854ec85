#ifndef HASHSQL_H
#define HASHSQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct catalog_table;

/*
 * SQL that lets both servers say what a table holds, by 64-bit hashes, and
 * then which rows. Pure. A row's hash covers each column exactly: types whose
 * own hash equates different values (numeric, float, jsonb, citext, arrays)
 * go in as their binary or text form.
 *
 * Rows are put into groups that both servers form alike: ranges of the key's
 * first column where that is an integer, else buckets of the key's hash, else
 * (no key) buckets of the row's hash, where duplicates count.
 */
enum hashsql_kind { HASHSQL_RANGE, HASHSQL_BUCKET, HASHSQL_KEYLESS };

struct hashsql {
	const struct catalog_table *table;
	enum hashsql_kind kind;
	int shift;    /* RANGE: a group is 2^shift values of the key */
	int64_t mask; /* else: a group is a value of hash & mask */
	bool legacy;  /* a side is older than 14: no hash of records */
};

/*
 * hashsql_init(h, t, rows, step, legacy): choose the groups for about ${rows}
 * rows whose integer keys are ${step} apart where most of them are (RANGE).
 */
void hashsql_init(struct hashsql *h, const struct catalog_table *t, double rows,
	double step, bool legacy);

/* is_hashsql_range(t): the table's groups can be ranges of its key. */
bool is_hashsql_range(const struct catalog_table *t);

/*
 * hashsql_bounds(b, t, sampled): a query of keys in ascending order between
 * which equal shares of a RANGE table's rows lie: those that the statistics
 * have, or else the lowest and the highest.
 */
int hashsql_bounds(struct buf *b, const struct catalog_table *t, bool sampled);

/* A range of groups, from..to - 1; open where the flag is not set. */
struct hashsql_part {
	bool has_from, has_to;
	int64_t from, to;
};

/*
 * Each appends SQL and returns 0 or -1 (ENOMEM).
 *
 * hashsql_groups(b, h, p): a page number (int8) and a bytea of 10 bytes a
 * group: its number in the page of HASHSQL_PAGE (int2) and digest (int8).
 *
 * hashsql_rows(b, h, p, some): COPY of group, row hash and key columns
 * (KEYLESS: the number of such rows) in the order of groups, as text; with the
 * marker HASHSQL_HERE where the least group goes and, before that if ${some},
 * where the array literal of groups goes.
 *
 * hashsql_fetch(b, h, binary): COPY of whole rows; HASHSQL_HERE stands for the
 * list of keys: an int8 array's items, rows of VALUES, or row hashes.
 *
 * hashsql_hash(b, h): the hash of a row of the table called t.
 */
enum { HASHSQL_PAGE = 4096, HASHSQL_ENTRY = 10 };
#define HASHSQL_HERE "\001"
int hashsql_groups(
	struct buf *b, const struct hashsql *h, const struct hashsql_part *p);
int hashsql_rows(struct buf *b, const struct hashsql *h,
	const struct hashsql_part *p, bool some);
int hashsql_fetch(struct buf *b, const struct hashsql *h, bool binary);
int hashsql_hash(struct buf *b, const struct hashsql *h);

/* hashsql_list(h): how the list of hashsql_fetch is written: "int", "values"
 * or "hash". */
const char *hashsql_list(const struct hashsql *h);

#endif
