#ifndef SHOWING_H
#define SHOWING_H

#include <stdbool.h>

struct buf;
struct lint;

/*
 * showing_put(b, l, is_colour): append the findings for people: each with its
 * line of the file and a mark under what it is about. Control characters of
 * the file are shown as '?'. 0 or -1 (ENOMEM).
 */
int showing_put(struct buf *b, const struct lint *l, bool is_colour);

#endif
