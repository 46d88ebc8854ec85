#ifndef KEYRANGE_H
#define KEYRANGE_H

#include <stddef.h>
#include <stdint.h>

struct catalog_table;
struct session;

/* Ranges of a table's integer key with about the same number of rows. */

/*
 * keyrange_read(s, t, bound, n): keys in ascending order between which equal
 * shares of the rows lie, from the statistics or else the lowest and highest;
 * the caller frees. 0, or -1 after a message.
 */
int keyrange_read(struct session *s, const struct catalog_table *t,
	int64_t **bound, size_t *n);

/* keyrange_step(bound, n, rows): how far keys are apart where most are. */
double keyrange_step(const int64_t *bound, size_t n, double rows);

/* keyrange_begin(bound, n, k, parts): the key at which part ${k} begins, from
 * 0; ${n} is at least 1. */
int64_t keyrange_begin(
	const int64_t *bound, size_t n, int64_t k, int64_t parts);

#endif
