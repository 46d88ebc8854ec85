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

/* session_break(s): no command can follow on this connection. */
void session_break(struct session *s);

/* session_lost(s, doing, why): the same, remembered and said as a temporary
 * failure. Returns -1. */
int session_lost(struct session *s, const char *doing, const char *why);

#endif
