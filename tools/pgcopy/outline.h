#ifndef OUTLINE_H
#define OUTLINE_H

struct buf;

/*
 * What objects a schema has and which have changed: for each entry of
 * pg_restore's script a line "DIGEST KIND schema.name", by the comment that it
 * puts before the entry. Pure.
 */

/* outline_put(b, script): append the entries of ${script}. 0, or -1: ENOMEM. */
int outline_put(struct buf *b, const char *script);

/*
 * outline_compare(before, after, each, ctx): ${each} is called with each entry
 * that has "changed", is "new" or "gone". 0, or -1 when ${each} returned
 * non-zero or on ENOMEM.
 */
int outline_compare(const char *before, const char *after,
	int (*each)(void *ctx, const char *name, const char *what), void *ctx);

#endif
