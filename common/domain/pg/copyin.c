#include <inttypes.h>
#include <libpq-fe.h>
#include <string.h>

#include "copyin.h"
#include "num.h"
#include "session.h"
#include "session_pq.h"
#include "wire.h"

/* One CopyData message; large ones cost the server least. */
enum { MESSAGE = 64 * 1024 };

int
copyin_start(struct session *s, const char *sql)
{
	PGresult *res = session_command(s, sql);
	int rc = 0;

	if (PQresultStatus(res) != PGRES_COPY_IN)
		rc = session_fail(s, res, "COPY", false);
	PQclear(res);
	return rc;
}

/* Reads results up to the end of the command; the first error counts. */
static int
finish(struct session *s, uint64_t *rows, bool quiet)
{
	PGconn *pq = session_pq(s);
	PGresult *res;
	int rc = 0;

	while ((res = session_result(s))) {
		int64_t n = 0;

		if (PQresultStatus(res) != PGRES_COMMAND_OK) {
			if (rc == 0)
				rc = session_fail(s, res, "COPY", quiet);
		} else if (rows) {
			(void)num_int(PQcmdTuples(res), 0, INT64_MAX, &n);
			*rows = (uint64_t)n;
		}
		PQclear(res);
		if (PQstatus(pq) == CONNECTION_BAD)
			break;
	}
	return rc;
}

/* A server that has failed reads and drops the rest: stop sending it. */
static int
refused(struct session *s)
{
	PGconn *pq = session_pq(s);
	struct wire w;

	if (wire_init(&w, s) || wire_glance(&w) != 'E')
		return 0;
	if (PQputCopyEnd(pq, "the server has refused it") != 1 ||
		finish(s, NULL, false) == 0)
		session_fail(s, NULL, "COPY", false);
	return -1;
}

int
copyin_put(struct session *s, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		size_t part = n < MESSAGE ? n : MESSAGE;

		if (refused(s))
			return -1;
		if (PQputCopyData(session_pq(s), at, (int)part) != 1 ||
			session_flush(s)) {
			/* the server has usually said why */
			if (PQstatus(session_pq(s)) == CONNECTION_BAD ||
				finish(s, NULL, false) == 0)
				session_fail(s, NULL, "COPY", false);
			return -1;
		}
		at += part;
		n -= part;
	}
	return 0;
}

int
copyin_end(struct session *s, uint64_t *rows)
{
	if (PQputCopyEnd(session_pq(s), NULL) != 1)
		return session_fail(s, NULL, "COPY", false);
	return finish(s, rows, false);
}

void
copyin_abort(struct session *s, const char *why)
{
	if (PQputCopyEnd(session_pq(s), why) == 1)
		(void)finish(s, NULL, true);
}
