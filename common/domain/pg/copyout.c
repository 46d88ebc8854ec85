#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "copyout.h"
#include "mem.h"
#include "msg.h"
#include "session.h"
#include "session_pq.h"
#include "wire.h"

/*
 * After PQsendQuery libpq has read nothing, so the messages can be read from
 * its socket by their own length: a window is peeked at, and of it only what
 * belongs to the COPY stream is taken out. CommandComplete, ErrorResponse and
 * ReadyForQuery are left for libpq, which sees a command that returned no rows.
 */

/* A stream that has come so far is worth gathering, in pieces of this size. */
enum { LONG_STREAM = 1 << 20, GATHER = 128 * 1024 };

/* Where in a message the stream is. */
struct cursor {
	unsigned char header[5];
	unsigned have; /* bytes of the header */
	uint32_t left; /* bytes of the payload to come */
};

struct copyout {
	struct session *s;
	struct wire wire;
	bool ended; /* libpq has the session again */
	bool fresh; /* nothing of the current message was given out */
	struct cursor cur;
	size_t at, usable; /* of the window */
	uint64_t total;    /* bytes so far */
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
	return type == 'd' || (type && strchr("HdcNSA", type) != NULL);
}

/* Takes what there is of a header, which may come in pieces. The bytes of it,
 * or 0 if the length that it gives is impossible. */
static size_t
take_header(struct cursor *c, const char *p, size_t n)
{
	size_t used;
	uint32_t len;

	if (c->have == 5)
		c->have = 0;
	used = n < 5 - c->have ? n : 5 - c->have;
	memcpy(c->header + c->have, p, used);
	c->have += (unsigned)used;
	if (c->have < 5)
		return used;
	len = (uint32_t)c->header[1] << 24 | (uint32_t)c->header[2] << 16 |
	      (uint32_t)c->header[3] << 8 | c->header[4];
	if (len < 4)
		return 0;
	c->left = len - 4;
	return used;
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
	size_t pos = 0, used;

	while (pos < n) {
		if (is_in_message(&c)) {
			size_t take = n - pos < c.left ? n - pos : c.left;

			pos += take;
			c.left -= (uint32_t)take;
			continue;
		}
		if (is_at_start(&c) && !is_stream_type((unsigned char)p[pos]))
			break;
		if ((used = take_header(&c, p + pos, n - pos)) == 0)
			return (size_t)-1;
		pos += used;
	}
	return pos;
}

static int
lost(struct copyout *c, const char *why)
{
	c->ended = true;
	return session_lost(c->s, "COPY", why);
}

/* Gathers, or goes on with it, while the stream is long and fast. */
static void
gather(struct copyout *c)
{
	c->total += c->usable;
	if (c->total > LONG_STREAM && c->usable >= GATHER / 2)
		wire_gather(&c->wire, GATHER);
}

/* Fills the window. 1: some bytes, 0: the stream is over, -1: lost. */
static int
fill(struct copyout *c)
{
	size_t usable;
	ssize_t n;

	gather(c);
	c->at = c->usable = 0;
	/* inside of a wide row all bytes are ours */
	if (is_in_message(&c->cur) && c->cur.left >= sizeof(c->window)) {
		n = wire_read(&c->wire, c->window, sizeof(c->window));
		c->usable = n > 0 ? (size_t)n : 0;
		return n < 0 ? lost(c, strerror(errno)) : n > 0;
	}
	n = wire_peek(&c->wire, c->window, sizeof(c->window));
	if (n <= 0)
		return n < 0 ? lost(c, strerror(errno)) : 0;
	usable = measure(&c->cur, c->window, (size_t)n);
	if (usable == (size_t)-1)
		return lost(c, "the server sent a malformed message");
	if (usable == 0)
		return 0;
	if (wire_take(&c->wire, c->window, usable))
		return lost(c, "the connection broke");
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
	wire_gather(&c->wire, 0);
	while ((res = session_result(c->s))) {
		ExecStatusType st = PQresultStatus(res);

		/* libpq would give this one out again and again */
		if (st == PGRES_COPY_OUT || st == PGRES_COPY_IN) {
			PQclear(res);
			return lost(c, "a second COPY in the same command");
		}
		if (st != PGRES_COMMAND_OK && rc == 0)
			rc = session_fail(c->s, res, "COPY", false);
		PQclear(res);
		if (PQstatus(pq) == CONNECTION_BAD)
			break;
	}
	if (PQstatus(pq) == CONNECTION_BAD && rc == 0)
		rc = session_fail(c->s, NULL, "COPY", false);
	if (rc == 0 && !is_at_start(&c->cur))
		rc = lost(c, "it ended within a row");
	return rc;
}

/* Sends the query, without letting libpq read. 0 or -1. */
static int
send_query(struct session *s, const char *sql)
{
	PGconn *pq = session_pq(s);
	int rc;

	if (PQsendQuery(pq, sql) != 1)
		return -1;
	while ((rc = PQflush(pq)) > 0)
		if (session_wait(s, POLLOUT))
			return -1;
	return rc;
}

int
copyout_start(struct session *s, const char *sql, struct copyout **out)
{
	struct copyout *c = mem_alloc(sizeof(*c));

	if (!c) {
		msg_error("%s: out of memory", session_what(s));
		return -1;
	}
	/* the window itself needs no initial value */
	c->s = s;
	c->ended = c->fresh = false;
	c->cur = (struct cursor){{0}, 0, 0};
	c->at = c->usable = 0;
	c->total = 0;
	if (wire_init(&c->wire, s)) {
		msg_error("%s: libpq uses another TLS library than OpenSSL",
			session_what(s));
		goto err;
	}
	if (send_query(s, sql)) {
		session_fail(s, NULL, "COPY", false);
		goto err;
	}
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
	piece->is_read = false;
	for (;;) {
		int rc;

		if (c->at == c->usable) {
			rc = fill(c);
			if (rc <= 0)
				return rc < 0 ? -1 : finish(c);
			piece->is_read = true;
		}
		if (is_in_message(&c->cur)) {
			give(c, piece);
			if (c->cur.header[0] == 'd')
				return 1;
			continue;
		}
		/* measure() has seen these bytes: they cannot be garbage */
		c->at += take_header(
			&c->cur, c->window + c->at, c->usable - c->at);
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
