#ifndef FLYLOAD_H
#define FLYLOAD_H

#include <stdbool.h>

struct finding;
struct fly_config;
struct flyplaces;
struct tree;

/*
 * Reading a fly.toml or fly.json as flyctl 0.4.87 does: the forms of older
 * versions are brought to today's, then every value must have its type. What
 * makes flyctl refuse the file is a finding of level error; a key that it does
 * not know, or a value that it takes for another one than was written, a
 * warning; an old form a note. A value that is refused is left unset.
 */
struct flyload {
	/* put(ctx, finding, path): ${path} as in flyconf_note. 0, or -1 to
	 * stop. */
	int (*put)(void *ctx, const struct finding *f, const char *path);
	void *ctx;
	struct flyplaces *places; /* gets the place of each key; or NULL */
	bool is_json;             /* numbers are floats in JSON */
};

/*
 * flyload_run(k, root, c): fill ${c} (flyconf_init) from the document. 0, or
 * -1 if put() stopped it or memory ran out.
 */
int flyload_run(
	const struct flyload *k, const struct tree *root, struct fly_config *c);

#endif
