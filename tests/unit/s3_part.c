/* The arithmetic of multipart uploads. */
#include <errno.h>
#include <string.h>

#include "buf.h"
#include "s3part.h"
#include "t.h"

#define MIB ((uint64_t)1 << 20)

static void
sizes(void)
{
	uint64_t part = 0;

	T_OK(s3part_size(100 * MIB, 8 * MIB, &part) == 0 && part == 8 * MIB,
		"the size that is wanted");
	T_OK(s3part_size(10000 * 8 * MIB, 8 * MIB, &part) == 0 &&
			part == 8 * MIB,
		"as long as 10,000 parts do");
	T_OK(s3part_size(10000 * 8 * MIB + 1, 8 * MIB, &part) == 0 &&
			part == 9 * MIB,
		"and grown when they do not");
	T_OK(s3part_size(S3PART_OBJECT_MAX, S3PART_MIN, &part) == 0 &&
			s3part_count(S3PART_OBJECT_MAX, part) <= S3PART_COUNT,
		"the largest object fits");
	T_OK(s3part_size(S3PART_OBJECT_MAX + 1, S3PART_MIN, &part) == -1 &&
			errno == EFBIG,
		"a larger one does not");
	T_OK(s3part_size(1, S3PART_MIN - 1, &part) == -1 && errno == EINVAL,
		"parts that are too small");
	T_OK(s3part_size(1, S3PART_MAX + 1, &part) == -1 && errno == EINVAL,
		"parts that are too large");
	T_INT(s3part_count(0, 5), 1, "an empty object has a part");
	T_INT(s3part_count(10, 5), 2, "whole parts");
	T_INT(s3part_count(11, 5), 3, "and a rest");
	T_INT(s3part_length(11, 5, 1), 5, "the first");
	T_INT(s3part_length(11, 5, 3), 1, "the last");
	T_INT(s3part_length(10, 5, 2), 5, "a last one that is whole");
	T_INT(s3part_length(11, 5, 4), 0, "none");
	T_INT(s3part_length(11, 5, 0), 0, "none before the first");
	T_INT(s3part_length(0, 5, 1), 0, "the empty one");
}

static void
etags(void)
{
	static const char md5[] = "0123456789abcdef0123456789ABCDEF";
	/* of nothing, twice */
	static const unsigned char md5s[2][16] = {
		{0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80,
			0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e},
		{0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80,
			0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e}};
	struct buf b = BUF_INIT;
	unsigned n = 7;

	T_INT(s3part_etag(md5, &n), S3PART_ETAG_MD5, "an MD5");
	T_INT(n, 7, "has no parts");
	T_INT(s3part_etag("\"0123456789abcdef0123456789abcdef-10000\"", &n),
		S3PART_ETAG_PARTS, "one of parts");
	T_INT(n, 10000, "ten thousand");
	T_INT(s3part_etag("W/\"0123456789abcdef0123456789abcdef-1\"", &n),
		S3PART_ETAG_PARTS, "a weak one");
	T_INT(n, 1, "of one part");
	T_INT(s3part_etag("0123456789abcdef0123456789abcdef-10001", NULL),
		S3PART_ETAG_OTHER, "too many parts");
	T_INT(s3part_etag("0123456789abcdef0123456789abcdef-0", NULL),
		S3PART_ETAG_OTHER, "none");
	T_INT(s3part_etag("0123456789abcdef0123456789abcdef-", NULL),
		S3PART_ETAG_OTHER, "no number");
	T_INT(s3part_etag("0123456789abcdef0123456789abcdef-1x", NULL),
		S3PART_ETAG_OTHER, "not a number");
	T_INT(s3part_etag("", NULL), S3PART_ETAG_OTHER, "empty");
	T_INT(s3part_etag("\"", NULL), S3PART_ETAG_OTHER, "a quote");
	T_OK(is_s3part_etag_equal("\"ab\"", "W/\"AB\""), "the same");
	T_OK(!is_s3part_etag_equal("ab", "abc"), "not the same");
	T_OK(s3part_put_etag(&b, md5s, 2) == 0, "the ETag of two parts");
	/* python3: hashlib.md5(2 * hashlib.md5(b"").digest()) */
	T_STR(buf_str(&b), "5873dd45edd01f09c1ef2e7819369e8e-2", "is this");
	buf_fini(&b);
}

static void
guesses(void)
{
	uint64_t part = 0, total = 100 * MIB;
	unsigned i, found = 0;

	T_OK(s3part_guess(total, 13, 0, &part) == 1 && part == 8 * MIB,
		"the usual one first");
	for (i = 0; s3part_guess(total, 2, i, &part) == 1; i++) {
		T_OK(s3part_count(total, part) == 2, "%u: %llu", i,
			(unsigned long long)part);
		found |= part == 50 * MIB;
	}
	T_OK(i >= 50 && found, "others too");
	T_OK(s3part_guess(total + 1, 20, 99, &part) == 0, "they end");
	T_OK(s3part_guess(7, 3, 0, &part) == 1 && part == 3,
		"parts that are no MiB");
	T_INT(s3part_guess(total, 0, 0, &part), 0, "no parts");
	T_INT(s3part_guess(5, 4, 0, &part), 0, "parts that cannot be");
}

int
main(void)
{
	T_BEGIN();
	sizes();
	etags();
	guesses();
	return T_END();
}
