#ifndef REMOTE_H
#define REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attrs;
struct clock;
struct feed;
struct tigris_end;
struct tigris_options;
struct recorder;

/*
 * A bucket beneath a prefix as this program uses it: objects by their keys
 * without the prefix, many requests at once, each answered exactly once.
 */
struct remote;
struct remotes; /* what both ends share: connections, limits */

enum remote_verb {
	REMOTE_GET,
	REMOTE_HEAD,
	REMOTE_PUT,
	REMOTE_COPY, /* from ${source} to here, by the server */
	REMOTE_DELETE,
	REMOTE_CREATE, /* an upload in parts */
	REMOTE_PART,
	REMOTE_PART_COPY,
	REMOTE_COMPLETE,
	REMOTE_ABORT,
	REMOTE_PARTS,  /* what an upload has */
	REMOTE_TAGS,   /* of an object, as x-amz-tagging writes them */
	REMOTE_PUBLIC, /* whether everybody may read it */
};

enum remote_class {
	REMOTE_OK,
	REMOTE_MISSING,      /* no such object, or upload */
	REMOTE_PRECONDITION, /* the condition does not hold */
	REMOTE_DENIED,
	REMOTE_UNSUPPORTED, /* this server does not do that, or not so */
	REMOTE_TEMPORARY,   /* tried often enough; another time it may go */
	REMOTE_STOPPED,     /* credentials have expired: nothing goes on */
	REMOTE_REFUSED,     /* any other answer of the server */
	REMOTE_CANCELLED    /* by data(), or at the end */
};

/* What came; all borrowed for the call. */
struct remote_reply {
	enum remote_class class;
	int status;          /* of HTTP, 0 without an answer */
	const char *message; /* of a failure, one line */
	const char *etag;    /* without quotes, or "" */
	const char *text;    /* the upload's id; the tags */
	uint64_t size;       /* GET, HEAD: of the whole object */
	int64_t changed;     /* GET, HEAD: Last-Modified in ns, or 0 */
	unsigned tags;       /* GET, HEAD: how many it has */
	bool is_public;
};

/* One part that an upload has, or one unfinished upload. */
struct remote_item {
	const char *key; /* of an upload; without the prefix */
	size_t len;
	const char *upload_id, *etag;
	unsigned part;
	uint64_t size;
	int64_t begun; /* ns */
};

/* A request: copied, but what it points to is borrowed until done(). */
struct remote_call {
	enum remote_verb verb;
	const char *key;
	size_t len;
	const char *if_match; /* the object has this ETag; of COPY and PART_COPY
			       * the source */
	bool if_none;         /* there is no object yet */
	bool has_range;
	uint64_t first, last; /* of bytes, last included */
	const char *upload_id;
	unsigned part;             /* its number */
	const struct attrs *attrs; /* to send */
	bool is_replaced;          /* of COPY: those instead of its own */
	const char *tags;          /* to send, or NULL */
	bool is_public;            /* to be readable by everybody */
	const void *body;
	size_t n;
	const char *sha256; /* of the body, hexadecimal */
	struct remote *source;
	const char *source_key;
	size_t source_len;
	const char *const *etags; /* of COMPLETE: of parts 1 to ${part} */
	struct attrs *got;        /* GET, HEAD: headers to keep go in here */
	/* data(ctx, p, n): of GET, each byte once and in order. 0, or -1: no
	 * more. */
	int (*data)(void *ctx, const void *p, size_t n);
	/* item(ctx, i): of PARTS. 0, or -1: no more. */
	int (*item)(void *ctx, const struct remote_item *i);
	void (*done)(void *ctx, const struct remote_reply *r);
	void *ctx;
};

/* remotes_new(o, clock): NULL after a message. remotes_free(r): ends all that
 * is on its way with REMOTE_CANCELLED; NULL is fine. */
struct remotes *remotes_new(
	const struct tigris_options *o, const struct clock *clock);
void remotes_free(struct remotes *r);

/* remotes_poll(r, seconds): let things happen, at most so long. 0, or -1
 * after a message. */
int remotes_poll(struct remotes *r, double seconds);

/* remotes_width(r): how many requests at once are of use now. */
unsigned remotes_width(const struct remotes *r);

/* remote_open(r, what, end, out): "source" or "target". An exit status. */
int remote_open(struct remotes *r, const char *what,
	const struct tigris_end *end, struct remote **out);
void remote_close(struct remote *r);

/* remote_identity(r): endpoint, bucket and prefix, without secrets. */
const char *remote_identity(const struct remote *r);

/* is_remote_tigris(r): the endpoint is Tigris, or a service made of it. */
bool is_remote_tigris(const struct remote *r);

/* is_remote_same(a, b): one server can copy from ${a} to ${b} by itself. */
bool is_remote_same(const struct remote *a, const struct remote *b);

/* is_remote_overlapping(a, b): they are the same bucket, and one prefix holds
 * the other. */
bool is_remote_overlapping(const struct remote *a, const struct remote *b);

/* remote_start(r, c): done() comes later, never from within. 0 or -1 (ENOMEM).
 */
int remote_start(struct remote *r, const struct remote_call *c);

/* remote_wait(r, c, reply): start it, and poll until it is done; strings of
 * ${reply} are valid until the next call of this. 0 or -1. */
int remote_wait(struct remote *r, const struct remote_call *c,
	struct remote_reply *reply);

/* remote_list(r): all objects beneath the prefix. NULL after a message. */
struct feed *remote_list(struct remote *r);

/* remote_uploads(r, item, ctx): each unfinished upload beneath the prefix. 0;
 * -1 after a message, or because ${item} said so. */
int remote_uploads(struct remote *r,
	int (*item)(void *ctx, const struct remote_item *i), void *ctx);

#endif
