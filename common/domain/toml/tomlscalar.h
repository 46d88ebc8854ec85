#ifndef TOMLSCALAR_H
#define TOMLSCALAR_H

struct tomllex;
struct tree;

/*
 * tomlscalar_read(x, t): the boolean, number, date or time that stands here
 * becomes the kind, value, mark and text of ${t}. 0 or -1 with the error
 * filled.
 */
int tomlscalar_read(struct tomllex *x, struct tree *t);

#endif
