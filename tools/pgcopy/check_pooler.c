#include <string.h>

#include "check.h"
#include "conninfo.h"
#include "engine.h"
#include "session.h"

/*
 * A pooler in transaction mode hands one server connection to whoever has a
 * transaction: two sessions that are both open get the same backend. Others
 * (session mode, a proxy) show only in the backend's number not being the one
 * that the connection was greeted with.
 */

enum mode { DIRECT, SESSION, TRANSACTION };

/* The backend that answers now, 0 if it does not say, or -1. */
static int64_t
backend_of(struct session *s)
{
	struct rows *r = session_query(s, "SELECT pg_backend_pid()", 0, NULL);
	int64_t pid = !r ? -1 : rows_count(r) ? rows_int(r, 0, 0) : 0;

	rows_free(r);
	return pid;
}

/* What our sessions have set must not reach the application's through the
 * connection that they share. */
static void
restore(struct session *s)
{
	int i;

	for (i = 0; i < 3 && s; i++)
		(void)session_try(s, "RESET ALL");
}

static int
probe(const struct conninfo *c, const char *what, enum mode *mode)
{
	struct session *a = NULL, *b = NULL;
	enum session_error err;
	int64_t pid;
	int i, rc = -1;

	if (session_open(c, what, &a, &err) || session_open(c, what, &b, &err))
		goto out;
	*mode = is_session_pooled(a) || is_session_pooled(b) ? SESSION : DIRECT;
	/* the pooler may have several connections idle: the last is reused */
	for (i = 0; i < 4 && *mode != TRANSACTION; i++) {
		if ((pid = backend_of(a)) < 0)
			goto out;
		if (pid > 0 && pid == backend_of(b))
			*mode = TRANSACTION;
	}
	if (*mode == TRANSACTION) {
		restore(a);
		restore(b);
	}
	rc = 0;
out:
	session_close(a);
	session_close(b);
	return rc;
}

static int
check_one(struct engine *e, struct session *s, const struct conninfo *c)
{
	static const char fix[] =
		"give the server's direct address (on Fly Managed Postgres "
		"direct.<id>.flympg.net or fly mpg proxy; on Heroku "
		"DATABASE_URL, not DATABASE_CONNECTION_POOL_URL)";
	enum mode mode;

	if (probe(c, session_what(s), &mode))
		return -1;
	if (mode == TRANSACTION) {
		/* the source's session is inside its transaction */
		(void)session_try(s, "ROLLBACK");
		restore(s);
		(void)session_try(
			s, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
		return engine_tell(e, "error", "pooler", fix,
			"%s: a connection pooler in transaction mode stands "
			"before the server: settings and snapshots do not hold "
			"through it",
			session_what(s));
	}
	if (mode == SESSION)
		return engine_tell(e, "warning", "pooler-session", fix,
			"%s: a connection pooler stands before the server; it "
			"seems to keep sessions apart, but may limit them in "
			"number and time",
			session_what(s));
	return 0;
}

int
check_pooler(struct engine *e)
{
	return check_one(e, e->source, e->from) ||
			       check_one(e, e->target, e->to)
		       ? -1
		       : 0;
}
