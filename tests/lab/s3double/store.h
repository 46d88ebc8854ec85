#ifndef STORE_H
#define STORE_H

#include <stddef.h>
#include <stdint.h>

#include "pairs.h"

struct blob;

/* Buckets in memory. The caller holds the one lock for all that is here. */
struct object {
	char *key;
	size_t key_len;
	char *etag;   /* without quotes */
	char *sha256; /* the x-amz-checksum-sha256 it came with, or NULL */
	char *acl;    /* canned */
	struct pairs headers; /* that a GET gives back */
	struct pairs tags;
	struct blob **part; /* one, or those of a multipart upload */
	uint64_t *part_size;
	size_t n_parts;
	uint64_t size;
	double at;
	int refs;
};

struct part {
	int number;
	struct blob *blob;
	char *etag;
	char *sha256;
	double at;
};

struct upload {
	char *id;
	struct object *object; /* key, headers, tags, acl of what it becomes */
	struct part *part;     /* by number */
	size_t n;
};

struct bucket {
	char *name;
	const char *account;
	struct object **object; /* by the bytes of the key */
	size_t n, cap;
	struct upload **upload; /* by key, then by age */
	size_t n_uploads;
};

struct store {
	struct bucket **bucket; /* by name */
	size_t n;
	unsigned long uploads_ever, tokens_ever;
};

/* store_bucket(s, name): it or NULL. store_bucket_new: it must not be there.
 * store_bucket_remove: and all that is in it. */
struct bucket *store_bucket(struct store *s, const char *name);
struct bucket *store_bucket_new(
	struct store *s, const char *name, const char *account);
void store_bucket_remove(struct store *s, struct bucket *b);

/* object_new(key, len): one reference. */
struct object *object_new(const char *key, size_t len);
struct object *object_ref(struct object *o);
void object_unref(struct object *o);

/* object_set_body(o, blob): one part; takes the reference. object_add_part:
 * one more. */
void object_add_part(struct object *o, struct blob *blob);

/* store_at(b, key, len): the index of the first key that is not below. */
size_t store_at(const struct bucket *b, const char *key, size_t len);

/* store_get(b, key, len): borrowed, or NULL. */
struct object *store_get(const struct bucket *b, const char *key, size_t len);

/* store_put(b, o): replaces; takes the reference. store_remove: 1 if it was
 * there. */
void store_put(struct bucket *b, struct object *o);
int store_remove(struct bucket *b, const char *key, size_t len);

/* upload_new(s, b, o): takes ${o}. upload_find: by id and key, or NULL.
 * upload_end: forgets it. */
struct upload *upload_new(struct store *s, struct bucket *b, struct object *o);
struct upload *upload_find(
	const struct bucket *b, const char *id, const char *key, size_t len);
void upload_end(struct bucket *b, struct upload *u);

/* upload_put_part(u, part): replaces one of the same number; takes what it
 * holds. upload_part: by number, or NULL. */
void upload_put_part(struct upload *u, const struct part *part);
struct part *upload_part(const struct upload *u, int number);

#endif
