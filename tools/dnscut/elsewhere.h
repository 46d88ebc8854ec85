#ifndef ELSEWHERE_H
#define ELSEWHERE_H

#include "namelist.h"

/*
 * What another machine has proven of HTTPS, one that has a route to addresses
 * to which this one has none: the records https.checked of its run.
 */

/* elsewhere_read(path, now, out): those in the file that are good and no older
 * than an hour; ${path} NULL: there are none. 0, or -1 after a message. The
 * caller's to namelist_fini(). */
int elsewhere_read(const char *path, double now, struct namelist *out);

/* is_elsewhere_proven(l, name, address): whether one is of them. */
bool is_elsewhere_proven(
	const struct namelist *l, const char *name, const char *address);

#endif
