#ifndef APPLY_H
#define APPLY_H

struct delta;
struct engine;

/*
 * apply_delta(e, d): make the target's tables equal to what was staged, in
 * one transaction: constraints deferred (foreign keys that are not deferrable
 * are made so for its length), user triggers and rules off, updates, then
 * deletes, then inserts, so that no cascade takes a row that stays. Where
 * values of a unique key have changed places, the table's rows are replaced
 * instead. 0; -1 after a message, and the target is as it was.
 */
int apply_delta(struct engine *e, const struct delta *d);

#endif
