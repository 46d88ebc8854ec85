#ifndef FLYPLACE_H
#define FLYPLACE_H

#include <stdbool.h>
#include <stddef.h>

struct tree;

/*
 * Where in its source each key of a configuration stands, by the path that
 * notes and findings use: "vm.0.memory", "env.PORT", "checks.up".
 */
struct flyplace {
	char *path;
	const struct tree *t; /* borrowed */
	size_t at;            /* how many were added before it */
};

struct flyplaces {
	struct flyplace *item;
	size_t n, room;
	bool is_sorted;
	int failed; /* out of memory */
};

/* flyplaces_fini(p): free it; flyplaces are all zero before the first use. */
void flyplaces_fini(struct flyplaces *p);

/* flyplaces_add(p, path, t): ${path} is read from ${t}; of several the first
 * counts. */
void flyplaces_add(struct flyplaces *p, const char *path, const struct tree *t);

/*
 * flyplaces_find(p, path, is_exact): the value at the path; if there is none,
 * that of the nearest section around it, and ${*is_exact} (may be NULL) false.
 * NULL if there is none either.
 */
const struct tree *flyplaces_find(
	struct flyplaces *p, const char *path, bool *is_exact);

#endif
