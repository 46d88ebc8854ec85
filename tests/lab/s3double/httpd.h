#ifndef HTTPD_H
#define HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "pairs.h"

struct ssl_st;

/* The server's side of HTTP/1.1: one thread a connection. */
struct conn {
	int fd;
	struct ssl_st *ssl; /* NULL: plain */
	struct buf in;      /* read and not yet used */
	uint64_t sent;      /* bytes of the reply under way */
};

struct request {
	char *method;
	char *target;         /* as sent */
	size_t path_len;      /* of the target's path */
	struct buf path;      /* decoded */
	struct pairs query;   /* decoded */
	struct pairs headers; /* names in lower case */
	uint64_t length;      /* of the body */
	bool has_length;
	bool is_last; /* the connection ends after it */
};

/* httpd_read(c, r): the next request's head. 1, 0 at the end of the
 * connection, -1 with an HTTP status in *${status} (0: none is due). */
int httpd_read(struct conn *c, struct request *r, int *status);

/* httpd_body(c, p, n): up to ${n} bytes of the body; 0 at an early end. */
size_t httpd_body(struct conn *c, void *p, size_t n);

/* httpd_continue(c, r): tells a client that waits for it to go on. */
void httpd_continue(struct conn *c, const struct request *r);

/* httpd_send(c, p, n): 0 or -1. */
int httpd_send(struct conn *c, const void *p, size_t n);

/* httpd_reset(c): the client sees a connection reset. */
void httpd_reset(struct conn *c);

/* httpd_header(r, name): its value or NULL. */
const char *httpd_header(const struct request *r, const char *name);

/* httpd_reason(status): "Not Found" and so on. */
const char *httpd_reason(int status);

void request_fini(struct request *r);

#endif
