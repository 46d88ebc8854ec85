#ifndef TOMLBRACKET_H
#define TOMLBRACKET_H

#include <stddef.h>

struct buf;
struct tomlplan;
struct tree;

/* Edits inside [ ] and { }. */

/* tomlbracket_inline(t): the inline table that ${t} is, or is a table of dotted
 * keys in; NULL if it is neither. */
const struct tree *tomlbracket_inline(const struct tree *t);

/* tomlbracket_add_pair(p, t, pair): add "key = value" to the inline table
 * ${t}. */
int tomlbracket_add_pair(
	struct tomlplan *p, const struct tree *t, const struct buf *pair);

/* tomlbracket_remove_pairs(p, t, gone): of the inline table ${t} remove all
 * that is about ${gone}. */
int tomlbracket_remove_pairs(
	struct tomlplan *p, const struct tree *t, const struct tree *gone);

/* tomlbracket_add(p, array, value): append an element, on a line of its own
 * where the last one has one. */
int tomlbracket_add(
	struct tomlplan *p, const struct tree *array, const struct buf *value);

/* tomlbracket_remove(p, element): remove it from its array, with its line if
 * it stands there alone. */
int tomlbracket_remove(struct tomlplan *p, const struct tree *element);

/* tomlbracket_replace(p, array, value): the elements of ${array} become those
 * of the array ${value}, one a line if that is how they were. */
int tomlbracket_replace(
	struct tomlplan *p, const struct tree *array, const struct tree *value);

#endif
