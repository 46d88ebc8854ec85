#ifndef VERIFYING_H
#define VERIFYING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "compare.h"

struct ends;
struct keylist;

/* The comparison of all databases, with its records. */
struct verifying {
	struct ends *e;
	struct compare_options options;
	struct keylist *differing, *extra; /* of the database at work */
	struct keylist *spare; /* takes the place of those looked at again */
	struct keylist *told;  /* in the round that tells; twice is once */
	struct buf name;       /* of a key on the target */
	bool is_last; /* what differs now is told, not looked at again */
	size_t pair;
	uint64_t keys, found;
	uint64_t settled;   /* of these, before all that is compared now */
	bool is_told_again; /* as the connection was lost */
	bool has_moved;     /* a server was started anew meanwhile */
	bool is_stale;      /* ... after keys had been found equal */
	const struct compare_counts *live; /* of verifying_run, or NULL */
};

/* verifying_prepare(v, e): what to compare and how, from the options; the
 * caller sets options.differs, whose context is ${v}. 0, or -1 after a
 * message. verifying_fini(v). */
int verifying_prepare(struct verifying *v, struct ends *e);
void verifying_fini(struct verifying *v);

/* verifying_put(v, d): the record of a key that differs. 0 or -1. */
int verifying_put(struct verifying *v, const struct compare_diff *d);

/* verifying_run(v, e): compare all databases; keys that differ
 * are looked at again, in rounds, since they may be moving. STATUS_OK: equal;
 * STATUS_NO: not, each key has its record; else the status to end with. */
int verifying_run(struct verifying *v, struct ends *e);

/* verifying_tell(found, fix): say, if so many keys differ, that they do, and
 * what to do. */
void verifying_tell(uint64_t found, const char *fix);

#endif
