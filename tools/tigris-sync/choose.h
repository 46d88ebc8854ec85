#ifndef CHOOSE_H
#define CHOOSE_H

#include <stdbool.h>

#include "work.h"

struct buf;
struct difference;
struct ends;

/*
 * choose_work(e, x, w, version): what is to be done about a difference: 1 and
 * the work, whose strings are borrowed from ${x} and ${version}; 0: nothing
 * (what is left as it is on purpose has had its record); -1 after a message.
 * Deletions are never among it.
 */
int choose_work(struct ends *e, const struct difference *x, struct work *w,
	struct buf *version);

#endif
