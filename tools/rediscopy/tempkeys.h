#ifndef TEMPKEYS_H
#define TEMPKEYS_H

struct side;

/*
 * tempkeys_sweep(s, run): remove from the selected database the temporary keys
 * of the run of that name, and of those that have gone on with it, which were
 * killed. 0, or -1: the connection was lost.
 */
int tempkeys_sweep(struct side *s, const char *run);

#endif
