#ifndef ETAG_H
#define ETAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * ETags as S3 makes them: the MD5 of the content, or, of an object in N parts,
 * the MD5 of the parts' MD5 and "-N". Whether a server does so shows only in
 * what it answers.
 */

/* etag_parts(etag): 0: it is no such thing; 1: an MD5 of the whole; N + 1: of N
 * parts. */
unsigned etag_parts(const char *etag);

/* etag_part_size(etag, size): the size of the parts that it was made of, as far
 * as can be guessed; 0: it is of the whole, or nobody knows. */
uint64_t etag_part_size(const char *etag, uint64_t size);

/* etag_join(md5, n, etag): of the MD5 of ${n} parts, in hexadecimal; 0, -1. */
#define ETAG_SIZE 48
int etag_join(const char (*md5)[33], unsigned n, char etag[ETAG_SIZE]);

/* The ETag of bytes that come in order. */
struct etag_sum;

/* etag_sum_new(part_size): of parts of that size, or 0: of the whole. NULL:
 * ENOMEM. etag_sum_free(s): NULL is fine. */
struct etag_sum *etag_sum_new(uint64_t part_size);
void etag_sum_free(struct etag_sum *s);

/* etag_sum_add(s, p, n): more. 0 or -1 (ENOMEM). etag_sum_end(s, etag): of all
 * of them. 0 or -1. */
int etag_sum_add(struct etag_sum *s, const void *p, size_t n);
int etag_sum_end(struct etag_sum *s, char etag[ETAG_SIZE]);

#endif
