#ifndef OBJECT_H
#define OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct json_val;
struct jsonw;

/*
 * One object as a listing shows it: of a bucket, a file of a folder, or what a
 * journal knows of it. Strings are borrowed, for as long as the giver says.
 */
struct object {
	const char *key; /* any bytes, and a NUL behind them */
	size_t len;
	uint64_t size;
	int64_t changed;   /* when it was stored: ns since 1970; 0: unknown */
	int64_t mtime;     /* of a file: what it says of itself, ns */
	const char *etag;  /* without quotes; "" where there is none */
	const char *class; /* storage class; "" is the usual one */
	const char *link;  /* where a symbolic link leads, else NULL */
	unsigned mode;     /* of a file: type and permissions, else 0 */
};

/* object_compare(a, b): by the bytes of the keys: <0, 0, >0. */
int object_compare(const struct object *a, const struct object *b);

/*
 * object_version(b, o): append what changes when the content does: the ETag,
 * or of a file its time in nanoseconds. 0 or -1 (ENOMEM).
 */
int object_version(struct buf *b, const struct object *o);

/* is_object_version(o, version): whether ${o} has that one. */
bool is_object_version(const struct object *o, const char *version);

/* object_shard(o, n): which of ${n} shares the key falls into, from 0. The
 * same on every machine. */
unsigned object_shard(const struct object *o, unsigned n);

/* object_id(o, version, id): a stable name for the work of bringing this
 * version over, 16 hexadecimal digits. */
void object_id(const struct object *o, const char *version, char id[17]);

/* object_put(w, o): key, size, etag, changed ... as members of a record. */
void object_put(struct jsonw *w, const struct object *o);

/*
 * object_get(v, o, key): the inverse; strings borrowed from ${v}, the key from
 * ${key}, which is overwritten. 0, or -1: it is none.
 */
int object_get(const struct json_val *v, struct object *o, struct buf *key);

/*
 * A listing: objects in the order of their keys. next: 1 and the next one,
 * borrowed until the next call; 0 at the end; -1 after a message, with
 * ${status} the exit status. close frees all, ${f} too.
 */
struct feed {
	int (*next)(struct feed *f, struct object *o);
	void (*close)(struct feed *f);
	int status;
};

/* feed_next(f, o), feed_close(f): call through; a NULL feed is empty. */
int feed_next(struct feed *f, struct object *o);
void feed_close(struct feed *f);

#endif
