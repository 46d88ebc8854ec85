#ifndef FLYCHECK_H
#define FLYCHECK_H

struct finding;
struct fly_config;
struct json;

/*
 * The rules of fly.toml: what flyctl refuses (level error), what it warns of,
 * and what passes its validation and breaks in the deploy.
 */
struct flycheck {
	/* put(ctx, finding, path): ${path} names the key, as in flyconf_note.
	 * 0, or -1 to stop. */
	int (*put)(void *ctx, const struct finding *f, const char *path);
	void *ctx;
	const struct json *regions; /* share_open("regions"), or NULL */
};

/*
 * flycheck_run(k, c): report every broken rule of ${c}. 0, or -1 if put()
 * stopped it or memory ran out.
 */
int flycheck_run(const struct flycheck *k, const struct fly_config *c);

#endif
