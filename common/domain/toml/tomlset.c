#include <string.h>

#include "buf.h"
#include "toml.h"
#include "tomlbracket.h"
#include "tomlinsert.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tomlset.h"
#include "tomltext.h"
#include "tree.h"

int
tomlset_replace(
	struct tomlplan *p, const struct tree *t, const struct tree *value)
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
check_missing(struct tomlplan *p, const struct tomlset *f)
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

int
tomlset_plan(
	struct tomlplan *p, const struct tomlset *f, const struct tree *value)
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

bool
is_tomlset_writable(const struct tree *t)
{
	return !is_unwritable(t, 0);
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

int
tomlset_add(struct tomlplan *p, const struct tomlset *f, bool element,
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

/* The quotes it has, if it has any, else those it needs. */
int
tomlset_rename(struct tomlplan *p, const struct tree *t, const char *key)
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
