#ifndef S3REQUEST_H
#define S3REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct s3addr;
struct s3request_wire;
struct sigv4;

/* An operation of S3 as a signed HTTP request. */

enum s3op {
	S3_HEAD_BUCKET,
	S3_LIST, /* ListObjectsV2 */
	S3_LIST_V1,
	S3_HEAD,
	S3_GET,
	S3_PUT,
	S3_DELETE,
	S3_DELETE_MANY, /* body: s3body_delete */
	S3_COPY,
	S3_UPLOAD_CREATE,
	S3_UPLOAD_PART,
	S3_UPLOAD_PART_COPY,
	S3_UPLOAD_COMPLETE, /* body: s3body_complete */
	S3_UPLOAD_ABORT,
	S3_LIST_PARTS,
	S3_LIST_UPLOADS,
	S3_GET_TAGS,
	S3_PUT_TAGS, /* body: s3body_tags */
	S3_GET_ACL,
	S3_PUT_ACL /* by header x-amz-acl */
};

/* All strings are borrowed; NULL (0) is what the operation does not need. */
struct s3request {
	enum s3op op;
	const char *key; /* the whole key, as bytes; no prefix is added */
	const char *upload_id;
	unsigned part; /* from 1 */
	/* of S3_COPY and S3_UPLOAD_PART_COPY: bucket and key at this server */
	const char *from_bucket, *from_key;
	/* of S3_GET and S3_UPLOAD_PART_COPY: bytes; length 0 is all */
	uint64_t range_at, range_len;
	/* of lists */
	const char *prefix, *delimiter;
	const char *after;    /* start-after (V2), marker (V1), key-marker,
				 part-number-marker: listed is what comes after */
	const char *after_id; /* upload-id-marker */
	const char *token;    /* continuation-token (V2) */
	unsigned max;         /* entries of a page; 0: the server's */
	const char *md5;      /* Content-MD5, in base64 */
	/*
	 * Further headers, "Name: value", ended by NULL: content headers,
	 * x-amz-meta-*, conditions. Signed all.
	 */
	const char *const *headers;
};

/* s3request_method(op): "GET". */
const char *s3request_method(enum s3op op);

/* s3request_name(op): as S3 calls it, "PutObject", for messages. */
const char *s3request_name(enum s3op op);

/* is_s3request_idempotent(r): doing it twice is the same as once, so that it
 * may be sent again when nobody knows whether it was done. (A second
 * S3_UPLOAD_CREATE leaves an empty upload behind, which does no harm.) */
bool is_s3request_idempotent(const struct s3request *r);

/* What goes over the wire; used again and again without new memory. */
struct s3request_wire *s3request_wire_new(void);
void s3request_wire_free(struct s3request_wire *w);

/*
 * s3request_build(r, a, signer, payload, now, w): URL and headers of ${r} at
 * ${a}, signed for the time ${now} (the server's). ${payload} is what
 * sigv4_request says. 0, or -1: errno ENOMEM, or EINVAL (a header that is
 * none). NULL as ${signer}: anonymous, without a signature.
 */
int s3request_build(const struct s3request *r, const struct s3addr *a,
	struct sigv4 *signer, const char *payload, double now,
	struct s3request_wire *w);

/* What s3request_build has made, borrowed from ${w} until the next. */
const char *s3request_url(const struct s3request_wire *w);
const char *const *s3request_headers(const struct s3request_wire *w);

#endif
