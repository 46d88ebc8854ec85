#ifndef SESSION_PQ_H
#define SESSION_PQ_H

#include <libpq-fe.h>
#include <stdbool.h>

struct session;

/* What the files of this folder see of a session. */

/* session_pq(s): its libpq connection. */
PGconn *session_pq(const struct session *s);

/*
 * session_fail(s, res, doing): remember and say why a command failed: from
 * ${res}, or from the connection if that is NULL. ${doing} may be NULL; with
 * ${quiet} nothing is printed. Returns -1.
 */
int session_fail(
	struct session *s, const PGresult *res, const char *doing, bool quiet);

/* session_buffer(s, p): keep ${p}, of PQgetCopyData, and free the one kept
 * before; returns ${p}. */
char *session_buffer(struct session *s, char *p);

/*
 * Waiting, which is done nowhere else, so that a server that falls silent is
 * noticed (silence.h); the connection then looks like one that was closed.
 *
 * session_wait(s, events): until poll(2) has some of the ${events}: 0, or -1
 * when this process cannot wait. session_flush(s): until all is sent: 0 or -1.
 * session_result(s): PQgetResult. session_command(s, sql): PQexec.
 * session_last(s): the last result of what was sent, as PQexec has it.
 */
int session_wait(struct session *s, int events);
int session_flush(struct session *s);
PGresult *session_result(struct session *s);
PGresult *session_command(struct session *s, const char *sql);
PGresult *session_last(struct session *s);

/* has_session_pending(s): bytes have come that TLS holds and poll(2) does not
 * show: libpq takes only what its buffer has room for. */
bool has_session_pending(const struct session *s);

/* For who must wait by itself. session_heard(s): something has come.
 * session_quiet(s): nothing for now: 0, or -1 when that is too long. */
void session_heard(struct session *s);
int session_quiet(struct session *s);

/* session_break(s): no command can follow on this connection. */
void session_break(struct session *s);

/* session_lost(s, doing, why): the same, remembered and said as a temporary
 * failure. Returns -1. */
int session_lost(struct session *s, const char *doing, const char *why);

#endif
