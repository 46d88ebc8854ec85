#ifndef HTTPCERT_H
#define HTTPCERT_H

#include <stdbool.h>

struct buf;
struct http_trust;

/* Whom an HTTPS connection trusts, and what to say if it does not. */
struct httpcert {
	struct http_trust *trust; /* a copy of the request's */
	bool refused;
	char shown[72]; /* the pin of the certificate refused, or "" */
};

/*
 * httpcert_apply(easy, t): set it on a handle of libcurl; ${t} must live for
 * as long as the transfer. 0 or -1.
 */
int httpcert_apply(void *easy, struct httpcert *t);

/* httpcert_explain(t, b): append what to do about a certificate refused. */
void httpcert_explain(const struct httpcert *t, struct buf *b);

#endif
