#ifndef OBJECTS_H
#define OBJECTS_H

#include <stddef.h>

struct engine;

/*
 * objects_sync(e, changed): make the target's large objects equal to the
 * source's, comparing by digests that the servers compute; ${*changed} is how
 * many were copied or removed. An exit status, after a message.
 */
int objects_sync(struct engine *e, size_t *changed);

/* objects_compare(e, fix): a finding of level error if they are not equal,
 * with ${fix} or NULL. 0 or -1. */
int objects_compare(struct engine *e, const char *fix);

#endif
