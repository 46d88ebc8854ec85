#ifndef S3CLIENT_H
#define S3CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct http;
struct http_body;
struct http_trust;
struct s3addr;
struct s3client;
struct s3pending;
struct s3request;
struct s3xml_doc;
struct s3xml_entry;

/*
 * Operations at one end, many at once, in the event loop of a struct http that
 * several clients share (so that a GET at one end feeds a PUT at the other).
 * Whoever starts calls then runs http_poll until s3client_busy is 0.
 *
 * Each try is signed anew. Tried again, with growing pauses or after
 * Retry-After: what may pass. At once, with the clock set right: a skewed
 * clock. Once, with credentials read again: expired ones; if they have not
 * changed, the client stops, and all its calls end with S3_EXPIRED. Throttled
 * answers halve how many calls run at once; good ones bring it back by and by.
 */
struct s3client_options {
	unsigned jobs;     /* calls at once, at most; 0: 16 */
	unsigned attempts; /* tries of a call; 0: 8 */
	double connect_seconds, stall_seconds; /* as of http_request */
	double pause; /* seconds of the first backoff; 0: 0.2 */
	const struct http_trust *trust; /* borrowed; NULL: the system's */
	bool anonymous;                 /* no signatures */
};

/* How a call has ended, or stands. Strings are borrowed during the callback. */
struct s3answer {
	int class; /* enum s3class */
	/*
	 * Nobody knows whether it was done: the request had left when the
	 * connection broke (or the server failed), and doing it twice is not
	 * the same as once. Look (HEAD) before trying again.
	 */
	bool ambiguous;
	long status;         /* 0: no answer */
	int transport;       /* enum http_error */
	const char *code;    /* "NoSuchKey", or "" */
	const char *message; /* one line for people, never "" on failure */
	unsigned tries;
	const char *etag;  /* without quotes, or "" */
	int64_t length;    /* Content-Length, or -1 */
	double modified;   /* Last-Modified, or -1 */
	uint64_t received; /* bytes that the sink took */
	/* of XML answers; NULL for others. Of S3_UPLOAD_CREATE: upload_id */
	const struct s3xml_doc *doc;
};

/* A call. All of it is borrowed until ${done} is called. */
struct s3call {
	const struct s3request *request;
	const struct http_body *body; /* NULL: none */
	/*
	 * The body's SHA-256 in hexadecimal where the caller has it. NULL: a
	 * body in memory or of a file is hashed here; one that is pulled goes
	 * unsigned, which is refused unless is_s3client_unsigned_ok.
	 */
	const char *sha256;
	/* of S3_GET: as of http_request; sees the body of a good answer once,
	 * in order: one that breaks off is gone on with where it was (Range,
	 * If-Match), and never seen twice */
	int (*sink)(void *ctx, const void *p, size_t n);
	/*
	 * Called before a further try of a call whose body was pulled in part:
	 * 0, the next pull begins anew; -1: it cannot. NULL cannot; then
	 * ${done} is called with S3_RETRY, S3_THROTTLED ... and the caller goes
	 * on.
	 */
	int (*rewind)(void *ctx);
	/* entries of a list, a DeleteResult, tags, ACL; of a good answer only;
	 * seen once. May be NULL */
	int (*entry)(void *ctx, const struct s3xml_entry *e);
	/*
	 * Not NULL: ${entry} is called while the answer still comes, so that
	 * none of it is kept. It may then break off, or be bad at its end:
	 * before another try this is called, and what ${entry} saw is void, as
	 * it is if ${done} tells of a failure.
	 */
	void (*restart)(void *ctx);
	/* each header of a good answer, name in lower case; may be NULL; may be
	 * seen again by a further try */
	void (*header)(void *ctx, const char *name, const char *value);
	/* a good answer's headers are here, its body not yet; 0 or -1 to give
	 * up; once; may be NULL */
	int (*begin)(void *ctx, const struct s3answer *a);
	/* over; once, after all the others */
	void (*done)(void *ctx, const struct s3answer *a);
	void *ctx;
};

/*
 * s3client_new(h, a, o): for the end ${a}, which stays the caller's and
 * outlives it. NULL after a message.
 */
struct s3client *s3client_new(
	struct http *h, struct s3addr *a, const struct s3client_options *o);

/* s3client_free(c): what is in flight is done with S3_FATAL, code
 * "Cancelled", first; NULL is fine. */
void s3client_free(struct s3client *c);

/*
 * s3client_start(c, call): it runs when there is room. NULL with errno ENOMEM.
 * The handle ends when ${done} is called, which http_poll does.
 */
struct s3pending *s3client_start(struct s3client *c, const struct s3call *call);

/* s3client_resume(p): as http_resume. */
void s3client_resume(struct s3pending *p);

/* s3client_cancel(p): ${done} is called by the next http_poll: S3_FATAL, code
 * "Cancelled". */
void s3client_cancel(struct s3pending *p);

/* s3client_room(c): how many more calls would start at once now. */
unsigned s3client_room(const struct s3client *c);

/* s3client_busy(c): calls that are not done. */
unsigned s3client_busy(const struct s3client *c);

/* is_s3client_stopped(c): credentials have expired; nothing more will work. */
bool is_s3client_stopped(const struct s3client *c);

/* is_s3client_unsigned_ok(c): a body may go without its hash: TLS protects it,
 * or it does not leave this machine. */
bool is_s3client_unsigned_ok(const struct s3client *c);

/* s3client_offset(c): seconds that the server's clock is ahead of ours, as far
 * as it mattered. */
double s3client_offset(const struct s3client *c);

/* s3client_addr(c), s3client_http(c): what it was made with. */
struct s3addr *s3client_addr(const struct s3client *c);
struct http *s3client_http(const struct s3client *c);

/*
 * s3client_wait(c, call, a): start it and poll until it is over. ${call}'s
 * done is called, before this returns; ${*a}'s strings are borrowed until the
 * next s3client_wait. 0, or -1 after a message.
 */
int s3client_wait(
	struct s3client *c, const struct s3call *call, struct s3answer *a);

/*
 * s3client_probe(c): ask the bucket (one entry of its list), and settle a style
 * that is AUTO: virtual-host first, path if that has no such bucket, no such
 * name or no such certificate. The enum s3class of the answer that counts,
 * after a message if that is not S3_OK.
 */
int s3client_probe(struct s3client *c);

/* Counters since s3client_new. */
struct s3client_counts {
	uint64_t requests, retries, throttled, sent, received;
	uint64_t by_op[32]; /* requests, by enum s3op */
	unsigned window;    /* calls at once, now */
};
void s3client_counts(const struct s3client *c, struct s3client_counts *out);

#endif
