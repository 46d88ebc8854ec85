#ifndef EXCERPT_H
#define EXCERPT_H

#include <stddef.h>

struct buf;

/*
 * Pieces of SQL that fit a message of one line: runs of white space become one
 * blank, what is left out before and behind becomes "...". UTF-8 is cut between
 * characters.
 *
 * excerpt_put(b, text, from): from that byte on. excerpt_put_both(b, a, b):
 * "; source: ...; target: ..." of two texts from a little before they differ.
 * 0, or -1 (ENOMEM).
 */
int excerpt_put(struct buf *b, const char *text, size_t from);
int excerpt_put_both(struct buf *out, const char *a, const char *b);

#endif
