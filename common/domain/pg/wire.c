#include <errno.h>
#include <libpq-fe.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include "session.h"
#include "session_pq.h"
#include "wire.h"

/* On Linux recv() can drop bytes from a TCP socket without copying them; on
 * other sockets the flag means nothing. */
#ifdef __linux__
#define DROP MSG_TRUNC
#else
#define DROP 0
#endif

/* Longer than a fast server takes for what is gathered, and no loss if it is
 * slow: its bytes are kept for us meanwhile. */
enum { GATHER_MS = 10 };

int
wire_init(struct wire *w, struct session *s)
{
	PGconn *pq = session_pq(s);

	w->session = s;
	w->fd = PQsocket(pq);
	w->gathers = 0;
	w->ssl = NULL;
	if (!PQsslInUse(pq))
		return 0;
	w->ssl = PQsslStruct(pq, "OpenSSL");
	return w->ssl ? 0 : -1;
}

static ssize_t
read_tls(struct wire *w, char *p, size_t n, bool peek)
{
	for (;;) {
		int rc, e;

		/* an old entry would be taken for the reason of this call */
		ERR_clear_error();
		rc = peek ? SSL_peek(w->ssl, p, (int)n)
			  : SSL_read(w->ssl, p, (int)n);
		if (rc > 0)
			return rc;
		e = SSL_get_error(w->ssl, rc);
		if (e != SSL_ERROR_WANT_READ && e != SSL_ERROR_WANT_WRITE)
			return 0;
		if (session_wait(w->session,
			    e == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT))
			return -1;
	}
}

void
wire_gather(struct wire *w, int n)
{
	int low = n ? n : 1;

	if (w->ssl || w->gathers == n)
		return;
	if (setsockopt(w->fd, SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low)) == 0)
		w->gathers = n;
}

static ssize_t
read_plain(struct wire *w, char *p, size_t n, int flags)
{
	struct pollfd ready = {w->fd, POLLIN, 0};

	if (w->gathers && poll(&ready, 1, GATHER_MS) == 0)
		wire_gather(w, 0);
	for (;;) {
		ssize_t rc = recv(w->fd, p, n, flags);

		if (rc >= 0)
			return rc;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return 0;
		if (session_wait(w->session, POLLIN))
			return -1;
	}
}

ssize_t
wire_read(struct wire *w, char *p, size_t n)
{
	return w->ssl ? read_tls(w, p, n, false) : read_plain(w, p, n, 0);
}

ssize_t
wire_peek(struct wire *w, char *p, size_t n)
{
	return w->ssl ? read_tls(w, p, n, true) : read_plain(w, p, n, MSG_PEEK);
}

int
wire_take(struct wire *w, char *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t rc = w->ssl ? read_tls(w, p + got, n - got, false)
				    : read_plain(w, p + got, n - got, DROP);

		if (rc <= 0)
			return -1;
		got += (size_t)rc;
	}
	return 0;
}

int
wire_glance(struct wire *w)
{
	unsigned char c;
	ssize_t rc;

	if (w->ssl) {
		ERR_clear_error();
		rc = SSL_peek(w->ssl, &c, 1);
	} else {
		rc = recv(w->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
	}
	return rc == 1 ? c : -1;
}
