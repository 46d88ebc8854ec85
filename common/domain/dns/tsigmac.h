#ifndef TSIGMAC_H
#define TSIGMAC_H

#include <stddef.h>

struct secret;
struct tsigmac;

/* The keyed digest of transaction signatures, made piece by piece (RFC 8945
 * section 6). */

enum { TSIGMAC_MAX = 64 };

/* tsigmac_new(algorithm, key): ${algorithm} is its name in a TSIG record,
 * canonical, ${key} in base 64. NULL: out of memory, or no such algorithm. */
struct tsigmac *tsigmac_new(const char *algorithm, const struct secret *key);

/* tsigmac_free(m): NULL is fine. */
void tsigmac_free(struct tsigmac *m);

/* tsigmac_add(m, p, n): 0 or -1. */
int tsigmac_add(struct tsigmac *m, const void *p, size_t n);

/* is_tsigmac(m, p, n): whether the digest of all that was added is these
 * bytes; nothing can be added afterwards. */
int is_tsigmac(struct tsigmac *m, const void *p, size_t n);

#endif
