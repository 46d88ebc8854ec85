#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>

struct buf;

/* Base 64 with padding, RFC 4648 section 4. */

/* base64_put(b, p, n): append ${n} bytes encoded. 0 or -1 (ENOMEM). */
int base64_put(struct buf *b, const void *p, size_t n);

/* base64_decode(b, s): append what ${s} stands for. 0; -1 if it is not
 * canonical base 64, or without memory. */
int base64_decode(struct buf *b, const char *s);

#endif
