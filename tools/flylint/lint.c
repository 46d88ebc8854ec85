#include "lint.h"

#include <stdarg.h>
#include <stdlib.h>

#include "buf.h"
#include "envname.h"
#include "field.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flyload.h"
#include "flyplace.h"
#include "foundlist.h"
#include "json.h"
#include "mem.h"
#include "record.h"
#include "str.h"
#include "suppress.h"
#include "toml.h"
#include "tree.h"

/* Rules about a key's name, not about its value. */
static const char *const about_names[] = {
	"unknown-key", "key-case", "legacy-form", NULL};

static const struct tree_place *
place_of(struct lint *l, const char *rule, const char *path)
{
	static const struct tree_place start = {1, 1, 0, 0};
	const struct tree *t = flyplaces_find(l->places, path, NULL);

	if (t == NULL)
		return &start;
	if (t->key_at.line != 0 &&
		(t->at.line == 0 || is_str_one_of(rule, about_names)))
		return &t->key_at;
	return t->at.line != 0 ? &t->at : &start;
}

/* A message about a variable shows its value, unless that may be a secret. */
static bool
is_about_secret(const struct finding *f, const char *path)
{
	return strcmp(f->rule, "env-not-string") == 0 &&
	       str_starts(path, "env.") &&
	       is_envname_secret(path + strlen("env."), NULL);
}

static int
put_finding(void *ctx, const struct finding *finding, const char *path)
{
	struct finding hidden = *finding, *f = &hidden;
	struct lint *l = ctx;

	/* what has a value of the wrong type is not missing */
	if (str_ends(f->rule, "-missing") &&
		foundlist_has(l->found, "value-type", path))
		return 0;
	if (is_about_secret(f, path))
		hidden.message = "a variable is no string, and the app will "
				 "see it in other digits";
	foundlist_add(l->found, f, path, place_of(l, f->rule, path));
	return l->found->failed ? -1 : 0;
}

void
lint_put(struct lint *l, const char *level, const char *rule, const char *path,
	const char *fmt, ...)
{
	struct finding f = {.level = level, .rule = rule};
	struct buf text = BUF_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = buf_vprintf(&text, fmt, ap);
	va_end(ap);
	f.message = buf_str(&text);
	if (rc == -1)
		l->found->failed = 1;
	else
		(void)put_finding(l, &f, path);
	buf_fini(&text);
}

static void
refuse(struct lint *l, const char *rule, const char *what, unsigned line,
	unsigned column)
{
	struct tree_place at = {line, column, 0, 0};
	struct finding f = {.level = "error", .rule = rule, .message = what};

	l->is_refused = true;
	foundlist_add(l->found, &f, "", &at);
}

static void
parse_json(struct lint *l)
{
	struct json_error e;
	struct json *j = json_parse(l->text, l->len, &e);

	if (j == NULL)
		refuse(l, "json-syntax", e.what, e.line, e.column);
	else if ((l->root = tree_from_json(j)) == NULL)
		l->found->failed = 1;
	json_free(j);
}

static void
parse_toml(struct lint *l)
{
	struct toml_error e;

	l->root = toml_parse(l->text, l->len, &e);
	if (l->root == NULL)
		refuse(l, "toml-syntax", e.what, e.line, e.column);
}

static void
examine(struct lint *l)
{
	struct flyload load = {put_finding, l, l->places, l->is_json};
	struct flycheck check = {put_finding, l, l->regions};

	if (l->is_json)
		parse_json(l);
	else
		parse_toml(l);
	if (l->root != NULL) {
		if (flyload_run(&load, l->root, l->conf) == -1 ||
			flycheck_run(&check, l->conf) == -1 ||
			field_check(l) == -1)
			l->found->failed = 1;
		suppress_apply(l);
	}
	foundlist_sort(l->found);
}

struct lint *
lint_open(const char *name, const char *text, size_t len,
	const struct facts *facts, const struct json *regions)
{
	struct lint *l = mem_zalloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->name = name;
	l->text = text;
	l->len = len;
	l->is_json = str_ends(name, ".json");
	l->facts = facts;
	l->regions = regions;
	l->conf = mem_zalloc(1, sizeof(*l->conf));
	l->places = mem_zalloc(1, sizeof(*l->places));
	l->found = mem_zalloc(1, sizeof(*l->found));
	if (l->conf != NULL && l->places != NULL && l->found != NULL) {
		examine(l);
		if (!l->found->failed)
			return l;
	}
	lint_close(l);
	return NULL;
}

void
lint_close(struct lint *l)
{
	if (l == NULL)
		return;
	if (l->conf != NULL)
		flyconf_fini(l->conf);
	if (l->places != NULL)
		flyplaces_fini(l->places);
	if (l->found != NULL)
		foundlist_fini(l->found);
	tree_free(l->root);
	free(l->conf);
	free(l->places);
	free(l->found);
	free(l);
}
