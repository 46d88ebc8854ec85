#ifndef NOTES_H
#define NOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Findings as they come up: records for --plan, else messages for people. */
struct notes {
	bool is_records;
	struct buf out; /* the records so far */
	size_t n, errors;
	int failed; /* out of memory */
};

/*
 * notes_add(n, level, rule, fix, fmt, ...): a finding with that message, which
 * never holds a value. ${fix} may be NULL.
 */
void notes_add(struct notes *n, const char *level, const char *rule,
	const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* notes_fini(n): free it. */
void notes_fini(struct notes *n);

#endif
