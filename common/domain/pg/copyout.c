#include <errno.h>
#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "copyout.h"
#include "mem.h"
#include "msg.h"
#include "session.h"
#include "session_pq.h"

/*
 * After PQsendQuery libpq has read nothing, so the messages can be read from
 * its socket by their own length: a window is peeked at, and of it only what
 * belongs to the COPY stream is taken out. CommandComplete, ErrorResponse and
 * ReadyForQuery are left for libpq, which sees a command that returned no rows.
 */

/* Where in a message the stream is. */
struct cursor {
	unsigned char header[5];
	unsigned have; /* bytes of the header */
	uint32_t left; /* bytes of the payload to come */
};

struct copyout {
	struct session *s;
	SSL *ssl; /* NULL: plain */
	int fd;
	bool ended; /* libpq has the session again */
	bool fresh; /* nothing of the current message was given out */
	struct cursor cur;
	size_t at, usable; /* of the window */
	char window[COPYOUT_WINDOW];
};

static bool
is_in_message(const struct cursor *c)
{
	return c->have == 5 && c->left > 0;
}

/* Whether a message of this type is ours to take. */
static bool
is_stream_type(unsigned char type)
{
	/* CopyOutResponse, CopyData, CopyDone; what may come in between:
	 * NoticeResponse, ParameterStatus, NotificationResponse */
	return type && strchr("HdcNSA", type) != NULL;
}

/* Takes one header byte; -1 if the length it completes is impossible. */
static int
header_byte(struct cursor *c, unsigned char byte)
{
	uint32_t len;

	if (c->have == 5)
		c->have = 0;
	c->header[c->have++] = byte;
	if (c->have < 5)
		return 0;
	len = (uint32_t)c->header[1] << 24 | (uint32_t)c->header[2] << 16 |
	      (uint32_t)c->header[3] << 8 | c->header[4];
	if (len < 4)
		return -1;
	c->left = len - 4;
	return 0;
}

/* Whether the next byte would begin a new message. */
static bool
is_at_start(const struct cursor *c)
{
	return c->have == 0 || (c->have == 5 && c->left == 0);
}

/* How many of the peeked bytes belong to the stream; (size_t)-1: garbage. */
static size_t
measure(const struct cursor *from, const char *p, size_t n)
{
	struct cursor c = *from;
	size_t pos = 0;

	while (pos < n) {
		if (is_in_message(&c)) {
			size_t take = n - pos < c.left ? n - pos : c.left;

			pos += take;
			c.left -= (uint32_t)take;
			continue;
		}
		if (is_at_start(&c) && !is_stream_type((unsigned char)p[pos]))
			break;
		if (header_byte(&c, (unsigned char)p[pos++]))
			return (size_t)-1;
	}
	return pos;
}

static int
wait_for(int fd, short events)
{
	struct pollfd p = {fd, events, 0};

	while (poll(&p, 1, -1) < 0)
		if (errno != EINTR)
			return -1;
	return 0;
}

/* Reads or peeks at most n bytes over TLS. Bytes, 0 at EOF, -1. */
static ssize_t
read_tls(struct copyout *c, char *p, size_t n, bool peek)
{
	for (;;) {
		int rc = peek ? SSL_peek(c->ssl, p, (int)n)
			      : SSL_read(c->ssl, p, (int)n);
		int e;

		if (rc > 0)
			return rc;
		e = SSL_get_error(c->ssl, rc);
		if (e == SSL_ERROR_WANT_READ) {
			if (wait_for(c->fd, POLLIN))
				return -1;
		} else if (e == SSL_ERROR_WANT_WRITE) {
			if (wait_for(c->fd, POLLOUT))
				return -1;
		} else {
			return e == SSL_ERROR_ZERO_RETURN ? 0 : -1;
		}
	}
}

static ssize_t
read_plain(struct copyout *c, char *p, size_t n, bool peek)
{
	for (;;) {
		ssize_t rc = recv(c->fd, p, n, peek ? MSG_PEEK : 0);

		if (rc >= 0)
			return rc;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (wait_for(c->fd, POLLIN))
				return -1;
		} else if (errno != EINTR) {
			return -1;
		}
	}
}

static ssize_t
read_some(struct copyout *c, char *p, size_t n, bool peek)
{
	return c->ssl ? read_tls(c, p, n, peek) : read_plain(c, p, n, peek);
}

/* Takes n bytes that were peeked at out of the connection. */
static int
take(struct copyout *c, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t rc = read_some(c, c->window + got, n - got, false);

		if (rc <= 0)
			return -1;
		got += (size_t)rc;
	}
	return 0;
}

/* Fills the window. 1: some bytes, 0: the stream is over, -1: lost. */
static int
fill(struct copyout *c)
{
	ssize_t n = read_some(c, c->window, sizeof(c->window), true);
	size_t usable;

	c->at = c->usable = 0;
	if (n <= 0)
		return 0; /* libpq finds the same and knows what to say */
	usable = measure(&c->cur, c->window, (size_t)n);
	if (usable == (size_t)-1) {
		msg_error("%s: COPY: the server sent a malformed message",
			session_what(c->s));
		session_break(c->s);
		return -1;
	}
	if (usable == 0)
		return 0;
	if (take(c, usable))
		return 0;
	c->usable = usable;
	return 1;
}

/* Lets libpq read the end of the command. 0, or -1 after a message. */
static int
finish(struct copyout *c)
{
	PGconn *pq = session_pq(c->s);
	PGresult *res;
	int rc = 0;

	c->ended = true;
	while ((res = PQgetResult(pq))) {
		if (PQresultStatus(res) != PGRES_COMMAND_OK && rc == 0)
			rc = session_fail(c->s, res, "COPY", false);
		PQclear(res);
		if (PQstatus(pq) == CONNECTION_BAD)
			break;
	}
	if (PQstatus(pq) == CONNECTION_BAD && rc == 0)
		rc = session_fail(c->s, NULL, "COPY", false);
	return rc;
}

int
copyout_start(struct session *s, const char *sql, struct copyout **out)
{
	PGconn *pq = session_pq(s);
	struct copyout *c = mem_alloc(sizeof(*c));

	if (!c) {
		msg_error("%s: out of memory", session_what(s));
		return -1;
	}
	/* the window itself needs no initial value */
	c->s = s;
	c->ssl = NULL;
	c->ended = c->fresh = false;
	c->cur = (struct cursor){{0}, 0, 0};
	c->at = c->usable = 0;
	if (PQsslInUse(pq) && !(c->ssl = PQsslStruct(pq, "OpenSSL"))) {
		msg_error("%s: libpq uses another TLS library than OpenSSL",
			session_what(s));
		goto err;
	}
	if (PQsendQuery(pq, sql) != 1) {
		session_fail(s, NULL, "COPY", false);
		goto err;
	}
	c->fd = PQsocket(pq);
	*out = c;
	return 0;
err:
	free(c);
	return -1;
}

/* Gives out what the window has of the current message's payload. */
static void
give(struct copyout *c, struct copyout_piece *piece)
{
	size_t n = c->usable - c->at;

	if (n > c->cur.left)
		n = c->cur.left;
	piece->data = c->window + c->at;
	piece->len = n;
	piece->row_begins = c->fresh;
	c->at += n;
	c->cur.left -= (uint32_t)n;
	piece->row_ends = c->cur.left == 0;
	c->fresh = false;
}

int
copyout_next(struct copyout *c, struct copyout_piece *piece)
{
	for (;;) {
		int rc;

		if (c->at == c->usable) {
			if ((rc = fill(c)) < 0)
				return -1;
			if (rc == 0)
				return finish(c);
		}
		if (is_in_message(&c->cur)) {
			give(c, piece);
			if (c->cur.header[0] == 'd')
				return 1;
			continue;
		}
		/* measure() has seen these bytes: they cannot be garbage */
		(void)header_byte(&c->cur, (unsigned char)c->window[c->at++]);
		c->fresh = true;
	}
}

void
copyout_close(struct copyout *c)
{
	if (!c)
		return;
	if (!c->ended)
		session_break(c->s);
	free(c);
}
