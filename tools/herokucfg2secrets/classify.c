#include "classify.h"

#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "msg.h"
#include "share.h"
#include "str.h"
#include "varlist.h"

int
classify_open(struct classify *c, const char *platform)
{
	c->platform = platform;
	return (c->table = share_open("managed-vars")) ? 0 : -1;
}

void
classify_fini(struct classify *c)
{
	json_free(c->table);
	json_free(c->addons);
	c->table = c->addons = NULL;
}

int
classify_addons(
	struct classify *c, const char *file, const char *text, size_t n)
{
	struct json_error err;
	const struct json_val *a;

	if (!(c->addons = json_parse(text, n, &err))) {
		msg_at(file, err.line, err.column, "%s", err.what);
		return -1;
	}
	if (json_kind(json_root(c->addons)) != JSON_ARRAY)
		goto bad;
	for (a = json_first(json_root(c->addons)); a; a = json_next(a))
		if (json_kind(json_get(a, "config_vars")) != JSON_ARRAY)
			goto bad;
	return 0;
bad:
	msg_at(file, 1, 1,
		"not what `heroku addons --json` prints: an array "
		"of add-ons with \"config_vars\" is expected");
	return -1;
}

/* Whether one of the globs in an array of strings matches. */
static bool
is_any(const struct json_val *globs, const char *s)
{
	const struct json_val *g;

	for (g = json_first(globs); g; g = json_next(g))
		if (json_str(g) && is_str_glob(json_str(g), s))
			return true;
	return false;
}

/* Whether an add-on sets the variable: by its list, or attached as NAME. */
static bool
is_of_addon(const struct json_val *addon, const char *name)
{
	const struct json_val *m;

	for (m = json_first(json_get(addon, "config_vars")); m;
		m = json_next(m))
		if (json_str(m) && strcmp(json_str(m), name) == 0)
			return true;
	for (m = json_first(json_get(addon, "attachments")); m;
		m = json_next(m)) {
		const char *as = json_get_str(m, "name");

		if (as && *as && str_starts(name, as) &&
			strcmp(name + strlen(as), "_URL") == 0)
			return true;
	}
	return false;
}

static void
take_action(struct var *v, const struct json_val *entry)
{
	const char *action = json_get_str(entry, "action");
	bool is_skip = v->class == CLASS_PLATFORM || v->class == CLASS_ADDON;

	if (action)
		is_skip = strcmp(action, "skip") == 0;
	v->goes = is_skip ? GOES_NOWHERE : GOES_SECRETS;
	v->why = json_get_str(entry, "reason");
}

static bool
is_by_addons(const struct classify *c, struct var *v)
{
	const struct json_val *root = json_root(c->table), *a, *entry;

	for (a = json_first(json_root(c->addons)); a; a = json_next(a)) {
		if (!is_of_addon(a, v->name))
			continue;
		v->class = CLASS_ADDON;
		v->by = BY_ADDONS;
		v->owner = json_get_str(json_get(a, "addon_service"), "name");
		entry = v->owner ? json_get(json_get(root, "addons"), v->owner)
				 : NULL;
		take_action(v, entry ? entry : json_get(root, "addon_default"));
		return true;
	}
	return false;
}

static enum var_class
class_of(const struct json_val *entry)
{
	static const char *const names[] = {
		"secret", "setting", "build", "addon", "platform"};
	const char *class = json_get_str(entry, "class");
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (class && strcmp(class, names[i]) == 0)
			return (enum var_class)i;
	return CLASS_SECRET;
}

static bool
is_from(const struct json_val *entry, const char *platform)
{
	const struct json_val *from = json_get(entry, "from");

	return !from || (platform && is_any(from, platform));
}

/* With the exact list of add-ons at hand, names alone say no more of them. */
static bool
is_told_by_addons(const struct classify *c, const struct var *v,
	const struct json_val *entry)
{
	return c->addons && class_of(entry) == CLASS_ADDON &&
	       !str_starts(v->name, "HEROKU_");
}

static bool
is_by_table(const struct classify *c, struct var *v)
{
	const struct json_val *e =
		json_first(json_get(json_root(c->table), "variables"));

	for (; e; e = json_next(e)) {
		if (!is_from(e, c->platform) || is_told_by_addons(c, v, e) ||
			!is_any(json_get(e, "names"), v->name))
			continue;
		v->class = class_of(e);
		v->by = BY_TABLE;
		v->owner = json_get_str(e, "owner");
		take_action(v, e);
		return true;
	}
	return false;
}

void
classify_var(const struct classify *c, struct var *v)
{
	const struct json_val *root = json_root(c->table);

	if (c->addons && is_by_addons(c, v))
		return;
	if (is_by_table(c, v))
		return;
	v->class = CLASS_SECRET;
	v->goes = GOES_SECRETS;
	v->owner = NULL;
	if (is_any(json_get(root, "secret_names"), v->name)) {
		v->by = BY_PATTERN;
		v->why = "its name tells a secret";
	} else {
		v->by = BY_DEFAULT;
		v->why = "unknown, so it is taken for a secret";
	}
}

/* "scheme://user:password@host" somewhere in it. */
static bool
has_url_password(const char *s)
{
	while ((s = strstr(s, "://"))) {
		size_t n;
		const char *at, *colon;

		s += 3;
		n = strcspn(s, "/?# \t\n");
		at = memchr(s, '@', n);
		colon = memchr(s, ':', n);
		if (at && colon && colon < at)
			return true;
	}
	return false;
}

bool
is_classify_secret_value(
	const struct classify *c, const struct var *v, int *failed)
{
	const struct json_val *g =
		json_first(json_get(json_root(c->table), "secret_values"));
	struct buf lower = BUF_SECRET;
	bool is_secret = has_url_password(buf_str(&v->value));
	size_t i;

	for (i = 0; i < v->value.len; i++)
		if (buf_putc(&lower, tolower((unsigned char)v->value.data[i])))
			*failed = is_secret = true;
	for (; g && !is_secret; g = json_next(g))
		is_secret = is_str_glob(json_str(g), buf_str(&lower)) ||
			    is_str_glob(json_str(g), buf_str(&v->value));
	buf_fini(&lower);
	return is_secret;
}

const struct json_val *
classify_host(const struct classify *c, const char *host, bool is_url)
{
	const struct json_val *e =
		json_first(json_get(json_root(c->table), "hosts"));

	if (!is_url && !strchr(host, '.'))
		return NULL;
	for (; e; e = json_next(e))
		if (is_any(json_get(e, "hosts"), host))
			return e;
	return NULL;
}
