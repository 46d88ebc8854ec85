#ifndef S3PART_H
#define S3PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * The arithmetic of multipart uploads: parts of one size but for the last
 * (providers exist that refuse others), 5 MiB to 5 GiB each, 10,000 at most.
 */

#define S3PART_MIN ((uint64_t)5 << 20)
#define S3PART_MAX ((uint64_t)5 << 30)
#define S3PART_COUNT 10000
#define S3PART_OBJECT_MAX ((uint64_t)5 << 40)

/*
 * s3part_size(total, wanted, part): the part size for an object of ${total}
 * bytes: ${wanted}, grown in whole MiB where 10,000 of them would not do. 0, or
 * -1 with errno EFBIG (over 5 TiB), or EINVAL (${wanted} out of bounds).
 */
int s3part_size(uint64_t total, uint64_t wanted, uint64_t *part);

/* s3part_count(total, part): how many; an empty object has one. */
uint64_t s3part_count(uint64_t total, uint64_t part);

/* s3part_length(total, part, i): bytes of part ${i} (from 1), which begins at
 * (i - 1) * part; 0 beyond the end. */
uint64_t s3part_length(uint64_t total, uint64_t part, uint64_t i);

enum s3part_etag {
	S3PART_ETAG_MD5,   /* 32 digits: the MD5 of a body sent at once, on
			      servers that do it so */
	S3PART_ETAG_PARTS, /* 32 digits, '-', the number of parts */
	S3PART_ETAG_OTHER
};

/* s3part_etag(etag, parts): its shape, quotes or not; ${*parts} of one of
 * parts (may be NULL). */
enum s3part_etag s3part_etag(const char *etag, unsigned *parts);

/* is_s3part_etag_equal(a, b): quotes, case of digits and "W/" aside. */
bool is_s3part_etag_equal(const char *a, const char *b);

/* s3part_put_etag(b, md5s, n): append the ETag of an object of ${n} parts with
 * these MD5s: the MD5 of the MD5s, '-', ${n}. 0 or -1. */
int s3part_put_etag(struct buf *b, const unsigned char (*md5s)[16], size_t n);

/*
 * s3part_guess(total, parts, i, part): the ${i}th (from 0) part size that an
 * uploader may have used for ${total} bytes in ${parts} parts, the usual ones
 * first. 1, or 0 when there are no more.
 */
int s3part_guess(uint64_t total, unsigned parts, unsigned i, uint64_t *part);

#endif
