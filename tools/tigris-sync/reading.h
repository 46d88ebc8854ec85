#ifndef READING_H
#define READING_H

#include <stdbool.h>

struct ends;
struct object;
struct readings;

/*
 * Reading the bytes of objects on both sides to compare their digests, several
 * objects at once.
 */

/* readings_new(e, told, ctx): told(ctx, from, to, what): of each object, what
 * differs or NULL; an exit status. NULL: ENOMEM. */
struct readings *readings_new(struct ends *e,
	int (*told)(void *ctx, const struct object *from,
		const struct object *to, const char *what),
	void *ctx);

/*
 * readings_add(r, from, to, both): one more, copied; waits for room. With
 * ${both}, the bytes of both are read, else only those of files, whose ETag is
 * compared with the bucket's. An exit status.
 */
int readings_add(struct readings *r, const struct object *from,
	const struct object *to, bool both);

/* readings_wait(r): until all are told. An exit status. */
int readings_wait(struct readings *r);

/* readings_free(r): wait for those that are not done. An exit status. */
int readings_free(struct readings *r);

#endif
