#ifndef S3XML_H
#define S3XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct s3xml;

/*
 * Answers of S3 in XML, read as they come. A document type is refused (no
 * entities of the sender's making), depth and sizes are bounded, and what
 * is not known is passed over.
 */

enum s3xml_root {
	S3XML_NONE, /* nothing yet, or an element that is not known */
	S3XML_ERROR,
	S3XML_LIST, /* ListBucketResult, V1 and V2 */
	S3XML_PARTS,
	S3XML_UPLOADS,
	S3XML_INITIATED, /* InitiateMultipartUploadResult */
	S3XML_COMPLETED, /* CompleteMultipartUploadResult */
	S3XML_COPIED,    /* CopyObjectResult, CopyPartResult */
	S3XML_DELETED,   /* DeleteResult: each <Error> is an entry */
	S3XML_TAGS,      /* each tag is an entry */
	S3XML_ACL        /* each grant is an entry */
};

enum s3xml_kind {
	S3XML_OBJECT,
	S3XML_PREFIX, /* CommonPrefixes */
	S3XML_PART,
	S3XML_UPLOAD,
	S3XML_FAILURE, /* of DeleteResult: key, code, message */
	S3XML_TAG,     /* key, value */
	S3XML_GRANT    /* key: the grantee's URI or ID; value: permission */
};

/*
 * One entry, borrowed during the call. What is not there is NULL, 0 or -1.
 * Where encoding-type=url was asked for, the key of an object, a prefix or an
 * upload is to be decoded if the document says so (${encoded}): it may say so
 * at its end.
 */
struct s3xml_entry {
	enum s3xml_kind kind;
	const char *key;
	int64_t size;     /* or -1 */
	const char *etag; /* without quotes */
	double modified;  /* also Initiated; or -1 */
	const char *storage_class;
	const char *upload_id;
	unsigned part;
	const char *value;          /* of a tag, a grant */
	const char *code, *message; /* of a failure */
};

/* The rest of the document, borrowed from the reader. */
struct s3xml_doc {
	enum s3xml_root root;
	size_t entries;
	bool truncated;     /* IsTruncated */
	bool has_truncated; /* it was there */
	bool encoded; /* EncodingType is url: of the entries' keys. ${next} and
			 ${key} here are decoded */
	int64_t key_count; /* KeyCount, or -1 */
	int64_t max;       /* MaxKeys, MaxParts, MaxUploads, or -1 */
	const char *token; /* NextContinuationToken */
	/* NextMarker, NextKeyMarker, NextPartNumberMarker */
	const char *next;
	const char *next_id; /* NextUploadIdMarker */
	const char *upload_id, *etag, *key, *bucket;
	double modified;            /* LastModified of a copy, or -1 */
	const char *code, *message; /* of an error */
	const char *server_time;    /* ServerTime of RequestTimeTooSkewed */
	const char *region;         /* Region of a wrong region's error */
	const char *endpoint;       /* Endpoint of PermanentRedirect */
};

/*
 * s3xml_new(entry, ctx): a reader that hands over each entry; ${entry} may be
 * NULL and returns 0, or -1 to give up. NULL: out of memory.
 */
struct s3xml *s3xml_new(
	int (*entry)(void *ctx, const struct s3xml_entry *e), void *ctx);

/* s3xml_free(x): NULL is fine. */
void s3xml_free(struct s3xml *x);

/* s3xml_reset(x): for another document. 0 or -1. */
int s3xml_reset(struct s3xml *x);

/* s3xml_feed(x, p, n): more of it; n = 0: that was all. 0 or -1, for good. */
int s3xml_feed(struct s3xml *x, const void *p, size_t n);

/* s3xml_doc(x): what has been read. */
const struct s3xml_doc *s3xml_doc(const struct s3xml *x);

/* s3xml_decode(s): in place: %XX and '+', as encoding-type=url makes them. */
void s3xml_decode(char *s);

/* s3xml_what(x): after -1: why, one line. */
const char *s3xml_what(const struct s3xml *x);

#endif
