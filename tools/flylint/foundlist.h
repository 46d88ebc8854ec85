#ifndef FOUNDLIST_H
#define FOUNDLIST_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct finding;
struct tree_place;

/* The findings of one file, each with the path and bytes it is about. */
struct found {
	char *level, *rule, *message, *path;
	const char *fix;       /* what --fix does about it; static, or NULL */
	unsigned line, column; /* 0: unknown */
	size_t begin, end;     /* bytes; begin == end: unknown */
	bool is_ignored;       /* by a comment */
};

struct foundlist {
	struct found *item;
	size_t n;
	int failed;
};

void foundlist_fini(struct foundlist *l);

/* foundlist_add(l, level, rule, message, path, at): ${at} may be NULL. A
 * finding that is there already is not added again. */
void foundlist_add(struct foundlist *l, const struct finding *f,
	const char *path, const struct tree_place *at);

/* foundlist_has(l, rule, path): whether the rule found something just there. */
bool foundlist_has(
	const struct foundlist *l, const char *rule, const char *path);

/* foundlist_sort(l): by their place in the file. */
void foundlist_sort(struct foundlist *l);

/* foundlist_count(l, level): how many of that level are not ignored. */
size_t foundlist_count(const struct foundlist *l, const char *level);

#endif
