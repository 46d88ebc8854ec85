#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "buf.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "replication.h"
#include "session.h"
#include "session_pq.h"

int
replication_put_lsn(struct buf *b, uint64_t lsn)
{
	return buf_printf(b, "%" PRIX32 "/%" PRIX32, (uint32_t)(lsn >> 32),
		(uint32_t)lsn);
}

uint64_t
replication_lsn(const char *text)
{
	uint32_t high, low;
	char end;

	if (sscanf(text, "%8" SCNx32 "/%8" SCNx32 "%c", &high, &low, &end) != 2)
		return 0;
	return (uint64_t)high << 32 | low;
}

int
replication_create_slot(
	struct session *s, const char *slot, uint64_t *lsn, char **snapshot)
{
	struct buf b = BUF_INIT;
	struct rows *r = NULL;
	int rc = -1;

	if (buf_puts(&b, "CREATE_REPLICATION_SLOT ") == 0 &&
		ident_quote(&b, slot) == 0 &&
		buf_puts(&b, " LOGICAL pgoutput EXPORT_SNAPSHOT") == 0)
		r = session_simple(s, buf_str(&b));
	buf_fini(&b);
	if (!r)
		return -1;
	*lsn = rows_count(r) ? replication_lsn(rows_str(r, 0, 1)) : 0;
	if (!*lsn)
		msg_error("%s: the new slot has no position", session_what(s));
	else if (!(*snapshot = mem_strdup(rows_str(r, 0, 2))))
		msg_error("out of memory");
	else
		rc = 0;
	rows_free(r);
	return rc;
}

int
replication_start(struct session *s, const char *slot, const char *publication,
	uint64_t lsn)
{
	struct buf b = BUF_INIT, name = BUF_INIT;
	PGresult *res = NULL;
	int rc = -1;

	if (ident_quote(&name, publication) ||
		buf_puts(&b, "START_REPLICATION SLOT ") ||
		ident_quote(&b, slot) || buf_puts(&b, " LOGICAL ") ||
		replication_put_lsn(&b, lsn) ||
		buf_puts(&b, " (proto_version '1', publication_names ") ||
		ident_literal(&b, buf_str(&name)) || buf_putc(&b, ')')) {
		msg_error("out of memory");
		goto out;
	}
	res = session_command(s, buf_str(&b));
	if (PQresultStatus(res) != PGRES_COPY_BOTH) {
		session_fail(s, res, "START_REPLICATION", false);
		goto out;
	}
	rc = 0;
out:
	PQclear(res);
	buf_fini(&b);
	buf_fini(&name);
	return rc;
}

static uint64_t
big_endian(const char *p)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static void
put_big_endian(char *p, uint64_t v)
{
	int i;

	for (i = 7; i >= 0; i--, v >>= 8)
		p[i] = (char)(v & 0xff);
}

/* Waits for bytes of the server. 1, 0 none came, -1 after a message. */
static int
await(struct session *s, double seconds)
{
	PGconn *pq = session_pq(s);
	struct pollfd fd = {PQsocket(pq), POLLIN, 0};
	int rc = has_session_pending(s) ? 1
					: poll(&fd, 1, (int)(seconds * 1000));

	if (rc > 0)
		session_heard(s);
	else if (rc == 0)
		(void)session_quiet(s);
	if ((rc > 0 && !PQconsumeInput(pq)) || PQflush(pq) < 0) {
		session_fail(s, NULL, "replication", false);
		session_break(s);
		return -1;
	}
	return rc > 0;
}

/* The stream has ended: why. */
static int
ended(struct session *s)
{
	PGresult *res = session_result(s);

	if (PQresultStatus(res) == PGRES_FATAL_ERROR)
		session_fail(s, res, "replication", false);
	else
		session_lost(s, "replication", "the server ended the stream");
	PQclear(res);
	session_break(s);
	return -1;
}

int
replication_next(struct session *s, double seconds, const char **data,
	size_t *n, uint64_t *end)
{
	bool waited = false;

	for (;;) {
		char *p = session_buffer(s, NULL);
		int got, rc;

		got = PQgetCopyData(session_pq(s), &p, 1);
		(void)session_buffer(s, p);
		if (got < -1) {
			session_fail(s, NULL, "replication", false);
			session_break(s);
			return -1;
		}
		if (got == -1)
			return ended(s);
		if (got > 25 && p[0] == 'w') {
			*data = p + 25;
			*n = (size_t)got - 25;
			*end = big_endian(p + 9);
			return 1;
		}
		if (got >= 17 && p[0] == 'k') {
			*end = big_endian(p + 1);
			return 2;
		}
		if (got > 0)
			continue;
		if (waited)
			return 0;
		rc = await(s, seconds);
		if (rc <= 0)
			return rc;
		waited = true;
	}
}

int
replication_confirm(struct session *s, uint64_t lsn, int ask)
{
	char m[34];
	struct timeval now;
	int64_t us;

	(void)gettimeofday(&now, NULL);
	us = ((int64_t)now.tv_sec - 946684800) * 1000000 + now.tv_usec;
	m[0] = 'r';
	put_big_endian(m + 1, lsn);
	put_big_endian(m + 9, lsn);
	put_big_endian(m + 17, lsn);
	put_big_endian(m + 25, (uint64_t)us);
	m[33] = (char)(ask != 0);
	if (PQputCopyData(session_pq(s), m, sizeof(m)) == 1 &&
		session_flush(s) == 0)
		return 0;
	session_fail(s, NULL, "replication", false);
	session_break(s);
	return -1;
}
