#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "mem.h"
#include "tree.h"

struct tree *
tree_new(enum tree_kind kind)
{
	struct tree *t = mem_zalloc(1, sizeof(*t));

	if (t != NULL)
		t->kind = kind;
	return t;
}

static void
free_one(struct tree *t)
{
	free(t->key);
	free(t->text);
	free(t);
}

void
tree_free(struct tree *t)
{
	struct tree *next;

	if (t == NULL)
		return;
	t->parent = NULL;
	t->next = NULL;
	while (t != NULL) {
		if (t->first != NULL) {
			/* down into the first member, which leaves its parent
			 */
			next = t->first;
			t->first = next->next;
			next->parent = t;
			t = next;
			continue;
		}
		next = t->parent;
		free_one(t);
		t = next;
	}
}

int
tree_text(struct tree *t, const char *s, size_t len)
{
	char *copy = mem_dup(s, len);

	if (copy == NULL)
		return -1;
	free(t->text);
	t->text = copy;
	t->len = len;
	return 0;
}

int
tree_add(struct tree *parent, const char *key, size_t key_len, struct tree *t)
{
	if (key != NULL && (t->key = mem_dup(key, key_len)) == NULL)
		return -1;
	t->key_len = key_len;
	t->parent = parent;
	t->next = NULL;
	if (parent->last != NULL)
		parent->last->next = t;
	else
		parent->first = t;
	parent->last = t;
	parent->n++;
	return 0;
}

struct tree *
tree_copy(const struct tree *t)
{
	struct tree *copy = tree_new(t->kind), *member;
	const struct tree *m;

	if (copy == NULL)
		return NULL;
	copy->integer = t->integer;
	copy->number = t->number;
	copy->boolean = t->boolean;
	copy->mark = t->mark;
	copy->at = t->at;
	if (t->text != NULL && tree_text(copy, t->text, t->len) == -1)
		goto err;
	for (m = t->first; m != NULL; m = m->next) {
		if ((member = tree_copy(m)) == NULL)
			goto err;
		member->key_at = m->key_at;
		if (tree_add(copy, m->key, m->key_len, member) == -1) {
			tree_free(member);
			goto err;
		}
	}
	return copy;

err:
	tree_free(copy);
	return NULL;
}

const struct tree *
tree_get(const struct tree *table, const char *key)
{
	const struct tree *t, *found = NULL;
	size_t len = strlen(key);

	if (table == NULL || table->kind != TREE_TABLE)
		return NULL;
	for (t = table->first; t != NULL; t = t->next)
		if (t->key_len == len && memcmp(t->key, key, len) == 0)
			found = t;
	return found;
}

const char *
tree_str(const struct tree *t)
{
	if (t == NULL || t->kind != TREE_STRING || t->text == NULL ||
		strlen(t->text) != t->len)
		return NULL;
	return t->text;
}

const char *
tree_kind_name(enum tree_kind kind)
{
	switch (kind) {
	case TREE_NULL:
		return "null";
	case TREE_BOOL:
		return "a boolean";
	case TREE_INT:
		return "an integer";
	case TREE_FLOAT:
		return "a float";
	case TREE_STRING:
		return "a string";
	case TREE_TIME:
		return "a date or time";
	case TREE_ARRAY:
		return "an array";
	case TREE_TABLE:
		return "a table";
	}
	return "a value";
}

/* A scalar's kind, value and text. */
static int
scalar_from_json(struct tree *t, const struct json_val *v)
{
	struct buf b = BUF_INIT;
	int rc;

	if (t->kind == TREE_STRING)
		return tree_text(t, json_str(v), strlen(json_str(v)));
	if (t->kind == TREE_BOOL && json_bool(v, &t->boolean) == -1)
		return -1;
	if (t->kind == TREE_FLOAT) {
		if (json_num(v, &t->number) == -1)
			return -1;
		if (json_int(v, INT64_MIN, INT64_MAX, &t->integer) == 0)
			t->kind = TREE_INT;
	}
	rc = json_put(&b, v);
	if (rc == 0)
		rc = tree_text(t, buf_str(&b), b.len);
	buf_fini(&b);
	return rc;
}

static struct tree *
from_json(const struct json *j, const struct json_val *v)
{
	static const enum tree_kind kinds[] = {[JSON_NULL] = TREE_NULL,
		[JSON_BOOL] = TREE_BOOL,
		[JSON_NUMBER] = TREE_FLOAT,
		[JSON_STRING] = TREE_STRING,
		[JSON_ARRAY] = TREE_ARRAY,
		[JSON_OBJECT] = TREE_TABLE};
	struct tree *t = tree_new(kinds[json_kind(v)]), *member;
	const struct json_val *m;
	const char *key;

	if (t == NULL)
		return NULL;
	json_where(j, v, &t->at.line, &t->at.column);
	if (t->kind != TREE_ARRAY && t->kind != TREE_TABLE) {
		if (scalar_from_json(t, v) == -1)
			goto err;
		return t;
	}
	/* as deep as JSON_MAX_DEPTH at most */
	for (m = json_first(v); m != NULL; m = json_next(m)) {
		member = from_json(j, m);
		if (member == NULL)
			goto err;
		key = json_key(m);
		json_key_where(
			j, m, &member->key_at.line, &member->key_at.column);
		if (tree_add(t, key, key != NULL ? strlen(key) : 0, member) ==
			-1) {
			tree_free(member);
			goto err;
		}
	}
	return t;

err:
	tree_free(t);
	return NULL;
}

struct tree *
tree_from_json(const struct json *j)
{
	return from_json(j, json_root(j));
}
