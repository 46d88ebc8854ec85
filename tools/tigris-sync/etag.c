#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etag.h"
#include "hash.h"
#include "mem.h"
#include "num.h"

#define MIB (UINT64_C(1) << 20)

struct etag_sum {
	uint64_t part_size, in_part;
	struct hash *md5;
	char (*part)[33];
	unsigned n_parts;
};

unsigned
etag_parts(const char *etag)
{
	size_t n = strspn(etag, "0123456789abcdefABCDEF");
	int64_t parts;

	if (n != 32)
		return 0;
	if (etag[n] == '\0')
		return 1;
	return etag[n] == '-' && num_int(etag + n + 1, 1, 10000, &parts) == 0
		       ? (unsigned)parts + 1
		       : 0;
}

uint64_t
etag_part_size(uint64_t size, unsigned n)
{
	/* aws-cli and SDKs, rclone, s3cmd, s5cmd, mc, Ruby's, Django's ... */
	static const unsigned char usual[] = {
		8, 5, 16, 15, 10, 32, 50, 64, 100, 128, 6, 7};
	uint64_t least, p;
	size_t i;

	if (n == 0 || size == 0)
		return 0;
	if (n == 1)
		return size;
	for (i = 0; i < sizeof(usual); i++) {
		p = usual[i] * MIB;
		if ((size + p - 1) / p == n)
			return p;
	}
	/* the smallest whole number of MiB that gives as many */
	least = (size + n - 1) / n;
	p = (least + MIB - 1) / MIB * MIB;
	return (size + p - 1) / p == n ? p : least;
}

static int
nibble(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

int
etag_join(const char (*md5)[33], unsigned n, char etag[ETAG_SIZE])
{
	struct hash *h = hash_new(HASH_MD5);
	char hex[HASH_MAX_HEX];
	unsigned i, k;

	if (h == NULL)
		return -1;
	for (i = 0; i < n; i++) {
		unsigned char d[16];

		for (k = 0; k < 16; k++)
			d[k] = (unsigned char)(nibble(md5[i][2 * k]) * 16 +
					       nibble(md5[i][2 * k + 1]));
		hash_update(h, d, sizeof(d));
	}
	hash_end(h, hex);
	hash_free(h);
	snprintf(etag, ETAG_SIZE, "%.32s-%u", hex, n);
	return 0;
}

struct etag_sum *
etag_sum_new(uint64_t part_size)
{
	struct etag_sum *s = mem_zalloc(1, sizeof(*s));

	if (s != NULL && (s->md5 = hash_new(HASH_MD5)) == NULL) {
		free(s);
		return NULL;
	}
	if (s != NULL)
		s->part_size = part_size;
	return s;
}

void
etag_sum_free(struct etag_sum *s)
{
	if (s == NULL)
		return;
	hash_free(s->md5);
	free(s->part);
	free(s);
}

static int
end_part(struct etag_sum *s)
{
	char hex[HASH_MAX_HEX], (*grown)[33];

	grown = mem_resize(s->part, s->n_parts + 1, sizeof(*grown));
	if (grown == NULL)
		return -1;
	s->part = grown;
	hash_end(s->md5, hex);
	memcpy(s->part[s->n_parts++], hex, 33);
	s->in_part = 0;
	return 0;
}

int
etag_sum_add(struct etag_sum *s, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		uint64_t room = s->part_size - s->in_part;
		size_t k = s->part_size > 0 && room < n ? (size_t)room : n;

		hash_update(s->md5, at, k);
		s->in_part += k;
		at += k;
		n -= k;
		if (s->part_size > 0 && s->in_part == s->part_size &&
			end_part(s) == -1)
			return -1;
	}
	return 0;
}

int
etag_sum_end(struct etag_sum *s, char etag[ETAG_SIZE])
{
	char hex[HASH_MAX_HEX];

	if (s->part_size == 0) {
		hash_end(s->md5, hex);
		memcpy(etag, hex, 33);
		return 0;
	}
	if ((s->in_part > 0 || s->n_parts == 0) && end_part(s) == -1)
		return -1;
	return etag_join((const char (*)[33])s->part, s->n_parts, etag);
}
