#ifndef CLASSIFY_H
#define CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>

struct json;
struct json_val;
struct var;

/*
 * What kind of variable each one is: by the list of add-ons, else by the table
 * in share/map/managed-vars.json, else by a name that tells a secret, else it
 * is a secret too.
 */
struct classify {
	struct json *table;
	struct json *addons;  /* or NULL */
	const char *platform; /* "heroku", "railway", "render" or NULL */
};

/* classify_open(c, platform): load the table. 0, or -1 after a message. */
int classify_open(struct classify *c, const char *platform);

/*
 * classify_addons(c, file, text, n): what `heroku addons --json` printed, ${n}
 * bytes read from ${file}. 0, or -1 after a message.
 */
int classify_addons(
	struct classify *c, const char *file, const char *text, size_t n);

/*
 * classify_var(c, v): set class, by, owner and why of ${v}, and goes to
 * GOES_SECRETS or GOES_NOWHERE. The strings live as long as ${c}.
 */
void classify_var(const struct classify *c, struct var *v);

/*
 * is_classify_secret_value(c, v, failed): whether the value of a plain setting
 * looks like one that must stay secret. Without memory it does, and
 * ${*failed} becomes 1.
 */
bool is_classify_secret_value(
	const struct classify *c, const struct var *v, int *failed);

/*
 * classify_host(c, host, is_url): the entry ("what", "fix") of the table if
 * ${host}, in lower case, is one of an old platform; else NULL. Names without
 * a dot count with ${is_url} only.
 */
const struct json_val *classify_host(
	const struct classify *c, const char *host, bool is_url);

/* classify_fini(c): free it. */
void classify_fini(struct classify *c);

#endif
