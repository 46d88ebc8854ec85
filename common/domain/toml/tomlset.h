#ifndef TOMLSET_H
#define TOMLSET_H

#include <stdbool.h>
#include <stddef.h>

struct toml_step;
struct tomlplan;
struct tree;

/* A path followed as far as it goes: the value there, and the steps after. */
struct tomlset {
	const struct tree *t;
	const struct toml_step *rest;
	size_t n;
};

/* is_tomlset_writable(t): no null anywhere in it, and no more than
 * TOML_MAX_DEPTH levels. */
bool is_tomlset_writable(const struct tree *t);

/* tomlset_replace(p, t, value): another value where one is written in one
 * piece. */
int tomlset_replace(
	struct tomlplan *p, const struct tree *t, const struct tree *value);

/* tomlset_plan(p, f, value): the value at a path that is not there. */
int tomlset_plan(
	struct tomlplan *p, const struct tomlset *f, const struct tree *value);

/* tomlset_add(p, f, element, members): a new table or ${element} there. */
int tomlset_add(struct tomlplan *p, const struct tomlset *f, bool element,
	const struct tree *members);

/* tomlset_rename(p, t, key): another key, in the quotes it has, if any. */
int tomlset_rename(struct tomlplan *p, const struct tree *t, const char *key);

#endif
