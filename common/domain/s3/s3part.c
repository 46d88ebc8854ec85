#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "s3part.h"

#define MIB ((uint64_t)1 << 20)

int
s3part_size(uint64_t total, uint64_t wanted, uint64_t *part)
{
	uint64_t least = (total + S3PART_COUNT - 1) / S3PART_COUNT;

	if (total > S3PART_OBJECT_MAX) {
		errno = EFBIG;
		return -1;
	}
	if (wanted < S3PART_MIN || wanted > S3PART_MAX) {
		errno = EINVAL;
		return -1;
	}
	*part = wanted >= least ? wanted : (least + MIB - 1) / MIB * MIB;
	return 0;
}

uint64_t
s3part_count(uint64_t total, uint64_t part)
{
	return total == 0 ? 1 : (total - 1) / part + 1;
}

uint64_t
s3part_length(uint64_t total, uint64_t part, uint64_t i)
{
	uint64_t n = s3part_count(total, part);

	if (i == 0 || i > n)
		return 0;
	return i < n ? part : total - (n - 1) * part;
}

/* Skips "W/" and a quote; ${*n} is what remains without the last quote. */
static const char *
bare(const char *etag, size_t *n)
{
	if (strncmp(etag, "W/", 2) == 0)
		etag += 2;
	if (*etag == '"')
		etag++;
	*n = strlen(etag);
	if (*n > 0 && etag[*n - 1] == '"')
		--*n;
	return etag;
}

enum s3part_etag
s3part_etag(const char *etag, unsigned *parts)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	unsigned count = 0;
	size_t n, i;

	etag = bare(etag, &n);
	if (n < 32 || strspn(etag, hex) < 32)
		return S3PART_ETAG_OTHER;
	if (n == 32)
		return S3PART_ETAG_MD5;
	if (etag[32] != '-' || n < 34 || n > 38)
		return S3PART_ETAG_OTHER;
	for (i = 33; i < n; i++) {
		if (etag[i] < '0' || etag[i] > '9')
			return S3PART_ETAG_OTHER;
		count = count * 10 + (unsigned)(etag[i] - '0');
	}
	if (count == 0 || count > S3PART_COUNT || etag[33] == '0')
		return S3PART_ETAG_OTHER;
	if (parts != NULL)
		*parts = count;
	return S3PART_ETAG_PARTS;
}

bool
is_s3part_etag_equal(const char *a, const char *b)
{
	size_t n, m;

	a = bare(a, &n);
	b = bare(b, &m);
	return n == m && strncasecmp(a, b, n) == 0;
}

int
s3part_put_etag(struct buf *b, const unsigned char (*md5s)[16], size_t n)
{
	unsigned char md5[16];
	unsigned i;

	if (EVP_Digest(md5s, n * 16, md5, NULL, EVP_md5(), NULL) != 1) {
		errno = ENOMEM;
		return -1;
	}
	for (i = 0; i < sizeof(md5); i++)
		if (buf_printf(b, "%02x", md5[i]) == -1)
			return -1;
	return buf_printf(b, "-%zu", n);
}

/* What uploaders use, in MiB: AWS' programs 8 (older SDKs 5), s3cmd 15, Tigris'
 * examples 32, s5cmd 50 ... */
static const unsigned char usual[] = {
	8, 5, 16, 15, 64, 32, 10, 50, 100, 128, 25, 20, 6, 7, 12, 24, 40, 48};

int
s3part_guess(uint64_t total, unsigned parts, unsigned i, uint64_t *part)
{
	uint64_t least, size;
	size_t k;

	if (parts == 0 || total == 0)
		return 0;
	for (k = 0; k < sizeof(usual); k++) {
		size = usual[k] * MIB;
		if (s3part_count(total, size) == parts && i-- == 0) {
			*part = size;
			return 1;
		}
	}
	/* the others that would do, in whole MiB, the smallest first */
	least = (total + parts - 1) / parts;
	for (size = (least + MIB - 1) / MIB * MIB;
		s3part_count(total, size) == parts; size += MIB) {
		if (size / MIB < 256 &&
			memchr(usual, (int)(size / MIB), sizeof(usual)) != NULL)
			continue;
		if (i-- == 0) {
			*part = size;
			return 1;
		}
		if (parts == 1)
			break;
	}
	if (i == 0 && least % MIB != 0 && s3part_count(total, least) == parts) {
		*part = least;
		return 1;
	}
	return 0;
}
