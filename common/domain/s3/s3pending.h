#ifndef S3PENDING_H
#define S3PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One call of s3client.c, try after try; its memory is used again by later
 * calls. Whoever includes this includes buf.h, http.h, retry.h, s3client.h,
 * s3error.h and s3request.h before.
 */

struct s3client;
struct s3request_wire;
struct s3xml;
struct sigv4;

enum s3pending_state {
	PENDING_IDLE,
	PENDING_WAITS,   /* for room */
	PENDING_DELAYED, /* until ${due} */
	PENDING_RUNS,
	PENDING_ENDED /* done is to be called */
};

struct s3pending {
	struct s3pending *prev, *next;
	struct s3client *c;
	enum s3pending_state state;
	struct s3call call;
	struct s3request r;
	struct http_body body;
	double due;
	struct retry retry;
	struct http_transfer *t;
	struct s3request_wire *wire;
	struct s3xml *xml;
	char sha256[65], md5[25];
	const char *payload;  /* of the signature */
	const char **headers; /* the caller's and one more */
	size_t room;
	struct buf match; /* "If-Match: ..." of a GET that goes on */
	struct buf into, etag, code, message;
	long status; /* of the first good answer */
	int64_t length;
	double modified, signed_at;
	unsigned generation; /* of the credentials it was signed with */
	unsigned skews, tries;
	uint64_t pulled, received;
	bool began, resumed; /* a good answer; one that broke off */
	bool seen, gave_up;  /* entries, by the caller */
	bool is_fed, is_bad; /* XML that is read as it comes */
	struct s3answer a;
};

/* s3pending_new(c): idle. NULL: out of memory. s3pending_free(p). */
struct s3pending *s3pending_new(struct s3client *c);
void s3pending_free(struct s3pending *p);

/* s3pending_init(p, call): for that call. */
void s3pending_init(struct s3pending *p, const struct s3call *call);

/* s3pending_hash(p): the payload's hash, once for all tries. 0, or -1 and
 * the message is in ${p}. */
int s3pending_hash(struct s3pending *p);

/*
 * s3pending_send(p, h, o, signer, now): one try, signed for ${now}. 0, or -1
 * and the message is in ${p}.
 */
int s3pending_send(struct s3pending *p, struct http *h,
	const struct s3client_options *o, struct sigv4 *signer, double now);

/* s3pending_judge(p, a): what the try's answer means, into ${p->a}; entries are
 * handed over. */
void s3pending_judge(struct s3pending *p, const struct http_answer *a);

/* s3pending_fail(p, class, code, text): into ${p->a} likewise. */
void s3pending_fail(
	struct s3pending *p, int class, const char *code, const char *text);

/* is_s3pending_repeatable(p): another try would not be seen by the caller. */
bool is_s3pending_repeatable(struct s3pending *p);

/* Of s3client.c: a try is over. */
void s3client_over(void *pending, const struct http_answer *a);

#endif
