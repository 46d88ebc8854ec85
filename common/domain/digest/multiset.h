#ifndef MULTISET_H
#define MULTISET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct multiset_row;

/*
 * Order-independent digest of a multiset of rows: the sum modulo 2^128 of a
 * 128-bit hash (XXH3) of each row's bytes. A sum and not an exclusive or, so
 * that duplicates count. Sums of disjoint parts add up.
 */
struct multiset {
	uint64_t lo, hi; /* the sum */
	uint64_t rows, bytes;
};

#define MULTISET_INIT                                                          \
	{                                                                      \
		0, 0, 0, 0                                                     \
	}
#define MULTISET_HEX 32 /* characters of the sum as text */

/* multiset_add(m, p, n): add one row of n bytes. */
void multiset_add(struct multiset *m, const void *p, size_t n);

/* multiset_merge(m, other): add all rows of ${other}. */
void multiset_merge(struct multiset *m, const struct multiset *other);

/* is_multiset_equal(a, b): same sum, rows and bytes. */
bool is_multiset_equal(const struct multiset *a, const struct multiset *b);

/* multiset_format(m, hex): the sum as 32 hexadecimal digits and a NUL. */
void multiset_format(const struct multiset *m, char hex[MULTISET_HEX + 1]);

/* multiset_parse(hex, m): set the sum alone from text. 0 or -1. */
int multiset_parse(const char *hex, struct multiset *m);

/*
 * A row that arrives in pieces gives the same digest as in one.
 * multiset_row_new(): NULL on ENOMEM. multiset_row_end adds the row and makes
 * the state ready for the next one.
 */
struct multiset_row *multiset_row_new(void);
void multiset_row_free(struct multiset_row *r);
void multiset_row_update(struct multiset_row *r, const void *p, size_t n);
void multiset_row_end(struct multiset_row *r, struct multiset *m);

#endif
