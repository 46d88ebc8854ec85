#ifndef TREEGET_H
#define TREEGET_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct tree;

/* Reading values out of a tree (tree.h); NULL stands for one that is absent. */

/* treeget_str(table, key): the text of a string member, or NULL. */
const char *treeget_str(const struct tree *table, const char *key);

/* treeget_first(t): the first member or element; NULL if ${t} is NULL. */
const struct tree *treeget_first(const struct tree *t);

/*
 * treeget_text(t): the text of any scalar as it is written ("3.10", "true"),
 * or NULL for null, tables, arrays and what holds a NUL.
 */
const char *treeget_text(const struct tree *t);

/* treeget_int(t, min, max, out): an integer in those bounds. 0 or -1. */
int treeget_int(const struct tree *t, int64_t min, int64_t max, int64_t *out);

/* treeget_place(t, line, column): where it is, or of an unplaced value its key;
 * for the members of a finding. */
void treeget_place(const struct tree *t, unsigned *line, unsigned *column);

/* treeget_json(b, t): append ${t} as compact JSON, for people: floats and dates
 * as strings of their text, "..." for what is 32 levels down. 0 or -1. */
int treeget_json(struct buf *b, const struct tree *t);

#endif
