/* Tables of strings, and what flyctl reads as such. */
#include <stdlib.h>

#include "buf.h"
#include "flyconf.h"
#include "flyfield.h"
#include "flyload.h"
#include "flyreader.h"
#include "flyvalue.h"
#include "tree.h"

/* Set ${key} to what flyctl makes of the value. */
static void
put_any(struct flyreader *r, struct fly_map *m, const char *key,
	const struct tree *t)
{
	struct buf b = BUF_INIT;

	if (t->kind == TREE_STRING && tree_str(t) == NULL)
		flyreader_type(r, t, "a string");
	else if (flyvalue_put_go(&b, t, r->load->is_json) == -1)
		r->failed = 1;
	else
		flyconf_pair(r->conf, m, key, buf_str(&b));
	if (m == &r->conf->env && t->kind != TREE_STRING && !r->failed) {
		if (t->kind == TREE_ARRAY || t->kind == TREE_TABLE ||
			(t->kind == TREE_TIME && t->len > 10))
			flyreader_warn(r, "env-not-string",
				"%s is %s; the app will see it as Go prints it",
				flyreader_path(r), tree_kind_name(t->kind));
		else if (strcmp(buf_str(&b), t->text != NULL ? t->text : "") !=
			 0)
			flyreader_warn(r, "env-not-string",
				"%s is no string: the app will see \"%s\", "
				"not \"%s\"",
				flyreader_path(r), buf_str(&b),
				t->text != NULL ? t->text : "");
	}
	buf_fini(&b);
}

/* A key of a map: no NUL in it. */
static bool
is_key(struct flyreader *r, const struct tree *m)
{
	if (m->key != NULL && strlen(m->key) == m->key_len)
		return true;
	flyreader_error(r, "value-type", "a key in %s holds a NUL byte",
		flyreader_path(r));
	return false;
}

/* JSON's null somewhere inside, which TOML has not. */
static bool
has_null(const struct tree *t)
{
	if (t->kind == TREE_NULL)
		return true;
	for (t = t->first; t != NULL; t = t->next)
		if (has_null(t))
			return true;
	return false;
}

static void
load_plain(struct flyreader *r, const struct flyfield *f, struct fly_map *map,
	const struct tree *t)
{
	bool is_any = f->kind == FLYFIELD_ANYMAP;
	const struct tree *m;

	if (t->kind != TREE_TABLE) {
		flyreader_type(r, t, "a table");
		return;
	}
	for (m = t->first; m != NULL; m = m->next) {
		if (!is_key(r, m))
			continue;
		size_t old = flyreader_push(r, m->key, m);
		if (tree_str(m) != NULL)
			flyconf_pair(r->conf, map, m->key, m->text);
		else if (is_any && has_null(m))
			flyreader_warn(r, "value-ignored",
				"%s holds a null, which says nothing",
				flyreader_path(r));
		else if (is_any)
			flyconf_other(r->conf, map, m->key, m);
		else if (m->kind == TREE_TIME)
			flyconf_pair(r->conf, map, m->key, m->text);
		else if (m->kind == TREE_NULL)
			flyconf_pair(r->conf, map, m->key, "");
		else
			flyreader_type(r, m, "a string");
		flyreader_pop(r, old);
	}
}

/* Every value becomes a string. */
static void
load_table(struct flyreader *r, struct fly_map *map, const struct tree *t)
{
	const struct tree *m;

	for (m = t->first; m != NULL; m = m->next) {
		if (!is_key(r, m))
			continue;
		size_t old = flyreader_push(r, m->key, m);
		put_any(r, map, m->key, m);
		flyreader_pop(r, old);
	}
}

/* The tables of a list are put together; of a key the last one counts. */
static void
load_env(struct flyreader *r, struct fly_map *map, const struct tree *t,
	int depth)
{
	const struct tree *m;

	if (t->kind == TREE_TABLE)
		load_table(r, map, t);
	else if (t->kind != TREE_ARRAY || depth > 16)
		flyreader_type(r, t, "a table");
	else {
		flyreader_note(
			r, "legacy-form", "[[env]] is an old form of [env]");
		for (m = t->first; m != NULL; m = m->next)
			load_env(r, map, m, depth + 1);
	}
}

static void
put_named(struct flyreader *r, struct fly_map *map, const struct tree *name,
	const struct tree *value)
{
	struct buf key = BUF_INIT;
	size_t old;

	if (flyvalue_put_go(&key, name, r->load->is_json) == -1)
		r->failed = 1;
	else {
		old = flyreader_push(
			r, buf_str(&key), value != NULL ? value : name);
		if (value != NULL)
			put_any(r, map, buf_str(&key), value);
		else
			flyconf_pair(r->conf, map, buf_str(&key), "");
		flyreader_pop(r, old);
	}
	buf_fini(&key);
}

/* [[processes]] name, command; headers = [{name, value}]. */
static void
load_list(struct flyreader *r, const struct flyfield *f, struct fly_map *map,
	const struct tree *t)
{
	bool is_headers = f->how == FLYFIELD_HEADERS;
	const struct tree *m, *name;

	if (!is_headers && t->first != NULL)
		flyreader_note(r, "legacy-form",
			"[[processes]] is an old form of [processes] with a "
			"line NAME = \"COMMAND\" each");
	for (m = t->first; m != NULL; m = m->next) {
		name = tree_get(m, "name");
		if (name != NULL)
			put_named(r, map, name,
				tree_get(m, is_headers ? "value" : "command"));
		else if (is_headers)
			flyreader_error(r, "value-type",
				"%s: each element must be a table with a name "
				"and a value",
				flyreader_path(r));
		else if (m->n > 0 || m->kind != TREE_TABLE)
			flyreader_warn(r, "value-ignored",
				"an element of [[processes]] without a name is "
				"ignored");
	}
}

void
flyforms_map(struct flyreader *r, const struct flyfield *f, struct fly_map *m,
	const struct tree *t, bool is_old)
{
	if (!is_old || f->how == FLYFIELD_PLAIN)
		load_plain(r, f, m, t);
	else if (f->how == FLYFIELD_ENV)
		load_env(r, m, t, 0);
	else if (t->kind == TREE_ARRAY)
		load_list(r, f, m, t);
	else if (t->kind != TREE_TABLE)
		flyreader_type(r, t, "a table");
	else if (f->how == FLYFIELD_HEADERS)
		load_table(r, m, t);
	else
		load_plain(r, f, m, t); /* [processes]: strings only */
}
