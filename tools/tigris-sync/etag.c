#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "etag.h"
#include "hash.h"
#include "mem.h"
#include "s3part.h"

struct etag_sum {
	uint64_t part_size, in_part;
	struct hash *md5;
	char (*part)[33];
	unsigned n_parts;
};

unsigned
etag_parts(const char *etag)
{
	unsigned parts = 0;

	switch (s3part_etag(etag, &parts)) {
	case S3PART_ETAG_MD5:
		return 1;
	case S3PART_ETAG_PARTS:
		return parts + 1;
	default:
		return 0;
	}
}

static int
nibble(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

uint64_t
etag_part_size(const char *etag, uint64_t size)
{
	unsigned parts = etag_parts(etag);
	uint64_t p;

	return parts > 1 && s3part_guess(size, parts - 1, 0, &p) == 1 ? p : 0;
}

int
etag_join(const char (*md5)[33], unsigned n, char etag[ETAG_SIZE])
{
	unsigned char(*d)[16] = mem_zalloc(n, sizeof(*d));
	struct buf b = BUF_INIT;
	unsigned i, k;
	int rc = -1;

	for (i = 0; d != NULL && i < n; i++)
		for (k = 0; k < 16; k++)
			d[i][k] = (unsigned char)(nibble(md5[i][2 * k]) * 16 +
						  nibble(md5[i][2 * k + 1]));
	if (d != NULL &&
		s3part_put_etag(&b, (const unsigned char(*)[16])d, n) == 0) {
		snprintf(etag, ETAG_SIZE, "%s", buf_str(&b));
		rc = 0;
	}
	buf_fini(&b);
	free(d);
	return rc;
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
	return etag_join((const char(*)[33])s->part, s->n_parts, etag);
}
