#ifndef TOMLWRAP_H
#define TOMLWRAP_H

struct tomlplan;
struct tree;

/* tomlwrap_plan(p, t): a table or value becomes an array of it.
 * tomlwrap_undo(p, t): an array of one becomes its element. */
int tomlwrap_plan(struct tomlplan *p, const struct tree *t);
int tomlwrap_undo(struct tomlplan *p, const struct tree *t);

#endif
