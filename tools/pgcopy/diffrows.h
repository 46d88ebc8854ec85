#ifndef DIFFROWS_H
#define DIFFROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct session;
struct copyout;

/*
 * Two streams of "group, row hash, key" lines, ordered by group, compared
 * group by group: what the source has and the target lacks, and so on. Memory
 * holds one group a side and the differences found so far.
 */

enum diffrows_what { DIFFROWS_MISSING, DIFFROWS_EXTRA, DIFFROWS_CHANGED };

/* The differences; keys are lines of COPY text. */
struct diffrows {
	bool keyless; /* the key of a row is its hash, duplicates count */
	struct buf
		fetch;   /* keys whose rows the source has (missing, changed) */
	struct buf gone; /* keys that the target has (extra; KEYLESS: changed
			    too) */
	int64_t missing, extra, changed;
	int64_t n_fetch, n_gone;
	uint64_t bytes; /* of both streams */
	size_t limit;   /* bytes of keys at which diffrows_run stops */
	/* each(ctx, what, key, n): every difference; may be NULL */
	void (*each)(
		void *ctx, enum diffrows_what what, const char *key, size_t n);
	void *ctx;
};

void diffrows_init(struct diffrows *d, bool keyless);
void diffrows_fini(struct diffrows *d);

/* diffrows_clear(d): forget the keys, keep the counts. */
void diffrows_clear(struct diffrows *d);

/*
 * diffrows_run(d, source, target, sql_source, sql_target, next): compare the
 * two queries' streams. 1: stopped at the limit, ${*next} is the first group
 * that was not compared, and both sessions are closed for use; 0: all
 * compared; -1 after a message.
 */
int diffrows_run(struct diffrows *d, struct session *source,
	struct session *target, const char *sql_source, const char *sql_target,
	int64_t *next);

#endif
