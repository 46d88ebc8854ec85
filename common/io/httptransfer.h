#ifndef HTTPTRANSFER_H
#define HTTPTRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One request of http.c on a handle of libcurl. Its memory is used again and
 * again. Whoever includes this includes buf.h, http.h and httpcert.h before.
 */

struct curl_slist;
struct http;

enum httptransfer_state { TRANSFER_WAITS, TRANSFER_RUNS, TRANSFER_IDLE };

struct http_transfer {
	struct http_transfer *prev, *next;
	struct http *h;
	struct http_request r;
	struct http_trust trust;
	struct httpcert judge;
	void *easy;
	enum httptransfer_state state;
	struct curl_slist *nodes; /* of headers, ${n_nodes} are there */
	size_t n_nodes;
	struct buf line, what, address, empty;
	char *error; /* libcurl's text */
	struct http_answer a;
	uint64_t offset; /* in the body that is sent */
	size_t header;   /* bytes of headers that came */
	double moved;    /* when a byte last did */
	double started;  /* when it began to run */
	unsigned sends;
	bool began, gave_up, too_big, stalled, is_slow, cancelled;
	bool recv_paused, send_paused; /* by callbacks or the limit */
	bool resume;                   /* asked for */
	/* of http_fetch: */
	struct http_answer *fetched;
	bool *over;
};

/* httptransfer_new(h): idle. NULL: out of memory. httptransfer_free(t). */
struct http_transfer *httptransfer_new(struct http *h);
void httptransfer_free(struct http_transfer *t);

/* httptransfer_prepare(t, r): for that request. 0 or -1 (EINVAL, ENOMEM). */
int httptransfer_prepare(struct http_transfer *t, const struct http_request *r);

/* httptransfer_finish(t, code): fill the answer in, of a CURLcode. */
void httptransfer_finish(struct http_transfer *t, int code);

/* is_httptransfer_inline(t): its body goes with its headers, without being
 * asked for. */
bool is_httptransfer_inline(const struct http_transfer *t);

/*
 * Of http.c, for the callbacks: http_now(h); http_may(h, up): whether the limit
 * lets bytes go; http_moved(h, up, n): they have.
 */
double http_now(const struct http *h);
bool http_may(const struct http *h, bool up);
void http_moved(struct http *h, bool up, uint64_t n);

#endif
