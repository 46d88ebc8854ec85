#ifndef YAMLBUILD_H
#define YAMLBUILD_H

#include <stdbool.h>
#include <stddef.h>

struct tree;
struct yaml;
struct yaml_error;

/* A value that aliases may name. */
struct yamlbuild_anchor {
	char *name;
	const struct tree *value;
	bool is_open; /* a collection that has not ended yet */
};

/*
 * The building of a document's tree from what the parser sees, one event after
 * the other; without the parser, and in memory. Every function returns 0, or
 * -1 with ${err} filled.
 */
struct yamlbuild {
	struct yaml *out;
	struct yaml_error *err;
	struct tree *open; /* the innermost open collection, or NULL */
	size_t depth;
	/* a key that waits for its value, per level; NULL: a key is due */
	struct tree **key;
	size_t cap_key;
	struct yamlbuild_anchor *anchor;
	size_t n_anchors, n_copies;
};

void yamlbuild_fini(struct yamlbuild *b);

/*
 * yamlbuild_value(b, t, anchor): the next value, a scalar or an empty
 * collection that is open from now on; a key where one is due. ${t} is taken
 * in any case. ${anchor}: its name, or NULL.
 */
int yamlbuild_value(struct yamlbuild *b, struct tree *t, const char *anchor);

/* yamlbuild_owner(b): the key that waits for its value, else the innermost open
 * collection, else NULL. */
const struct tree *yamlbuild_owner(const struct yamlbuild *b);

/* yamlbuild_alias(b, name, at): the value of an anchor again; the place of
 * the alias is ${at->at}. */
int yamlbuild_alias(
	struct yamlbuild *b, const char *name, const struct tree *at);

/* yamlbuild_end(b): the innermost collection has ended. */
int yamlbuild_end(struct yamlbuild *b);

/* yamlbuild_fail(b, t, fmt, ...): fill the error for the place of ${t} (NULL:
 * none); -1. */
int yamlbuild_fail(struct yamlbuild *b, const struct tree *t, const char *fmt,
	...) __attribute__((format(printf, 3, 4)));

#endif
