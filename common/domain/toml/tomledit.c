#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "toml.h"
#include "tomlbracket.h"
#include "tomledit.h"
#include "tomlinsert.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tomlremove.h"
#include "tomltext.h"
#include "tree.h"

struct tomledit {
	struct buf text;
	struct tomlparse doc;
	char why[256];
};

/* A path followed as far as it goes: the value there, and the steps after. */
struct found {
	const struct tree *t;
	const struct toml_step *rest;
	size_t n;
};

struct tomledit *
tomledit_open(const char *text, size_t len, struct toml_error *err)
{
	struct tomledit *e;

	memset(err, 0, sizeof(*err));
	err->line = err->column = 1;
	e = mem_zalloc(1, sizeof(*e));
	if (e == NULL || buf_reserve(&e->text, len) == -1) {
		snprintf(err->what, sizeof(err->what), "out of memory");
		goto err;
	}
	if (buf_append(&e->text, text, len) == -1 ||
		tomlparse_run(&e->doc, buf_str(&e->text), len, err) == -1)
		goto err;
	return e;

err:
	tomledit_free(e);
	return NULL;
}

void
tomledit_free(struct tomledit *e)
{
	if (e == NULL)
		return;
	tomlparse_fini(&e->doc);
	buf_fini(&e->text);
	free(e);
}

const char *
tomledit_text(const struct tomledit *e, size_t *len)
{
	if (len != NULL)
		*len = e->text.len;
	return buf_str(&e->text);
}

const struct tree *
tomledit_tree(const struct tomledit *e)
{
	return e->doc.root;
}

const char *
tomledit_error(const struct tomledit *e)
{
	return e->why;
}

static int
refuse(struct tomledit *e, const char *why)
{
	snprintf(e->why, sizeof(e->why), "%s",
		why != NULL ? why : "out of memory");
	return -1;
}

static void
begin(struct tomledit *e, struct tomlplan *p)
{
	e->why[0] = '\0';
	tomlplan_init(p, buf_str(&e->text), e->text.len, &e->doc);
}

/*
 * Makes the planned changes if the result is TOML. What the editor held
 * before goes to ${old}, for the caller to free or put back.
 */
static int
change(struct tomledit *e, struct tomlplan *p, int planned,
	struct tomledit *old)
{
	struct tomledit new = {BUF_INIT, {0}, ""};
	struct toml_error err;

	if (planned == -1) {
		refuse(e, p->why);
		goto err;
	}
	if (buf_reserve(&new.text, 1) == -1 ||
		tomlplan_apply(p, &new.text) == -1) {
		refuse(e, NULL);
		goto err;
	}
	if (tomlparse_run(&new.doc, new.text.data, new.text.len, &err) == -1) {
		snprintf(e->why, sizeof(e->why),
			"this edit would break line %u: %s", err.line,
			err.what);
		goto err;
	}
	tomlplan_fini(p);
	*old = *e;
	*e = new;
	return 0;

err:
	tomlplan_fini(p);
	buf_fini(&new.text);
	return -1;
}

static void
forget(struct tomledit *old)
{
	tomlparse_fini(&old->doc);
	buf_fini(&old->text);
}

static int
finish(struct tomledit *e, struct tomlplan *p, int planned)
{
	struct tomledit old;

	if (change(e, p, planned, &old) == -1)
		return -1;
	forget(&old);
	return 0;
}

static struct found
follow(const struct tomledit *e, const struct toml_step *path, size_t n)
{
	struct found f = {e->doc.root, path, n};
	const struct tree *t;

	while (f.n > 0 && (t = toml_find(f.t, f.rest, 1)) != NULL) {
		f.t = t;
		f.rest++;
		f.n--;
	}
	return f;
}

/* The value at the path, or NULL after saying that there is none. */
static const struct tree *
find(struct tomledit *e, const struct toml_step *path, size_t n)
{
	const struct tree *t = toml_find(e->doc.root, path, n);

	if (t == NULL)
		refuse(e, "there is no such key or element");
	return t;
}

/* Whether the text of the value stands in one piece at its place. */
static bool
is_written(const struct tree *t)
{
	return t->kind == TREE_TABLE ? t->mark == TOML_INLINE
				     : t->mark != TOML_TABLES;
}

static int
plan_replace(struct tomlplan *p, const struct tree *t, const struct tree *value)
{
	static const enum tomltext_quotes quotes[] = {
		[TOML_BASIC] = TOMLTEXT_BASIC,
		[TOML_LITERAL] = TOMLTEXT_LITERAL,
		[TOML_MULTI_BASIC] = TOMLTEXT_MULTI_BASIC,
		[TOML_MULTI_LITERAL] = TOMLTEXT_MULTI_LITERAL};
	struct buf b = BUF_INIT;
	int rc;

	if (t->kind == TREE_ARRAY && value->kind == TREE_ARRAY)
		return tomlbracket_replace(p, t, value);
	if (t->kind == TREE_STRING && value->kind == TREE_STRING)
		rc = tomltext_put_string(&b,
			value->text != NULL ? value->text : "", value->len,
			quotes[t->mark]);
	else
		rc = tomltext_put_value(&b, value, tomlinsert_quotes(p));
	if (rc == -1) {
		buf_fini(&b);
		return -1;
	}
	return tomlplan_take(p, t->at.begin, t->at.end, &b);
}

/* One more element of an array in brackets. */
static int
plan_append(
	struct tomlplan *p, const struct tree *array, const struct tree *value)
{
	struct buf b = BUF_INIT;
	int rc = value == NULL
			 ? buf_puts(&b, "{}")
			 : tomltext_put_value(&b, value, tomlinsert_quotes(p));

	if (rc == 0)
		rc = tomlbracket_add(p, array, &b);
	buf_fini(&b);
	return rc;
}

/* The steps that are left name keys missing in a table. */
static int
check_missing(struct tomlplan *p, const struct found *f)
{
	size_t i;

	if (f->t->kind == TREE_ARRAY || f->rest[0].key == NULL)
		return tomlplan_refuse(p, "there is no such element");
	if (f->t->kind != TREE_TABLE)
		return tomlplan_refuse(
			p, "something on the way has a value and is no table");
	for (i = 0; i < f->n; i++)
		if (f->rest[i].key == NULL)
			return tomlplan_refuse(p, "there is no such array");
	return 0;
}

static int
plan_set(struct tomlplan *p, const struct found *f, const struct tree *value)
{
	struct tomlinsert i = {f->t, f->rest, f->n, value};

	if (f->n == 0 && f->t->key == NULL)
		return tomlplan_refuse(p,
			f->t->parent == NULL
				? "the whole document cannot be set"
				: "an element of an array of tables cannot be "
				  "set; set its keys");
	if (f->n == 1 && f->t->kind == TREE_ARRAY && f->rest->key == NULL &&
		f->rest->index == f->t->n) {
		if (f->t->mark == TOML_STATIC)
			return plan_append(p, f->t, value);
		if (value->kind == TREE_TABLE)
			return tomlinsert_element(p, f->t, value);
		return tomlplan_refuse(
			p, "an array of tables holds nothing but tables");
	}
	if (check_missing(p, f) == -1)
		return -1;
	return tomlinsert_value(p, &i);
}

/* A null anywhere in it, or more levels than TOML_MAX_DEPTH. */
static bool
is_unwritable(const struct tree *t, unsigned depth)
{
	const struct tree *m;

	if (t->kind == TREE_NULL || depth > TOML_MAX_DEPTH ||
		(t->kind == TREE_TIME && t->text == NULL))
		return true;
	for (m = t->first; m != NULL; m = m->next)
		if (is_unwritable(m, depth + 1))
			return true;
	return false;
}

int
tomledit_set(struct tomledit *e, const struct toml_step *path, size_t n,
	const struct tree *value)
{
	struct found f = follow(e, path, n);
	struct tomledit old, older;
	struct tomlplan p;

	if (is_unwritable(value, 0))
		return refuse(e, "a null, or a value nested too deeply, cannot "
				 "be written as TOML");
	begin(e, &p);
	if (f.n == 0 && is_written(f.t))
		return finish(e, &p, plan_replace(&p, f.t, value));
	if (f.n > 0 || f.t->key == NULL)
		return finish(e, &p, plan_set(&p, &f, value));
	/* written in several places: those go first */
	if (change(e, &p, tomlremove_plan(&p, f.t, false), &old) == -1)
		return -1;
	begin(e, &p);
	f = follow(e, path, n);
	if (change(e, &p, plan_set(&p, &f, value), &older) == -1) {
		memcpy(old.why, e->why, sizeof(old.why));
		forget(e);
		*e = old;
		return -1;
	}
	forget(&old);
	forget(&older);
	return 0;
}

int
tomledit_set_str(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *s)
{
	struct tree *t = tree_new(TREE_STRING);
	int rc = -1;

	if (t == NULL || tree_text(t, s, strlen(s)) == -1)
		refuse(e, NULL);
	else
		rc = tomledit_set(e, path, n, t);
	tree_free(t);
	return rc;
}

int
tomledit_set_int(
	struct tomledit *e, const struct toml_step *path, size_t n, int64_t v)
{
	struct tree t = {.kind = TREE_INT, .integer = v, .number = (double)v};

	return tomledit_set(e, path, n, &t);
}

int
tomledit_set_bool(
	struct tomledit *e, const struct toml_step *path, size_t n, bool v)
{
	struct tree t = {.kind = TREE_BOOL, .boolean = v};

	return tomledit_set(e, path, n, &t);
}

/* An empty array of one table, for a place where headers cannot stand. */
static int
plan_inline_element(struct tomlplan *p, struct tomlinsert *i)
{
	struct tree *array = tree_new(TREE_ARRAY), *copy = NULL;
	int rc = -1;

	/* the element is lent to the array while it is written */
	if (array == NULL || (copy = tree_new(TREE_TABLE)) == NULL)
		goto done;
	if (tree_add(array, NULL, 0, copy) == -1)
		goto done;
	if (i->value != NULL) {
		copy->first = i->value->first;
		copy->n = i->value->n;
	}
	i->value = array;
	rc = tomlinsert_value(p, i);
	copy->first = NULL;
	copy = NULL;
done:
	tree_free(copy);
	tree_free(array);
	return rc;
}

static int
plan_add(struct tomlplan *p, const struct found *f, bool element,
	const struct tree *members)
{
	struct tomlinsert i = {f->t, f->rest, f->n, members};

	if (members != NULL && members->kind != TREE_TABLE)
		return tomlplan_refuse(p, "what is added must be a table");
	if (f->n == 0 && element && f->t->mark == TOML_STATIC)
		return plan_append(p, f->t, members);
	if (f->n == 0 && element && f->t->mark == TOML_TABLES)
		return tomlinsert_element(p, f->t, members);
	if (f->n == 0 && !element && f->t->mark == TOML_IMPLICIT)
		return tomlinsert_table(p, &i, false);
	if (f->n == 0)
		return tomlplan_refuse(p, "something of that name is there");
	if (check_missing(p, f) == -1)
		return -1;
	if (tomlbracket_inline(f->t) == NULL)
		return tomlinsert_table(p, &i, element);
	return element ? plan_inline_element(p, &i) : tomlinsert_value(p, &i);
}

static int
add(struct tomledit *e, const struct found *f, bool element,
	const struct tree *members)
{
	struct tomlplan p;

	if (members != NULL && is_unwritable(members, 0))
		return refuse(e, "a null, or a value nested too deeply, cannot "
				 "be written as TOML");
	begin(e, &p);
	return finish(e, &p, plan_add(&p, f, element, members));
}

int
tomledit_add_table(struct tomledit *e, const struct toml_step *path, size_t n,
	const struct tree *members)
{
	struct found f = follow(e, path, n);

	return add(e, &f, false, members);
}

int
tomledit_add_element(struct tomledit *e, const struct toml_step *path, size_t n,
	const struct tree *members)
{
	struct found f = follow(e, path, n);

	return add(e, &f, true, members);
}

int
tomledit_remove(struct tomledit *e, const struct toml_step *path, size_t n,
	bool comments)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlremove_plan(&p, t, comments));
}

/* The quotes it has, if it has any, else those it needs. */
static int
plan_rename(struct tomlplan *p, const struct tree *t, const char *key)
{
	const struct tomlparse_part *part = p->doc->part;
	struct buf b = BUF_INIT;
	size_t i;
	int rc = 0;

	for (i = 0; i < p->doc->n_parts && rc == 0; i++, part++) {
		char quote = p->text[part->begin];
		if (part->node != t)
			continue;
		if (quote == '"' || quote == '\'')
			rc = tomltext_put_string(&b, key, strlen(key),
				quote == '"' ? TOMLTEXT_BASIC
					     : TOMLTEXT_LITERAL);
		else
			rc = tomltext_put_key(&b, key, strlen(key));
		if (rc == 0)
			rc = tomlplan_change(
				p, part->begin, part->end, b.data, b.len);
		buf_clear(&b);
	}
	buf_fini(&b);
	return rc;
}

int
tomledit_rename(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *key)
{
	const struct tree *t = find(e, path, n);
	struct toml_step step = {key, strlen(key), 0};
	struct tomlplan p;

	if (t == NULL)
		return -1;
	if (t->key == NULL)
		return refuse(e, "only a key can be renamed");
	if (toml_find(t->parent, &step, 1) != NULL)
		return refuse(e, "a key of that name is there");
	begin(e, &p);
	return finish(e, &p, plan_rename(&p, t, key));
}

int
tomledit_comment(struct tomledit *e, const struct toml_step *path, size_t n,
	const char *text)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlinsert_comment(&p, t, text));
}

int
tomledit_wrap(struct tomledit *e, const struct toml_step *path, size_t n)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlinsert_wrap(&p, t));
}

int
tomledit_unwrap(struct tomledit *e, const struct toml_step *path, size_t n)
{
	const struct tree *t = find(e, path, n);
	struct tomlplan p;

	if (t == NULL)
		return -1;
	begin(e, &p);
	return finish(e, &p, tomlinsert_unwrap(&p, t));
}
