#ifndef RECORD_H
#define RECORD_H

#include <stdint.h>

struct buf;

/* Records that every tool writes: finding and summary. airlift(7). */

/* A finding; strings borrowed, NULL or 0 leaves a member out. */
struct finding {
	const char *level;   /* "error", "warning", "note" */
	const char *rule;    /* stable name, e.g. "pg-version-mismatch" */
	const char *message; /* one line, never a secret */
	const char *file;
	unsigned line, column;
	const char *fix; /* what to do, one line */
	double at;       /* seconds since 1970 */
};

/* finding_put(out, f): append the record. 0 or -1. */
int finding_put(struct buf *out, const struct finding *f);

/* finding_print(f): the same for people, through msg. */
void finding_print(const struct finding *f);

/* The last record of a run. Counts below 0 are left out. */
struct summary {
	const char *tool, *verb;
	int ok;
	int64_t done, failed, skipped, findings;
	int64_t bytes;
	double seconds;
	double at; /* seconds since 1970; 0 leaves it out */
};

/* summary_put(out, s): append the record. 0 or -1. */
int summary_put(struct buf *out, const struct summary *s);

#endif
