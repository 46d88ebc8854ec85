#ifndef FOLLOWAPPLY_H
#define FOLLOWAPPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct followapply;
struct pgoutput;
struct session;

/*
 * Decoded changes applied to the target, in order, several transactions of
 * the source in one of the target's, with the position in the same
 * transaction: what is applied is known exactly.
 */

enum followapply_result {
	FOLLOWAPPLY_OK,
	FOLLOWAPPLY_DRIFT, /* the schemas are not the same any more */
	FOLLOWAPPLY_FAILED /* after a message */
};

/*
 * followapply_new(target, slot, lsn): everything before ${lsn} is there
 * already. NULL after a message.
 */
struct followapply *followapply_new(
	struct session *target, const char *slot, uint64_t lsn);
void followapply_free(struct followapply *f);

/* followapply_message(f, m): one message, in order. */
enum followapply_result followapply_message(
	struct followapply *f, const struct pgoutput *m);

/*
 * followapply_flush(f, force): commit what whole transactions have brought, if
 * it is enough to be worth it or ${force}; nothing within a transaction.
 */
enum followapply_result followapply_flush(struct followapply *f, bool force);

/*
 * followapply_store(f, lsn): between transactions: the target has everything
 * before ${lsn}, which is noted there; before the source may forget it.
 */
enum followapply_result followapply_store(struct followapply *f, uint64_t lsn);

/* is_followapply_open(f): changes wait for their commit.
 * is_followapply_overtaken(f): the last failure was that the target's position
 * has been moved by somebody else. */
bool is_followapply_open(const struct followapply *f);
bool is_followapply_overtaken(const struct followapply *f);

/* followapply_lsn(f): the target has everything before it, for good.
 * is_followapply_idle(f): no transaction is open or waits to be committed.
 * followapply_changes(f), followapply_time(f): rows changed so far; when the
 * last transaction was committed on the source (microseconds since 2000), 0. */
uint64_t followapply_lsn(const struct followapply *f);
bool is_followapply_idle(const struct followapply *f);
int64_t followapply_changes(const struct followapply *f);
int64_t followapply_time(const struct followapply *f);

/* followapply_why(f): what FOLLOWAPPLY_DRIFT means, borrowed. */
const char *followapply_why(const struct followapply *f);

#endif
