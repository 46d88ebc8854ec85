#ifndef WORK_H
#define WORK_H

#include <stdbool.h>

#include "object.h"

struct buf;
struct jsonw;

/*
 * One thing to do, as a line that needs nothing else but the way to the two
 * ends: object.planned. Pure.
 */
enum work_kind {
	WORK_COPY,
	WORK_DELETE /* from the target */
};

struct work {
	enum work_kind kind;
	struct object object; /* of the source; of a deletion the target's */
	const char *over;     /* version of what it replaces, or NULL: there
			       * must be nothing */
	bool is_any;          /* replace whatever is there */
	char id[17];
};

/* work_init(w, kind, o, over): with the id of that version. 0, -1: ENOMEM. */
int work_init(struct work *w, enum work_kind kind, const struct object *o,
	const char *over);

/* work_put(b, w, source, target): append the line. 0 or -1. */
int work_put(struct buf *b, const struct work *w, const char *source,
	const char *target);

/* work_get(v, w, source, target, key): read one; strings borrowed from ${v}
 * and ${key}, which is overwritten. 0, or -1 after a message: damaged, or of
 * another pair of ends. */
int work_get(const struct json_val *v, struct work *w, const char *source,
	const char *target, struct buf *key);

#endif
