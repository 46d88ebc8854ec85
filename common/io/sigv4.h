#ifndef SIGV4_H
#define SIGV4_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct secret;
struct sigv4;

/*
 * AWS Signature Version 4 (docs.aws.amazon.com/IAM, "Create a signed AWS API
 * request"). Pure: the time is a parameter. It signs what is sent, byte for
 * byte, and sends nothing itself.
 */

/* as x-amz-date wants it, with the NUL that ends it */
#define SIGV4_DATE_SIZE 17
/* hexadecimal digits of a SHA-256, with the NUL that ends them */
#define SIGV4_HASH_SIZE 65

#define SIGV4_UNSIGNED "UNSIGNED-PAYLOAD"

enum sigv4_mode {
	SIGV4_GENERAL,  /* the path is made normal and encoded once more */
	SIGV4_AS_IT_IS, /* encoded once more, not made normal */
	SIGV4_S3        /* the path is taken as it is sent */
};

struct sigv4_request {
	const char *method;
	const char *path;  /* as sent, from the first '/' on */
	const char *query; /* as sent, without '?'; NULL or "" for none */
	/* "Name: value", ended by NULL; all of them are signed. Host and
	 * X-Amz-Date belong here, X-Amz-Security-Token where there is one */
	const char *const *headers;
	const char *payload; /* hexadecimal SHA-256 of the body, or
				SIGV4_UNSIGNED */
	double now;          /* seconds since 1970: the time of x-amz-date */
};

/*
 * sigv4_new(id, secret, region, service, mode): a signer; it keeps the key of
 * the day. NULL: out of memory.
 */
struct sigv4 *sigv4_new(const char *id, const struct secret *secret,
	const char *region, const char *service, enum sigv4_mode mode);

/* sigv4_free(s): wipes; NULL is fine. */
void sigv4_free(struct sigv4 *s);

/* sigv4_date(now, date): "20150830T123600Z". */
void sigv4_date(double now, char date[SIGV4_DATE_SIZE]);

/* sigv4_hash(p, n, hex): of a body held in memory. 0 or -1. */
int sigv4_hash(const void *p, size_t n, char hex[SIGV4_HASH_SIZE]);

/*
 * sigv4_sign(s, r, out): append the value of the Authorization header. 0, or
 * -1 (ENOMEM; EINVAL: no header in ${r}, or a time out of range).
 */
int sigv4_sign(struct sigv4 *s, const struct sigv4_request *r, struct buf *out);

/*
 * sigv4_presign(s, r, token, seconds, out): append the whole query of a URL
 * that anybody may use for ${seconds}: the query of ${r} and the signature.
 * ${token} is the session token or NULL. X-Amz-Date is not among the headers.
 * 0 or -1.
 */
int sigv4_presign(struct sigv4 *s, const struct sigv4_request *r,
	const struct secret *token, unsigned seconds, struct buf *out);

/*
 * sigv4_encode(b, p, n, slash): append the bytes percent-encoded as the
 * signature wants it: all but A-Z a-z 0-9 - . _ ~, and '/' if ${slash}. 0 or
 * -1 (ENOMEM).
 */
int sigv4_encode(struct buf *b, const char *p, size_t n, bool slash);

/* sigv4_canonical(s, r, out), sigv4_string(s, r, out): append the canonical
 * request, the string to sign: to look at when a server disagrees. 0 or -1. */
int sigv4_canonical(
	struct sigv4 *s, const struct sigv4_request *r, struct buf *out);
int sigv4_string(
	struct sigv4 *s, const struct sigv4_request *r, struct buf *out);

#endif
