#ifndef TOMLREMOVE_H
#define TOMLREMOVE_H

#include <stdbool.h>

struct tomlplan;
struct tree;

/* tomlremove_plan(p, t, comments): remove ${t} with all beneath it, and with
 * ${comments} the comment lines directly above. */
int tomlremove_plan(struct tomlplan *p, const struct tree *t, bool comments);

#endif
