#ifndef S3BODY_H
#define S3BODY_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Bodies of requests, in XML. Each appends to ${b}: 0 or -1 (ENOMEM). */

/* s3body_complete(b, etags, n): the ETags of parts 1 to ${n} in order. */
int s3body_complete(struct buf *b, const char *const *etags, size_t n);

/* is_s3body_key(key): whether XML can say this key; one with control
 * characters or broken UTF-8 has to be deleted by itself. */
bool is_s3body_key(const char *key);

/* s3body_delete(b, keys, n): at most 1000; the answer names failures only. */
int s3body_delete(struct buf *b, const char *const *keys, size_t n);

/* s3body_tags(b, names, values, n) */
int s3body_tags(struct buf *b, const char *const *names,
	const char *const *values, size_t n);

#endif
