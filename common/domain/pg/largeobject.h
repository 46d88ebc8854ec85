#ifndef LARGEOBJECT_H
#define LARGEOBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

/*
 * Large objects by the server-side functions, a slice at a time, so that an
 * object of any size needs no more memory than a slice.
 */
enum { LARGEOBJECT_SLICE = 1 << 20 };

/*
 * largeobject_read(s, oid, offset, each, ctx): call ${each} with every slice
 * in order. 0, or -1 after a message or when ${each} returned non-zero.
 */
int largeobject_read(struct session *s, uint32_t oid,
	int (*each)(void *ctx, int64_t offset, const void *p, size_t n),
	void *ctx);

/* largeobject_begin(s, oid): an empty object of that OID, replacing any. */
int largeobject_begin(struct session *s, uint32_t oid);

/* largeobject_write(s, oid, offset, p, n): write a slice. 0 or -1. */
int largeobject_write(struct session *s, uint32_t oid, int64_t offset,
	const void *p, size_t n);

#endif
