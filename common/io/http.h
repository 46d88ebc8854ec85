#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;
struct clock;
struct http;
struct http_transfer;
struct pollfd;

/*
 * HTTP/1.1 requests, many at once over kept connections, in one event loop.
 * http and https only; no redirects, no cookies, no netrc, no
 * "Expect: 100-continue"; proxies as the environment has them (http_proxy,
 * https_proxy, no_proxy). The only user of libcurl.
 *
 * Every callback is called from http_poll (http_fetch, http_free) and from
 * nowhere else, and may call http_start, http_resume and http_cancel, not
 * http_poll, http_fetch and http_free.
 */

enum http_error {
	HTTP_OK, /* an answer is here, whole, whatever its status */
	HTTP_DNS,
	HTTP_REFUSED,   /* no connection: refused, no route */
	HTTP_UNTRUSTED, /* the certificate is not one to trust */
	HTTP_TLS,
	HTTP_RESET,    /* the connection ended before the answer did */
	HTTP_TIMEOUT,  /* of connecting, or nothing moved for too long, or all
			* of it takes too long */
	HTTP_TOO_BIG,  /* headers or body beyond the limits of the request */
	HTTP_PROTOCOL, /* the answer is no HTTP, or the URL no URL */
	HTTP_GAVE_UP,  /* a callback said so */
	HTTP_CANCELLED,
	HTTP_FAILED /* out of memory and the like */
};

/* Whom to trust, of TLS: the system's authorities unless one is set. */
struct http_trust {
	const char *ca_file;
	const char *pin; /* certpin.h: this certificate and no other */
	bool insecure;   /* anybody: the caller has said so to the user */
};

/* The body of a request: of three kinds, and without a kind there is none. */
enum http_body_kind {
	HTTP_BODY_NONE,
	HTTP_BODY_MEMORY,
	HTTP_BODY_FD,
	HTTP_BODY_PULL
};

struct http_body {
	enum http_body_kind kind;
	uint64_t len;     /* bytes, known before */
	const void *data; /* of HTTP_BODY_MEMORY */
	int fd;           /* of HTTP_BODY_FD: a file, read by pread */
	uint64_t at;      /* from there */
	/*
	 * of HTTP_BODY_PULL: puts at most ${n} bytes into ${p}. Their number;
	 * 0: none yet, ask again after http_resume; -1: give up.
	 */
	ssize_t (*pull)(void *ctx, void *p, size_t n);
};

struct http_answer {
	enum http_error error;
	const char *what;   /* of an error: one line for people, no secrets */
	long status;        /* 0 where none has come */
	int64_t length;     /* Content-Length, or -1 */
	double retry_after; /* seconds from now, or -1 */
	double date;        /* the server's clock, seconds since 1970, or -1 */
	uint64_t received;  /* bytes of the body */
	/* all of the request has left: the server may have acted on it even if
	 * no answer has come */
	bool sent;
	const char *address; /* of the peer, or "" */
};

/* A request. All of it is borrowed until ${done} is called. */
struct http_request {
	const char *method;
	const char *url; /* sent byte for byte */
	/* "Name: value", ended by NULL; or NULL. An empty value is sent. */
	const char *const *headers;
	struct http_body body;
	/* A request is sent again when a kept connection turns out to be
	 * closed; with ${once} that is HTTP_RESET, and ${sent} tells */
	bool once;
	const struct http_trust *trust; /* NULL: the system's authorities */
	double connect_seconds;         /* 0: 15 */
	double stall_seconds; /* no byte either way for so long; 0: 60. Time
				 that callbacks keep it waiting counts not */
	double total_seconds; /* all of it, once it has begun; 0: no limit */
	size_t max_header;    /* all headers of the answer; 0: 64 KiB */
	size_t max_body;      /* of what goes to ${into}; 0: 1 MiB */
	/* Where the answer's body goes: with ${sink}, the body of a 2xx goes
	 * there; anything else is appended to ${into}; NULL: thrown away. */
	struct buf *into;
	/*
	 * Takes all ${n} bytes: 0; takes none, offer them again after
	 * http_resume: 1; give up: -1.
	 */
	int (*sink)(void *ctx, const void *p, size_t n);
	/* each header of the final answer; name in lower case; may be NULL */
	void (*header)(void *ctx, const char *name, const char *value);
	/* the status and all headers are here, the body not; 0, or -1 to give
	 * up; may be NULL */
	int (*begin)(void *ctx, const struct http_answer *a);
	/* it is over; called exactly once after http_start returned one */
	void (*done)(void *ctx, const struct http_answer *a);
	void *ctx;
};

/*
 * http_new(clock): NULL after a message. Connections are kept for as long as
 * it lives.
 */
struct http *http_new(const struct clock *clock);

/* http_free(h): what is in flight is done with HTTP_CANCELLED first; NULL is
 * fine. */
void http_free(struct http *h);

/* http_limit(h, rate): bodies at most ${rate} bytes a second, over all
 * transfers, each way; 0 is no limit. */
void http_limit(struct http *h, uint64_t rate);

/* http_connections(h, n): at most ${n} open at once (64), others wait. */
void http_connections(struct http *h, unsigned n);

/*
 * http_start(h, r): put the request on its way; http_poll does the rest. NULL
 * with errno EINVAL (a header or method that is none) or ENOMEM. The handle
 * ends when ${done} is called.
 */
struct http_transfer *http_start(struct http *h, const struct http_request *r);

/* http_resume(t): its sink takes bytes, or its body has bytes, again. */
void http_resume(struct http_transfer *t);

/* http_cancel(t): ${done} is called with HTTP_CANCELLED, by the next
 * http_poll. */
void http_cancel(struct http_transfer *t);

/* http_drop(t): ${done} is called with HTTP_CANCELLED, now; not from a
 * callback. */
void http_drop(struct http_transfer *t);

/* http_status(t): the status that has come; 0: none yet. */
long http_status(const struct http_transfer *t);

/* http_date(s): a date as headers have it, seconds since 1970; -1: none. */
double http_date(const char *s);

/*
 * http_poll(h, seconds, fds, n): move what can be moved; wait at most
 * ${seconds} for something to happen, also on the caller's ${n} ${fds} (may be
 * NULL), whose revents are set. The number of transfers left; -1 after a
 * message.
 */
int http_poll(struct http *h, double seconds, struct pollfd *fds, unsigned n);

/*
 * http_add_step(h, step, ctx): ${step} is called by each http_poll before it
 * waits; it returns how many seconds from now it wants to be called again at
 * the latest, or -1 for whenever. Timers of those above. 0 or -1 (ENOMEM).
 * http_remove_step(h, ctx): no more, of all with ${ctx}.
 */
int http_add_step(
	struct http *h, double (*step)(void *ctx, double now), void *ctx);
void http_remove_step(struct http *h, const void *ctx);

/* http_clock(h): the one of http_new. */
const struct clock *http_clock(const struct http *h);

/*
 * http_fetch(h, r, a): the same, waited for (others go on meanwhile). ${r}'s
 * done is not called. 0 and ${*a}, whose texts are borrowed until the next
 * http_fetch; -1 after a message.
 */
int http_fetch(
	struct http *h, const struct http_request *r, struct http_answer *a);

#endif
