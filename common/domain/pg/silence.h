#ifndef SILENCE_H
#define SILENCE_H

struct conninfo;

/*
 * A server that says nothing: is it at work? A long CREATE INDEX is silent and
 * well; a pooler, proxy or host that keeps the connection open and forwards
 * nothing would be waited for without end. The server itself is asked, on a
 * second connection, what the silent session is doing.
 */
struct silence {
	double since; /* monotonic: last heard of, or last asked about */
	char *mark;   /* what it was doing then; NULL while it is at work */
};

enum silence_verdict { SILENCE_WAIT, SILENCE_LOST };

/* silence_heard(q): something came, or waiting begins. silence_fini(q). */
void silence_heard(struct silence *q);
void silence_fini(struct silence *q);

/*
 * silence_look(q, c, pid, limit): nothing has come for now. Asks twice in
 * ${limit} seconds at most; SILENCE_LOST when both times the backend ${pid}
 * was seen to do nothing but wait for us, in the same place, or was gone, or
 * no server could be reached: then the backend, if there, has been ended, so
 * that its locks are in nobody's way. A server that answers but has no
 * connection left for the question is given the time it wants.
 */
enum silence_verdict silence_look(
	struct silence *q, const struct conninfo *c, int pid, double limit);

#endif
