#ifndef KEYFRAME_H
#define KEYFRAME_H

#include <stddef.h>
#include <stdint.h>

#include "multiset.h"

struct buf;
struct kvreply;
struct streammeta;

/*
 * What an archive says of keys: values of the protocol RESP2, one behind the
 * other, each an array whose first item tells what it is.
 *
 *   k db name type expires     a key begins (ms since 1970; -1: never)
 *   m                          the next value is what a stream is besides its
 *                              entries, in the shape of XINFO STREAM FULL
 *   e element ...              as a reader hands them over, any number of
 *                              times; a stream's come behind its m
 *   t field ms ...             when fields of a hash expire
 *   x                          the key is given up: it has changed meanwhile
 *   z elements sum rows bytes sum rows bytes
 *                              the key ends: the digest of what it holds, and
 *                              that of when its fields expire
 *   f name code                a library of functions
 */
enum keyframe_kind {
	KEYFRAME_KEY,
	KEYFRAME_META,
	KEYFRAME_ELEMENTS,
	KEYFRAME_TIMES,
	KEYFRAME_DROP,
	KEYFRAME_END,
	KEYFRAME_FUNCTION
};

struct keyframe {
	enum keyframe_kind kind;
	int db;
	const char *key, *type; /* also a library's name */
	size_t len;
	int64_t expires;
	const struct kvreply *const *item; /* elements, times, the code */
	size_t n;
	int64_t elements;
	struct multiset sum, time_sum;
};

/* keyframe_read(f, r): borrowed from ${r}. 0; -1: not such a value. */
int keyframe_read(struct keyframe *f, const struct kvreply *r);

/* All append to ${b}; 0 or -1 (ENOMEM). */
int keyframe_put_key(struct buf *b, int db, const char *key, size_t len,
	const char *type, int64_t expires);
int keyframe_put_meta(struct buf *b, const struct streammeta *m);
int keyframe_put_elements(
	struct buf *b, const struct kvreply *const *item, size_t n);
int keyframe_put_time(struct buf *b, const char *field, size_t len, int64_t at);
int keyframe_put_drop(struct buf *b);
int keyframe_put_end(struct buf *b, int64_t elements,
	const struct multiset *sum, const struct multiset *time_sum);
int keyframe_put_function(
	struct buf *b, const char *name, const char *code, size_t len);

#endif
