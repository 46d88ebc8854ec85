#ifndef BLOB_H
#define BLOB_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes that never change once they are whole, counted by who holds them.
 * Stretches of zeros take no memory, so that a sparse object of many
 * gigabytes can be kept.
 */
struct blob {
	uint64_t size;
	unsigned char **chunk; /* NULL: zeros */
	int refs;
};

enum { BLOB_CHUNK = 65536 };

/* blob_new(size): zeros; one reference. */
struct blob *blob_new(uint64_t size);

/* blob_put(b, at, p, n): the bytes at offset ${at}; callers write from the
 * start to the end. */
void blob_put(struct blob *b, uint64_t at, const void *p, size_t n);

/* blob_get(b, at, n): up to *n bytes from offset ${at}; borrowed. */
const unsigned char *blob_get(const struct blob *b, uint64_t at, size_t *n);

/* blob_ref(b), blob_unref(b): not thread-safe by themselves. */
struct blob *blob_ref(struct blob *b);
void blob_unref(struct blob *b);

#endif
