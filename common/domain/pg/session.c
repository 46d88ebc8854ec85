#include <errno.h>
#include <libpq-fe.h>
#include <limits.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buf.h"
#include "connect.h"
#include "conninfo.h"
#include "conninfo_pq.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "servercert.h"
#include "session.h"
#include "session_pq.h"
#include "silence.h"
#include "str.h"

struct session {
	PGconn *pq;
	const struct conninfo *info;
	char *what;
	int pid; /* of the backend, by its own word */
	struct silence silence;
	bool silent; /* given up for that */
	bool broken;
	enum session_error error;
	char sqlstate[6];
	char *message;
	char *buffer; /* libpq's, of the last message of a stream */
};

struct rows {
	PGresult *res;
};

PGconn *
session_pq(const struct session *s)
{
	return s->pq;
}

void
session_break(struct session *s)
{
	s->broken = true;
}

int
session_lost(struct session *s, const char *doing, const char *why)
{
	s->broken = true;
	s->error = SESSION_TEMPORARY;
	*s->sqlstate = '\0';
	free(s->message);
	s->message = mem_strdup(why);
	msg_error("%s: %s: %s", s->what, doing, why);
	return -1;
}

/* Whether a retry may help, by SQLSTATE (appendix A of the manual). */
static enum session_error
classify(const char *state)
{
	static const char *const temporary[] = {"08", "40", "53", "57P01",
		"57P02", "57P03", "57P05", "57014", "55006", "55P03", "25P03",
		"25P04"};
	size_t i;

	if (strcmp(state, "42501") == 0)
		return SESSION_DENIED;
	/* not a lost connection: what a binary value of the wrong form gives */
	if (strcmp(state, "08P01") == 0)
		return SESSION_PERMANENT;
	for (i = 0; i < sizeof(temporary) / sizeof(temporary[0]); i++)
		if (str_starts(state, temporary[i]))
			return SESSION_TEMPORARY;
	return SESSION_PERMANENT;
}

/* The first line of a message, which libpq ends with a line end. */
static char *
first_line(const char *text)
{
	size_t n = strcspn(text, "\n");

	return mem_dup(text, n);
}

int
session_fail(
	struct session *s, const PGresult *res, const char *doing, bool quiet)
{
	const char *state =
		res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text =
		res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *detail =
		res ? PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL) : NULL;
	const char *hint =
		res ? PQresultErrorField(res, PG_DIAG_MESSAGE_HINT) : NULL;
	char silent[120];

	if (s->silent) {
		snprintf(silent, sizeof(silent),
			"silent for %.0f s, and not at work on the server: "
			"taken for lost",
			conninfo_silence(s->info));
		text = silent;
	}
	if (!text)
		text = PQerrorMessage(s->pq);
	if (PQstatus(s->pq) == CONNECTION_BAD)
		s->broken = true;
	s->error = state && *state ? classify(state)
		   : s->broken     ? SESSION_TEMPORARY
				   : SESSION_PERMANENT;
	snprintf(s->sqlstate, sizeof(s->sqlstate), "%s", state ? state : "");
	free(s->message);
	s->message = first_line(text);
	if (!quiet)
		msg_error("%s: %s%s%s%s%s%s%s%s%s%s", s->what,
			doing ? doing : "", doing ? ": " : "",
			s->message ? s->message : "out of memory",
			*s->sqlstate ? " [" : "", s->sqlstate,
			*s->sqlstate ? "]" : "", detail ? ": " : "",
			detail ? detail : "", hint ? ": " : "",
			hint ? hint : "");
	return -1;
}

/* Gives the connection up: whatever waits for it sees its end. */
static void
cut(struct session *s)
{
	s->silent = true;
	(void)shutdown(PQsocket(s->pq), SHUT_RDWR);
}

void
session_heard(struct session *s)
{
	silence_heard(&s->silence);
}

int
session_quiet(struct session *s)
{
	double limit = conninfo_silence(s->info);

	if (!s->silent && silence_look(&s->silence, s->info, s->pid, limit) ==
				  SILENCE_LOST)
		cut(s);
	return s->silent ? -1 : 0;
}

bool
has_session_pending(const struct session *s)
{
	SSL *ssl = PQsslInUse(s->pq) ? PQsslStruct(s->pq, "OpenSSL") : NULL;

	return ssl && SSL_pending(ssl) > 0;
}

int
session_wait(struct session *s, int events)
{
	struct pollfd p = {PQsocket(s->pq), (short)events, 0};
	int ms = (int)(conninfo_silence(s->info) * 500) + 1;
	int rc;

	session_heard(s);
	if (events & POLLIN && has_session_pending(s))
		return 0;
	while ((rc = poll(&p, 1, ms)) <= 0) {
		if (rc < 0 && errno != EINTR)
			return -1;
		if (rc == 0 && session_quiet(s))
			break;
	}
	return 0;
}

int
session_flush(struct session *s)
{
	int rc;

	while ((rc = PQflush(s->pq)) > 0) {
		/* a server that cannot write would not read either */
		if (session_wait(s, POLLIN | POLLOUT) || !PQconsumeInput(s->pq))
			return -1;
	}
	return rc;
}

PGresult *
session_result(struct session *s)
{
	/* whatever fails here, PQgetResult has the words for it */
	if (session_flush(s) == 0)
		while (PQisBusy(s->pq))
			if (session_wait(s, POLLIN) || !PQconsumeInput(s->pq))
				break;
	return PQgetResult(s->pq);
}

PGresult *
session_last(struct session *s)
{
	PGresult *last = NULL, *res;

	while ((res = session_result(s))) {
		ExecStatusType st = PQresultStatus(res);

		PQclear(last);
		last = res;
		if (st == PGRES_COPY_IN || st == PGRES_COPY_OUT ||
			st == PGRES_COPY_BOTH ||
			PQstatus(s->pq) == CONNECTION_BAD)
			break;
	}
	return last;
}

PGresult *
session_command(struct session *s, const char *sql)
{
	return PQsendQuery(s->pq, sql) == 1 ? session_last(s) : NULL;
}

/* Notices of the server are for --verbose only. */
static void
on_notice(void *ctx, const PGresult *res)
{
	struct session *s = ctx;
	const char *text = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	if (text)
		msg_debug("%s: %s", s->what, text);
}

static bool
is_done(const PGresult *res)
{
	ExecStatusType st = PQresultStatus(res);

	return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK ||
	       st == PGRES_EMPTY_QUERY;
}

/* Everything that changes how values are written, no time-outs, and a COMMIT
 * that was answered is on disk, whatever role and database say. */
static int
pin(struct session *s)
{
	struct buf b = BUF_INIT;
	static const char settings[] =
		"SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD';"
		"SET IntervalStyle = 'postgres'; SET extra_float_digits = 3;"
		"SET bytea_output = 'hex'; SET xmlbinary = 'base64';"
		"SET xmloption = 'content'; SET lc_monetary = 'C';"
		"SET search_path = ''; SET row_security = off;"
		"SET statement_timeout = 0; SET lock_timeout = 0;"
		"SET default_transaction_read_only = off;"
		"SET idle_in_transaction_session_timeout = 0;"
		"SET standard_conforming_strings = on;"
		"SET quote_all_identifiers = off;"
		"SET client_min_messages = warning;"
		"SELECT set_config('synchronous_commit', 'on', false) WHERE"
		" current_setting('synchronous_commit') = 'off';"
		/* a line that breaks must not leave our locks behind */
		"SET tcp_keepalives_idle = 60; SET tcp_keepalives_count = 6;"
		"SET tcp_keepalives_interval = 10;"
		"SET client_encoding = ";
	PGresult *res = NULL;
	int64_t pid;
	int rc = -1;

	/* one round trip: the other end may be an ocean away */
	if (buf_puts(&b, settings) || ident_literal(&b, session_encoding(s)) ||
		(session_version(s) >= 110000 &&
			buf_puts(&b, "; SET jit = off")) ||
		(session_version(s) >= 140000 &&
			buf_puts(&b, "; SET idle_session_timeout = 0")) ||
		(session_version(s) >= 170000 &&
			buf_puts(&b, "; SET transaction_timeout = 0")) ||
		buf_puts(&b, "; SELECT pg_catalog.pg_backend_pid()"))
		msg_error("%s: out of memory", s->what);
	else if (is_done(res = session_command(s, buf_str(&b))))
		rc = 0;
	else
		(void)session_fail(s, res, NULL, false);
	if (rc == 0 && PQntuples(res) == 1 &&
		num_int(PQgetvalue(res, 0, 0), 1, INT_MAX, &pid) == 0)
		s->pid = (int)pid;
	PQclear(res);
	/* a superuser's setting; others live without */
	if (rc == 0 && session_try(s, "SET lc_messages = 'C'") &&
		is_session_alive(s))
		session_forget(s);
	buf_fini(&b);
	return rc;
}

/* Whether a refused connection may be accepted later: there is no SQLSTATE. */
static enum session_error
classify_refusal(const char *text)
{
	static const char *const passing[] = {"SSL SYSCALL error",
		"SSL connection has been closed", "SSL error: unexpected eof"};
	static const char *const lasting[] = {"authentication",
		"does not exist", "no password supplied",
		"no pg_hba.conf entry", "not permitted to log in",
		"permission denied", "SSL", "certificate", "invalid",
		"definition of service"};
	size_t i;

	for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (strstr(text, passing[i]))
			return SESSION_TEMPORARY;
	for (i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++)
		if (strstr(text, lasting[i]))
			return SESSION_PERMANENT;
	return SESSION_TEMPORARY;
}

/* What to do about a certificate that is not trusted. */
static void
put_trust_hint(struct buf *b, const struct session *s, const struct conninfo *c)
{
	const char *host = conninfo_get(c, "hostaddr"), *why;
	const char *port = conninfo_get(c, "port");
	const char *side = strcmp(s->what, "source") == 0 ? "from" : "to";
	struct servercert *cert;

	if (!host)
		host = conninfo_get(c, "host");
	cert = host && *host != '/'
		       ? servercert_fetch(host, port ? port : "5432", &why)
		       : NULL;
	if (cert && is_servercert_self_signed(cert))
		(void)buf_printf(b,
			": its certificate is self-signed (%s): if that is the "
			"provider's, give --%s-pin with it; or --%s-ca with "
			"the authority's file",
			servercert_pin(cert), side, side);
	else if (cert)
		(void)buf_printf(b,
			": give --%s-ca with the file of the authority that "
			"signed it, or the name that is in it",
			side);
	servercert_free(cert);
}

/* Says why there is no connection, in one line, without a secret. */
static enum session_error
refused(const struct session *s, const struct conninfo *c)
{
	const char *text = PQerrorMessage(s->pq), *hint = "";
	struct buf trust = BUF_INIT;
	char *line = mem_strdup(text), *p;

	if (strstr(text, "does not support SSL"))
		hint = ": add sslmode=disable if the network itself is "
		       "encrypted (WireGuard, a proxy on this machine)";
	for (p = line; p && *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	while (p && p > line && p[-1] == ' ')
		*--p = '\0';
	if (line)
		conninfo_pq_scrub(c, line);
	if (strstr(text, "certificate"))
		put_trust_hint(&trust, s, c);
	msg_error("%s: cannot connect to %s: %s%s%s", s->what,
		conninfo_identity(c), line ? line : "out of memory", hint,
		buf_str(&trust));
	buf_fini(&trust);
	free(line);
	return classify_refusal(text);
}

static int
open_as(const struct conninfo *c, const char *what, bool replication,
	struct session **out, enum session_error *err)
{
	struct session *s = mem_zalloc(1, sizeof(*s));

	*err = SESSION_PERMANENT;
	if (!s || !(s->what = mem_strdup(what)) ||
		!(s->pq = connect_open(c, replication))) {
		msg_error("%s: out of memory", what);
		goto err;
	}
	if (PQstatus(s->pq) != CONNECTION_OK) {
		*err = refused(s, c);
		goto err;
	}
	s->info = c;
	PQsetNoticeReceiver(s->pq, on_notice, s);
	/* no write waits in libpq, where nobody would look at the time */
	if (PQsetnonblocking(s->pq, 1)) {
		msg_error("%s: out of memory", what);
		goto err;
	}
	if (pin(s)) {
		*err = s->error;
		goto err;
	}
	*err = SESSION_FINE;
	*out = s;
	return 0;

err:
	session_close(s);
	return -1;
}

int
session_open(const struct conninfo *c, const char *what, struct session **out,
	enum session_error *err)
{
	return open_as(c, what, false, out, err);
}

int
session_open_replication(const struct conninfo *c, const char *what,
	struct session **out, enum session_error *err)
{
	return open_as(c, what, true, out, err);
}

char *
session_buffer(struct session *s, char *p)
{
	if (s->buffer)
		PQfreemem(s->buffer);
	s->buffer = p;
	return p;
}

void
session_close(struct session *s)
{
	if (!s)
		return;
	(void)session_buffer(s, NULL);
	PQfinish(s->pq);
	silence_fini(&s->silence);
	free(s->what);
	free(s->message);
	free(s);
}

int
session_version(const struct session *s)
{
	return PQserverVersion(s->pq);
}

const char *
session_encoding(const struct session *s)
{
	const char *e = PQparameterStatus(s->pq, "server_encoding");

	return e ? e : "UTF8";
}

const char *
session_what(const struct session *s)
{
	return s->what;
}

static int
run(struct session *s, const char *sql, bool quiet)
{
	PGresult *res = session_command(s, sql);
	int rc = 0;

	if (!is_done(res))
		rc = session_fail(s, res, NULL, quiet);
	PQclear(res);
	return rc;
}

int
session_exec(struct session *s, const char *sql)
{
	return run(s, sql, false);
}

int
session_try(struct session *s, const char *sql)
{
	return run(s, sql, true);
}

int
session_count(struct session *s, const char *sql, int64_t *n)
{
	PGresult *res = session_command(s, sql);
	int rc = 0;

	*n = 0;
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		rc = session_fail(s, res, NULL, false);
	else
		(void)num_int(PQcmdTuples(res), 0, INT64_MAX, n);
	PQclear(res);
	return rc;
}

int
session_execf(struct session *s, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (rc)
		msg_error("%s: out of memory", s->what);
	else
		rc = session_exec(s, buf_str(&b));
	buf_fini(&b);
	return rc;
}

/* The rows of a result, which is theirs from now on. */
static struct rows *
rows_of(struct session *s, PGresult *res)
{
	struct rows *r = NULL;

	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
		PQresultStatus(res) != PGRES_COMMAND_OK) {
		session_fail(s, res, NULL, false);
	} else if (!(r = mem_zalloc(1, sizeof(*r)))) {
		msg_error("%s: out of memory", s->what);
	} else {
		r->res = res;
		return r;
	}
	PQclear(res);
	return NULL;
}

static struct rows *
query(struct session *s, const char *sql, int n, const char *const *params,
	int binary)
{
	int sent = PQsendQueryParams(
		s->pq, sql, n, NULL, params, NULL, NULL, binary);

	return rows_of(s, sent == 1 ? session_last(s) : NULL);
}

int
session_send(struct session *s, const char *sql)
{
	if (PQsendQueryParams(s->pq, sql, 0, NULL, NULL, NULL, NULL, 1) == 1 &&
		session_flush(s) == 0)
		return 0;
	return session_fail(s, NULL, NULL, false);
}

struct rows *
session_receive(struct session *s)
{
	return rows_of(s, session_last(s));
}

struct rows *
session_simple(struct session *s, const char *sql)
{
	return rows_of(s, session_command(s, sql));
}

int
session_each(struct session *s, const char *sql,
	int (*each)(void *ctx, size_t place, int64_t n), void *ctx)
{
	PGresult *res;
	size_t place = 0;
	int rc = 0;

	if (PQsendQuery(s->pq, sql) != 1)
		return session_fail(s, NULL, NULL, false);
	while ((res = session_result(s))) {
		int64_t n = 0;

		if (!is_done(res)) {
			if (rc == 0)
				rc = session_fail(s, res, NULL, false);
		} else if (rc == 0) {
			(void)num_int(PQcmdTuples(res), 0, INT64_MAX, &n);
			rc = each(ctx, place++, n) ? -1 : 0;
		}
		PQclear(res);
	}
	return rc;
}

struct rows *
session_query(struct session *s, const char *sql, int nparams,
	const char *const *params)
{
	return query(s, sql, nparams, params, 0);
}

struct rows *
session_queryb(struct session *s, const char *sql, int nparams,
	const char *const *params)
{
	return query(s, sql, nparams, params, 1);
}

void
rows_free(struct rows *r)
{
	if (!r)
		return;
	PQclear(r->res);
	free(r);
}

int
rows_count(const struct rows *r)
{
	return PQntuples(r->res);
}

int
rows_width(const struct rows *r)
{
	return PQnfields(r->res);
}

bool
is_rows_null(const struct rows *r, int row, int col)
{
	return PQgetisnull(r->res, row, col);
}

const char *
rows_str(const struct rows *r, int row, int col)
{
	const char *v = PQgetvalue(r->res, row, col);

	return v ? v : "";
}

size_t
rows_len(const struct rows *r, int row, int col)
{
	return (size_t)PQgetlength(r->res, row, col);
}

int64_t
rows_int(const struct rows *r, int row, int col)
{
	int64_t v = 0;

	(void)num_int(rows_str(r, row, col), INT64_MIN, INT64_MAX, &v);
	return v;
}

bool
rows_bool(const struct rows *r, int row, int col)
{
	return *rows_str(r, row, col) == 't';
}

enum session_error
session_error(const struct session *s)
{
	return s->error;
}

const char *
session_sqlstate(const struct session *s)
{
	return s->sqlstate;
}

const char *
session_message(const struct session *s)
{
	return s->message ? s->message : "";
}

void
session_forget(struct session *s)
{
	s->error = SESSION_FINE;
	s->sqlstate[0] = '\0';
	free(s->message);
	s->message = NULL;
}

bool
is_session_alive(const struct session *s)
{
	return s && !s->broken && PQstatus(s->pq) == CONNECTION_OK;
}

bool
is_session_pooled(const struct session *s)
{
	return s->pid != PQbackendPID(s->pq);
}

int
session_ping(struct session *s)
{
	return session_exec(s, "SELECT 1");
}
