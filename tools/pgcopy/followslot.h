#ifndef FOLLOWSLOT_H
#define FOLLOWSLOT_H

struct engine;
struct session;

/*
 * followslot_wait(e, source, slot): until no process of the server reads the
 * slot (or there is none). A reader whose client was killed is missed when the
 * server next writes to it, at the latest after wal_sender_timeout, which is
 * 60 s unless set: it is waited for a little longer than that. 0, or -1 after
 * a message; a reader that stays is a finding of level error.
 */
int followslot_wait(struct engine *e, struct session *source, const char *slot);

/* followslot_drop(e, source, slot): slot and publication, when nobody reads
 * them any more. 0 or -1 after a message. */
int followslot_drop(struct engine *e, struct session *source, const char *slot);

#endif
