#ifndef HASH_H
#define HASH_H

#include <stddef.h>

/* MD5 and SHA-256, all at once or in pieces, in lower-case hexadecimal. */
enum hash_kind { HASH_MD5, HASH_SHA256 };

/* with the NUL */
#define HASH_MD5_HEX 33
#define HASH_SHA256_HEX 65
#define HASH_MAX_HEX 65

struct hash;

/* hash_hex(d, n, hex): ${n} bytes as 2 * ${n} digits and a NUL. */
void hash_hex(const unsigned char *d, size_t n, char *hex);

/* hash_new(kind): NULL without memory. hash_free(h): NULL is fine. */
struct hash *hash_new(enum hash_kind kind);
void hash_free(struct hash *h);

/* hash_update(h, p, n): more bytes. */
void hash_update(struct hash *h, const void *p, size_t n);

/* hash_end(h, hex): the digest of all since hash_new() or the last hash_end();
 * the next begins. */
void hash_end(struct hash *h, char hex[HASH_MAX_HEX]);

/* hash_bytes(kind, p, n, hex): of ${n} bytes. 0 or -1 (ENOMEM). */
int hash_bytes(
	enum hash_kind kind, const void *p, size_t n, char hex[HASH_MAX_HEX]);

#endif
