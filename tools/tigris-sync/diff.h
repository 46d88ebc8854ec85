#ifndef DIFF_H
#define DIFF_H

#include <stdbool.h>

#include "object.h"

struct feed;
struct sorter;

/*
 * What differs between two ordered listings, in one pass and constant memory.
 * Pure but for the feeds it reads.
 */
enum diff_kind {
	DIFF_SAME,
	DIFF_MISSING, /* on the target */
	DIFF_CHANGED, /* and the target's is the older one */
	DIFF_NEWER,   /* and the target's is the newer one, or as new */
	DIFF_EXTRA    /* on the target alone */
};

/* How sure a DIFF_SAME is. */
enum diff_proof {
	DIFF_BY_ETAG, /* the same digest of the content on both sides */
	DIFF_BY_LOG,  /* neither has changed since the journal says it was
		       * copied */
	DIFF_BY_TIME  /* the same size, and the target's is the newer one */
};

struct difference {
	enum diff_kind kind;
	enum diff_proof proof;
	/* of DIFF_CHANGED: it may be the same, as both were stored within one
	 * second and nothing else tells */
	bool is_unsure;
	const struct object *from, *to; /* NULL where there is none */
};

struct diff {
	struct feed *from, *to;
	struct sorter *known; /* what was copied, with the target's version;
			       * or NULL */
	struct object a, b, k;
	const char *version;
	int has_a, has_b, has_k;
	struct buf *last_a, *last_b;
	bool begun, is_disordered;
	int status; /* after a failure */
};

/* diff_init(d, from, to, known): everything is borrowed. 0 or -1 (ENOMEM). */
int diff_init(struct diff *d, struct feed *from, struct feed *to,
	struct sorter *known);
void diff_fini(struct diff *d);

/*
 * diff_next(d, x): 1 and the next key's, borrowed until the next call; 0 at
 * the end; -1 after a message, with ${d->status}; or, with
 * ${d->is_disordered} and no message, when a listing is not in order: what was
 * told of it until then may be wrong.
 */
int diff_next(struct diff *d, struct difference *x);

/*
 * diff_judge(from, to, known, version, x): what the two are; ${known} is what
 * of the source was copied, to a target of ${version}; NULL if nothing is
 * known.
 */
void diff_judge(const struct object *from, const struct object *to,
	const struct object *known, const char *version, struct difference *x);

#endif
