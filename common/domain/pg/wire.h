#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct session;

/*
 * The bytes of a libpq connection, read beside libpq: from its socket or, with
 * TLS, through its OpenSSL object. Whoever reads here must leave the stream at
 * the start of a message before libpq reads again.
 */
struct wire {
	struct session *session; /* which does the waiting */
	void *ssl;               /* NULL: plain */
	int fd;
	int gathers; /* bytes that a read waits for, 0: for any */
};

/* wire_init(w, s): 0, or -1 if the TLS library is not OpenSSL. */
int wire_init(struct wire *w, struct session *s);

/*
 * wire_read(w, p, n), wire_peek(w, p, n): wait for some bytes, and take at most
 * ${n} of them or leave them where they are. Their number; 0 when the
 * connection is over or broken (libpq will meet the same and has the words for
 * it); -1 with errno when this process cannot wait.
 */
ssize_t wire_read(struct wire *w, char *p, size_t n);
ssize_t wire_peek(struct wire *w, char *p, size_t n);

/* wire_take(w, p, n): take ${n} bytes that were peeked at into ${p}, which
 * still holds them. 0 or -1. */
int wire_take(struct wire *w, char *p, size_t n);

/*
 * wire_gather(w, n): from now on a read waits until ${n} bytes are there, so
 * that a fast server wakes us once for many of its small writes; 0: for any
 * again, which must be so before libpq reads. A read that has waited for a
 * moment in vain turns it off. Nothing changes with TLS.
 */
void wire_gather(struct wire *w, int n);

/* wire_glance(w): the next byte if one is there already, or -1; no waiting. */
int wire_glance(struct wire *w);

#endif
