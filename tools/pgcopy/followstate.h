#ifndef FOLLOWSTATE_H
#define FOLLOWSTATE_H

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct followstate;

/*
 * What `follow` stands on: a publication and a slot on the source, both of the
 * same name, and the row of airlift.follow on the target that says up to which
 * position of the source's log the target has everything.
 */

/*
 * followstate_begin(e, slot, out): publication and slot, made anew; the
 * engine's source transaction begins again in the slot's snapshot. An exit
 * status, after findings for whatever forbids it: nothing is published that
 * would make the application's own writes fail.
 */
int followstate_begin(
	struct engine *e, const char *slot, struct followstate **out);

/* followstate_store(e, f): note it on the target, from the beginning. 0, -1. */
int followstate_store(struct engine *e, const struct followstate *f);
void followstate_free(struct followstate *f);

/* followstate_load(e, slot, lsn): 1 with the position; 0: there is none for
 * this source; -1 after a message. */
int followstate_load(struct engine *e, const char *slot, uint64_t *lsn);

/*
 * followstate_conclude(e, slot): a finding for each table whose changes do not
 * come by the slot, though the copy was not told to leave it out: an error if
 * it was made after the copy, a warning if it is unlogged. 0 or -1.
 */
int followstate_conclude(struct engine *e, const char *slot);

/* followstate_drop(e, slot): slot, publication and state go. 0, or -1 after a
 * message. */
int followstate_drop(struct engine *e, const char *slot);

/* is_followstate_name(name): it can be a slot's: a-z, 0-9 and _. */
bool is_followstate_name(const char *name);

#endif
