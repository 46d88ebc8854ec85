#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conninfo;
struct session;
struct rows;

/*
 * A connection to PostgreSQL with everything pinned that changes how values
 * are written: TimeZone UTC, DateStyle ISO, IntervalStyle postgres,
 * extra_float_digits 3, bytea_output hex, search_path '', row_security off,
 * lc_messages C where allowed; the client encoding is the server's own. No
 * statement, lock or idle timeouts; keepalives and tcp_user_timeout set. A
 * server that says nothing for conninfo_silence and is not at work either is
 * a lost connection.
 */

enum session_error {
	SESSION_FINE,
	SESSION_TEMPORARY, /* connection lost, server starting, out of slots,
			      serialization: a retry may succeed */
	SESSION_DENIED,    /* insufficient privilege (42501) */
	SESSION_PERMANENT
};

/* session_open(c, what, out): ${what} names it in messages ("source"); ${c}
 * must outlive it. 0, or -1 after a message; *err tells whether a retry may
 * help. */
int session_open(const struct conninfo *c, const char *what,
	struct session **out, enum session_error *err);
void session_close(struct session *s);

/* session_open_replication(...): the same for a walsender of the database:
 * session_exec and session_simple work in it, session_query does not. */
int session_open_replication(const struct conninfo *c, const char *what,
	struct session **out, enum session_error *err);

/* session_version(s): the server's, as 150020. */
int session_version(const struct session *s);

/* session_encoding(s): server_encoding's name. */
const char *session_encoding(const struct session *s);

/* session_what(s): the name it was opened with. */
const char *session_what(const struct session *s);

/* session_exec(s, sql): commands without result, several with ';'. 0, or -1
 * after a message with the SQLSTATE. session_try: the same without message. */
int session_exec(struct session *s, const char *sql);
int session_try(struct session *s, const char *sql);

/* session_count(s, sql, n): one command; ${*n} rows were affected. 0, or -1
 * after a message. */
int session_count(struct session *s, const char *sql, int64_t *n);

/* session_execf(s, fmt, ...): formatted; identifiers must be quoted by
 * ident_quote, literals by ident_literal. */
int session_execf(struct session *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * session_query(s, sql, nparams, params): rows of text values for $1...; NULL
 * after a message. rows_free it.
 */
struct rows *session_query(struct session *s, const char *sql, int nparams,
	const char *const *params);

/* session_queryb: the same with results in binary format. */
struct rows *session_queryb(struct session *s, const char *sql, int nparams,
	const char *const *params);

/*
 * session_send(s, sql): begin a query with results in binary format, without
 * waiting for it: 0, or -1 after a message. session_receive(s): its rows; NULL
 * after a message.
 */
int session_send(struct session *s, const char *sql);
struct rows *session_receive(struct session *s);

/* session_simple(s, sql): one command by the simple protocol; its rows. */
struct rows *session_simple(struct session *s, const char *sql);

/*
 * session_each(s, sql, each, ctx): several commands in one message; ${each} is
 * called with the place of each one, from 0, and the rows it affected. 0, or
 * -1 after a message or when ${each} returned non-zero.
 */
int session_each(struct session *s, const char *sql,
	int (*each)(void *ctx, size_t place, int64_t n), void *ctx);

void rows_free(struct rows *r);
int rows_count(const struct rows *r);
int rows_width(const struct rows *r);
bool is_rows_null(const struct rows *r, int row, int col);
const char *rows_str(const struct rows *r, int row, int col); /* "" = NULL */
size_t rows_len(const struct rows *r, int row, int col);
int64_t rows_int(const struct rows *r, int row, int col);
bool rows_bool(const struct rows *r, int row, int col);

/* session_error(s): the class of the last failure; session_sqlstate(s): its
 * five characters ("" if none); session_message(s): its primary text. */
enum session_error session_error(const struct session *s);
const char *session_sqlstate(const struct session *s);
const char *session_message(const struct session *s);

/* session_forget(s): no failure is remembered any more. */
void session_forget(struct session *s);

/* is_session_alive(s): the connection is usable (no round trip). */
bool is_session_alive(const struct session *s);

/* is_session_pooled(s): a pooler stands between us and the server: the backend
 * that answers is not the one that the connection was made to. */
bool is_session_pooled(const struct session *s);

/* session_ping(s): a round trip. 0 or -1. */
int session_ping(struct session *s);

#endif
