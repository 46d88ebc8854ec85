#include <stdint.h>

#include "kvpayload.h"

#define POLYNOMIAL UINT64_C(0x95ac9329ac4bc9b5) /* Jones, reflected */

enum { SLICES = 8 };

/* table[k][b]: the byte ${b} followed by ${k} zero bytes. */
struct tables {
	uint64_t t[SLICES][256];
};

static void
fill(struct tables *tables)
{
	int b, k;

	for (b = 0; b < 256; b++) {
		uint64_t crc = (uint64_t)b;

		for (k = 0; k < 8; k++)
			crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
		tables->t[0][b] = crc;
	}
	for (b = 0; b < 256; b++)
		for (k = 1; k < SLICES; k++) {
			uint64_t crc = tables->t[k - 1][b];

			tables->t[k][b] = tables->t[0][crc & 0xff] ^ crc >> 8;
		}
}

uint64_t
kvpayload_crc64(uint64_t crc, const void *data, size_t n)
{
	/* the same for everybody, filled once */
	static struct tables tables;
	static bool is_filled;
	const unsigned char *p = data;
	int k;

	if (!is_filled) {
		fill(&tables);
		is_filled = true;
	}
	for (; n >= SLICES; n -= SLICES, p += SLICES) {
		uint64_t word = 0;

		for (k = SLICES - 1; k >= 0; k--)
			word = word << 8 | p[k];
		word ^= crc;
		crc = 0;
		for (k = 0; k < SLICES; k++)
			crc ^= tables.t[SLICES - 1 - k][word >> 8 * k & 0xff];
	}
	for (; n > 0; n--)
		crc = tables.t[0][(crc ^ *p++) & 0xff] ^ crc >> 8;
	return crc;
}

static uint64_t
little_endian(const unsigned char *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

uint64_t
kvpayload_checksum(const void *p, size_t n)
{
	if (n < KVPAYLOAD_FOOTER)
		return 0;
	return little_endian((const unsigned char *)p + n - 8, 8);
}

bool
is_kvpayload(const void *p, size_t n)
{
	return n > KVPAYLOAD_FOOTER &&
	       kvpayload_crc64(0, p, n - 8) == kvpayload_checksum(p, n);
}

int
kvpayload_version(const void *p, size_t n)
{
	if (n < KVPAYLOAD_FOOTER)
		return -1;
	return (int)little_endian(
		(const unsigned char *)p + n - KVPAYLOAD_FOOTER, 2);
}

int
kvpayload_type(const void *p, size_t n)
{
	return n > KVPAYLOAD_FOOTER ? *(const unsigned char *)p : -1;
}

void
kvpayload_footer(const void *p, size_t n, int version,
	unsigned char footer[KVPAYLOAD_FOOTER])
{
	uint64_t crc;
	int i;

	footer[0] = (unsigned char)(version & 0xff);
	footer[1] = (unsigned char)(version >> 8 & 0xff);
	crc = kvpayload_crc64(kvpayload_crc64(0, p, n), footer, 2);
	for (i = 0; i < 8; i++)
		footer[2 + i] = (unsigned char)(crc >> 8 * i & 0xff);
}

int
kvpayload_needs(int type)
{
	/* string, list, set, zset, hash; the compact forms; zset with binary
	 * scores; quicklist; stream */
	static const signed char lowest[] = {1, 1, 1, 1, 1, 8, -1, -1, -1, 1, 1,
		1, 1, 4, 7, 9, 10, 10, 10, 10, 11, 11};

	if (type < 0 || type >= (int)sizeof(lowest))
		return -1;
	return lowest[type];
}
