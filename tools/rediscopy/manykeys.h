#ifndef MANYKEYS_H
#define MANYKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keylist;
struct side;

/*
 * Small keys copied element by element, many at a time: each is read as it is
 * for an archive and written as it comes, to a temporary key that then gets the
 * name. One that is out of the ordinary (it changes all the time, the target
 * refuses something) is left to chunk_copy(), which says what is wrong.
 */
struct manykeys {
	struct side *from, *to;
	const char *run;            /* for the names of temporary keys */
	bool keeps;                 /* what the target has already */
	bool replaces;              /* what it has may be large */
	const struct keylist *list; /* with the memory that each takes */
	/* target_key(ctx, ...): as in pipe.h, or NULL; tick(ctx) */
	int (*target_key)(void *ctx, const char *key, size_t len,
		const char **out, size_t *out_len);
	void (*tick)(void *ctx);
	void *ctx;
	/* results, added to: keys that are left, and that are gone (or NULL) */
	struct keylist *left, *vanished;
	uint64_t copied, bytes, skipped, n_vanished;
};

/* manykeys_copy(m, at, n): keys of the list from ${at} on, ${*n} of them.
 * STATUS_OK; STATUS_TEMPORARY: a connection was lost (they are to be copied
 * again, and both sessions to be opened anew), or no memory. */
int manykeys_copy(struct manykeys *m, size_t at, size_t *n);

#endif
