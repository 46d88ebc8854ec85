#ifndef FIXER_H
#define FIXER_H

#include <stddef.h>

struct buf;
struct facts;
struct fixlist;
struct json;

/* One repair: of which finding, where it was, what it said. */
struct fix {
	char *rule, *message;
	unsigned line, column;
};

struct fixlist {
	struct fix *item;
	size_t n;
};

void fixlist_fini(struct fixlist *l);

/*
 * fixer_run(name, text, facts, regions, done): repair ${text}, a TOML file,
 * again and again until no finding is left that can be: each repair is in
 * ${done}. Findings that a comment ignores are left alone. 0; -1 when out of
 * memory, with ${text} as it was or partly repaired.
 */
int fixer_run(const char *name, struct buf *text, const struct facts *facts,
	const struct json *regions, struct fixlist *done);

#endif
