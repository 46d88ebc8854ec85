#ifndef LINT_H
#define LINT_H

#include <stdbool.h>
#include <stddef.h>

struct facts;
struct fly_config;
struct flyplaces;
struct foundlist;
struct json;
struct tree;

/* One file under examination. */
struct lint {
	const char *name; /* of the file, for people and records */
	const char *text; /* its bytes */
	size_t len;
	bool is_json;
	struct tree *root;
	struct fly_config *conf;
	struct flyplaces *places;
	const struct facts *facts;
	const struct json *regions;
	struct foundlist *found;
	bool is_refused; /* no TOML (or JSON) at all */
};

/* lint_open(name, text, len, facts, regions): examine the text, which is
 * borrowed. NULL when out of memory. The caller ends it with lint_close. */
struct lint *lint_open(const char *name, const char *text, size_t len,
	const struct facts *facts, const struct json *regions);
void lint_close(struct lint *l);

/* lint_put(l, level, rule, path, fmt, ...): a finding at a path. */
void lint_put(struct lint *l, const char *level, const char *rule,
	const char *path, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#endif
