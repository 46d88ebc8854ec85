#ifndef TOMLSTR_H
#define TOMLSTR_H

#include <stdbool.h>

struct buf;
struct tomllex;

/*
 * tomlstr_read(x, out, mark): decode the string whose quote stands here into
 * ${out}, which is emptied first; ${*mark} says how it is written (enum
 * toml_mark). 0 or -1 with the error filled. Line ends in a string stay as
 * they are.
 */
int tomlstr_read(struct tomllex *x, struct buf *out, unsigned *mark);

#endif
