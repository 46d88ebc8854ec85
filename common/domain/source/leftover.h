#ifndef LEFTOVER_H
#define LEFTOVER_H

struct buf;
struct tree;

/*
 * leftover_put(b, t): append what stands at and beneath ${t}, for a message
 * about something that has no place in the output: "test.addons: a, size: 2".
 * The values of variables, and of keys whose names look like a secret's, are
 * "***". 0 or -1 (ENOMEM).
 */
int leftover_put(struct buf *b, const struct tree *t);

#endif
