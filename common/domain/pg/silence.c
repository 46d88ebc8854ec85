#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "connect.h"
#include "conninfo.h"
#include "mem.h"
#include "silence.h"

/* How long the answer to our question may take. */
#define ANSWER_SECONDS 10.0

/*
 * No row: there is no such backend. NULL: it is at work, or hides what it does
 * (track_activities). Else where it stands: it has answered and waits for the
 * next command, or it waits for bytes from or to us; how far a COPY has come
 * tells a slow line from a dead one. (A WAL sender that waits would answer our
 * regular requests.)
 */
static const char doing[] =
	"SELECT CASE WHEN a.state = 'disabled' OR (a.state = 'active' AND"
	" lower(coalesce(a.wait_event, '')) NOT IN ('clientread',"
	" 'clientwrite', 'walsendermain', 'walsenderwaitforwal'))"
	" THEN NULL ELSE concat_ws(' ', a.state, a.wait_event,"
	" a.query_start, a.state_change%s) END"
	" FROM pg_catalog.pg_stat_activity a%s WHERE a.pid = %d";
static const char copied[] = ", p.bytes_processed";
static const char with_copied[] =
	" LEFT JOIN pg_catalog.pg_stat_progress_copy p ON p.pid = a.pid";

static double
now(void)
{
	return clock_mono(clock_system());
}

/* One query within bounded time; NULL if it has no answer by then. */
static PGresult *
ask(PGconn *pq, const char *sql)
{
	double end = now() + ANSWER_SECONDS;
	PGresult *res = NULL, *more;

	if (PQsendQuery(pq, sql) != 1)
		return NULL;
	for (;;) {
		struct pollfd p = {PQsocket(pq), POLLIN, 0};
		double left = end - now();

		while (!PQisBusy(pq)) {
			if (!(more = PQgetResult(pq)))
				return res;
			PQclear(res);
			res = more;
		}
		if (left <= 0 || poll(&p, 1, (int)(left * 1000) + 1) == 0 ||
			!PQconsumeInput(pq))
			break;
	}
	PQclear(res);
	return NULL;
}

/* Where the backend stands: the caller's; NULL when it is at work. */
static char *
look(PGconn *pq, int pid)
{
	bool has_copy = PQserverVersion(pq) >= 140000;
	char sql[800], *mark = NULL;
	PGresult *res;

	snprintf(sql, sizeof(sql), doing, has_copy ? copied : "",
		has_copy ? with_copied : "", pid);
	res = ask(pq, sql);
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		mark = mem_strdup("no answer");
	else if (PQntuples(res) == 0)
		mark = mem_strdup("gone");
	else if (!PQgetisnull(res, 0, 0))
		mark = mem_strdup(PQgetvalue(res, 0, 0));
	PQclear(res);
	return mark;
}

static void
end_backend(PGconn *pq, int pid)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT pg_catalog.pg_terminate_backend(%d)",
		pid);
	PQclear(ask(pq, sql));
}

void
silence_heard(struct silence *q)
{
	q->since = now();
	free(q->mark);
	q->mark = NULL;
}

void
silence_fini(struct silence *q)
{
	free(q->mark);
	q->mark = NULL;
}

enum silence_verdict
silence_look(struct silence *q, const struct conninfo *c, int pid, double limit)
{
	enum silence_verdict verdict = SILENCE_WAIT;
	PGconn *pq;
	char *mark;

	if (now() - q->since < limit / 2)
		return SILENCE_WAIT;
	pq = connect_open(c, false);
	if (PQstatus(pq) == CONNECTION_OK)
		mark = look(pq, pid);
	else
		mark = is_connect_answered(c) ? NULL
					      : mem_strdup("no connection");
	if (mark && q->mark && strcmp(mark, q->mark) == 0) {
		verdict = SILENCE_LOST;
		if (PQstatus(pq) == CONNECTION_OK)
			end_backend(pq, pid);
	}
	PQfinish(pq);
	free(q->mark);
	q->mark = mark;
	q->since = now();
	return verdict;
}
