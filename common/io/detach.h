#ifndef DETACH_H
#define DETACH_H

/*
 * A command that ends before its process does: what it leaves behind goes on
 * by itself. Called before anything is open that two processes cannot share.
 */
struct detach {
	int pipe; /* of the process that goes on, to the one that waits */
};

/*
 * detach_begin(d, status): becomes two processes. 1 in the one that does the
 * work; 0 in the one that was called, when the other has said detach_done or
 * is over: ${*status} is what to exit with. -1 after a message. Until then the
 * one dies with the other.
 *
 * detach_done(d, status): the caller's command is over; we go on. Standard
 * input is /dev/null from now on. 0 or -1.
 */
int detach_begin(struct detach *d, int *status);
int detach_done(struct detach *d, int status);

#endif
