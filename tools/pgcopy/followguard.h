#ifndef FOLLOWGUARD_H
#define FOLLOWGUARD_H

#include <stdint.h>

struct engine;
struct session;

/*
 * What `follow` relies on and others can change: that the slot still holds all
 * that the target lacks, that all changes are published, that both ends have
 * the same columns. Each is a finding of level error; 0, or -1 after a message.
 */

/* followguard_encoding(e): the target takes text in the source's encoding, in
 * which the stream brings it. */
int followguard_encoding(struct engine *e);

/* followguard_confirmed(source, slot, lsn): up to where the server believes
 * all to be applied; 0 without such a slot. */
int followguard_confirmed(
	struct session *source, const char *slot, uint64_t *lsn);

/* followguard_slot(e, slot, confirmed, lsn): the target has all before ${lsn};
 * a slot that goes on later was moved or made anew. */
int followguard_slot(
	struct engine *e, const char *slot, uint64_t confirmed, uint64_t lsn);

/* followguard_publication(e, slot): it publishes all kinds of changes, whole.
 */
int followguard_publication(struct engine *e, const char *slot);

/* followguard_tables(e, slot): the columns of what is published, in the
 * engine's catalogue and on the target. */
int followguard_tables(struct engine *e, const char *slot);

#endif
