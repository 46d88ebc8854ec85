#ifndef NETCONN_H
#define NETCONN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct netconn;

/*
 * A TCP connection, plain or TLS (OpenSSL), that never blocks once it is
 * open. Strings are borrowed during the call only.
 */
struct netconn_target {
	const char *what; /* "source", for messages */
	const char *host; /* a name or an address */
	const char
		*name; /* TLS: whom to ask for and to expect; NULL: ${host} */
	const char *port;
	bool tls;
	/* Whom to trust, of TLS: the system's authorities unless one is set. */
	const char *ca_file;
	const char *pin;        /* certpin.h: this certificate and no other */
	const char *pin_option; /* which takes it, for messages; or NULL */
	bool insecure;  /* anybody: the caller has said so to the user */
	double seconds; /* at most, for all of the connecting; 0: 15 */
};

enum netconn_result {
	NETCONN_OK,
	NETCONN_UNREACHABLE, /* may pass: refused, no route, time-out, name */
	NETCONN_UNTRUSTED    /* the certificate is not one to trust */
};

/*
 * netconn_open(t, out): connect to the first of the host's addresses that
 * answers (IPv6 too), and shake hands. What is not NETCONN_OK has had its
 * message; of a certificate that is not trusted it names the pin.
 */
enum netconn_result netconn_open(
	const struct netconn_target *t, struct netconn **out);

/* netconn_close(c): NULL is fine. */
void netconn_close(struct netconn *c);

/*
 * netconn_read(c, p, n), netconn_write: bytes moved; 0 at the end of the
 * stream (read); -1 with errno EAGAIN when it would block, else broken.
 */
ssize_t netconn_read(struct netconn *c, void *p, size_t n);
ssize_t netconn_write(struct netconn *c, const void *p, size_t n);

/* netconn_fd(c): the descriptor, to poll. */
int netconn_fd(const struct netconn *c);

/* netconn_events(c, reading, writing): what to poll for, before the next
 * read or write can go on; TLS may have to read in order to write. */
short netconn_events(const struct netconn *c, bool reading, bool writing);

/* is_netconn_buffered(c): bytes are there that poll does not know of. */
bool is_netconn_buffered(const struct netconn *c);

#endif
