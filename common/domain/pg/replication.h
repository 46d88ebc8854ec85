#ifndef REPLICATION_H
#define REPLICATION_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct replication;
struct session;

/*
 * A logical replication stream over a session that was opened by
 * session_open_replication() (PostgreSQL manual, "Streaming Replication
 * Protocol").
 */

/*
 * replication_create_slot(s, slot, lsn, snapshot): a slot of the plugin
 * pgoutput; changes from ${*lsn} on come from it; ${*snapshot} (the caller's)
 * shows what was there before, as long as nothing else is done in ${s}. 0 or
 * -1 after a message.
 */
int replication_create_slot(
	struct session *s, const char *slot, uint64_t *lsn, char **snapshot);

/* replication_start(s, slot, publication, lsn): begin to stream. 0 or -1. */
int replication_start(struct session *s, const char *slot,
	const char *publication, uint64_t lsn);

/*
 * replication_next(s, seconds, data, n, end): wait at most so long. 1: a
 * message of the plugin, borrowed until the next call; 2: none, the server is
 * at ${*end}; 0: nothing came; -1 after a message (the stream is over).
 */
int replication_next(struct session *s, double seconds, const char **data,
	size_t *n, uint64_t *end);

/* replication_confirm(s, lsn, ask): the target has everything before ${lsn}
 * for good; with ${ask} the server answers where it is. 0 or -1. */
int replication_confirm(struct session *s, uint64_t lsn, int ask);

/* replication_put_lsn(b, lsn): "16/B374D848"; replication_lsn(text): back, 0 if
 * it is none. */
int replication_put_lsn(struct buf *b, uint64_t lsn);
uint64_t replication_lsn(const char *text);

#endif
