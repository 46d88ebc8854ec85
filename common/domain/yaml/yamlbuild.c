#include "yamlbuild.h"

#include <stdarg.h>

#include "mem.h"
#include "tree.h"
#include "yaml.h"

/* A member that a merge brought and that is there already. */
#define DROPPED (1u << 31)

int
yamlbuild_fail(struct yamlbuild *b, const struct tree *t, const char *fmt, ...)
{
	va_list ap;

	b->err->line = t != NULL ? t->at.line : 0;
	b->err->column = t != NULL ? t->at.column : 0;
	va_start(ap, fmt);
	vsnprintf(b->err->what, sizeof(b->err->what), fmt, ap);
	va_end(ap);
	return -1;
}

static int
fail_memory(struct yamlbuild *b)
{
	return yamlbuild_fail(b, NULL, "out of memory");
}

void
yamlbuild_fini(struct yamlbuild *b)
{
	for (size_t i = 0; i < b->depth; i++)
		tree_free(b->key[i]);
	free(b->key);
	for (size_t i = 0; i < b->n_anchors; i++)
		free(b->anchor[i].name);
	free(b->anchor);
}

/* Keep ${t}, which is in no tree any more, as long as the document. It is
 * taken in any case. */
static int
keep(struct yamlbuild *b, struct tree *t)
{
	struct yaml *y = b->out;
	struct tree **list;

	list = mem_resize(y->kept, y->n_kept + 1, sizeof(struct tree *));
	if (list == NULL) {
		tree_free(t);
		return fail_memory(b);
	}
	y->kept = list;
	list[y->n_kept++] = t;
	return 0;
}

static int
set_anchor(struct yamlbuild *b, const char *name, const struct tree *t)
{
	struct yamlbuild_anchor *a;

	a = mem_resize(b->anchor, b->n_anchors + 1, sizeof(*a));
	if (a == NULL)
		return fail_memory(b);
	b->anchor = a;
	a += b->n_anchors;
	if ((a->name = mem_strdup(name)) == NULL)
		return fail_memory(b);
	a->value = t;
	a->is_open = t->kind == TREE_TABLE || t->kind == TREE_ARRAY;
	b->n_anchors++;
	return 0;
}

static bool
is_merge_key(const struct tree *key)
{
	return (key->mark & YAML_PLAIN) && strcmp(key->text, "<<") == 0;
}

/* Open a collection. */
static int
push(struct yamlbuild *b, struct tree *t)
{
	struct tree **key;

	if (b->depth == YAML_MAX_DEPTH)
		return yamlbuild_fail(
			b, t, "more than %d levels deep", YAML_MAX_DEPTH);
	if (b->depth == b->cap_key) {
		key = mem_resize(b->key, b->depth + 16, sizeof(struct tree *));
		if (key == NULL)
			return fail_memory(b);
		b->key = key;
		b->cap_key = b->depth + 16;
	}
	b->key[b->depth++] = NULL;
	b->open = t;
	return 0;
}

/* ${t}, taken in any case, becomes the key that waits for its value. */
static int
take_key(struct yamlbuild *b, struct tree *t)
{
	if (t->kind == TREE_TABLE || t->kind == TREE_ARRAY) {
		yamlbuild_fail(b, t, "%s as a key is not supported",
			tree_kind_name(t->kind));
		tree_free(t);
		return -1;
	}
	if (t->at.line == 0)
		t->at = b->open->at;
	b->key[b->depth - 1] = t;
	return 0;
}

/* ${t}, taken in any case, becomes the value of the key that waits. */
static int
take_member(struct yamlbuild *b, struct tree *t)
{
	struct tree **slot = &b->key[b->depth - 1], *key = *slot;

	t->key_at = key->at;
	if (t->at.line == 0)
		t->at = key->at;
	if (tree_add(b->open, key->text, key->len, t) == -1) {
		tree_free(t);
		return fail_memory(b);
	}
	if (is_merge_key(key))
		t->mark |= YAML_MERGED;
	*slot = NULL;
	/* aliases may name a key too */
	return keep(b, key);
}

/* Put ${t} where it belongs; it is taken in any case. */
static int
place(struct yamlbuild *b, struct tree *t)
{
	if (b->open == NULL) {
		if (t->at.line == 0)
			t->at.line = t->at.column = 1;
		b->out->root = t;
		return 0;
	}
	if (b->open->kind == TREE_TABLE)
		return b->key[b->depth - 1] == NULL ? take_key(b, t)
						    : take_member(b, t);
	if (t->at.line == 0)
		t->at = b->open->at;
	if (tree_add(b->open, NULL, 0, t) == -1) {
		tree_free(t);
		return fail_memory(b);
	}
	return 0;
}

int
yamlbuild_value(struct yamlbuild *b, struct tree *t, const char *anchor)
{
	bool is_open = t->kind == TREE_TABLE || t->kind == TREE_ARRAY;

	if (place(b, t) == -1 ||
		(anchor != NULL && set_anchor(b, anchor, t) == -1))
		return -1;
	return is_open ? push(b, t) : 0;
}

const struct tree *
yamlbuild_owner(const struct yamlbuild *b)
{
	const struct tree *key = b->depth > 0 ? b->key[b->depth - 1] : NULL;

	return key != NULL ? key : b->open;
}

/* A copy of a value without its key, ${depth} levels down at most. */
static struct tree *
copy(struct yamlbuild *b, const struct tree *from, const struct tree *where,
	size_t depth)
{
	struct tree *t, *member;

	if (++b->n_copies > YAML_MAX_COPIES) {
		yamlbuild_fail(b, where,
			"aliases that stand for more than %d values",
			YAML_MAX_COPIES);
		return NULL;
	}
	if (depth == 0) {
		yamlbuild_fail(b, where,
			"more than %d levels deep by this alias",
			YAML_MAX_DEPTH);
		return NULL;
	}
	if ((t = tree_new(from->kind)) == NULL) {
		fail_memory(b);
		return NULL;
	}
	t->integer = from->integer;
	t->number = from->number;
	t->boolean = from->boolean;
	t->mark = from->mark | YAML_COPIED;
	t->at = from->at;
	if (from->text != NULL && tree_text(t, from->text, from->len) == -1)
		goto memory;
	for (from = from->first; from != NULL; from = from->next) {
		if ((member = copy(b, from, where, depth - 1)) == NULL)
			goto err;
		member->key_at = from->key_at;
		if (tree_add(t, from->key, from->key_len, member) == -1) {
			tree_free(member);
			goto memory;
		}
	}
	return t;

memory:
	fail_memory(b);
err:
	tree_free(t);
	return NULL;
}

int
yamlbuild_alias(struct yamlbuild *b, const char *name, const struct tree *at)
{
	const struct yamlbuild_anchor *a = NULL;
	struct tree *t;

	for (size_t i = b->n_anchors; i > 0 && a == NULL; i--)
		if (strcmp(b->anchor[i - 1].name, name) == 0)
			a = &b->anchor[i - 1];
	if (a == NULL)
		return yamlbuild_fail(b, at,
			"the alias *%.60s has no anchor before it", name);
	if (a->is_open)
		return yamlbuild_fail(
			b, at, "the alias *%.60s stands for itself", name);
	t = copy(b, a->value, at, YAML_MAX_DEPTH - b->depth + 1);
	if (t == NULL)
		return -1;
	t->mark &= ~(unsigned)YAML_MERGED;
	return place(b, t);
}

/* Append copies of the members of ${from} to ${t}. */
static int
merge_table(struct yamlbuild *b, struct tree *t, const struct tree *from)
{
	struct tree *member;

	if (from->kind != TREE_TABLE)
		return yamlbuild_fail(b, from,
			"a merge key (<<) takes a table or a list of them, "
			"not %s",
			tree_kind_name(from->kind));
	for (const struct tree *m = from->first; m != NULL; m = m->next) {
		member = copy(b, m, from, YAML_MAX_DEPTH - b->depth + 1);
		if (member == NULL)
			return -1;
		member->key_at = m->key_at;
		member->mark |= YAML_MERGED;
		if (tree_add(t, m->key, m->key_len, member) == -1) {
			tree_free(member);
			return fail_memory(b);
		}
	}
	return 0;
}

/* Take the value of each merge key out and what it has in. */
static int
merge(struct yamlbuild *b, struct tree *t)
{
	struct tree *m = t->first, *next, *keys = NULL, **end = &keys, *from;
	int rc = 0;

	t->first = t->last = NULL;
	t->n = 0;
	for (; m != NULL; m = next) {
		next = m->next;
		m->next = NULL;
		if (m->mark & YAML_MERGED) {
			*end = m;
			end = &m->next;
			continue;
		}
		if (t->last != NULL)
			t->last->next = m;
		else
			t->first = m;
		t->last = m;
		t->n++;
	}
	for (m = keys; m != NULL; m = next) {
		next = m->next;
		m->next = m->parent = NULL;
		from = m->kind == TREE_ARRAY ? m->first : m;
		for (; from != NULL && rc == 0; from = from->next)
			rc = merge_table(b, t, from);
		if (keep(b, m) == -1)
			rc = -1;
	}
	return rc;
}

static int
compare_keys(const struct tree *x, const struct tree *y)
{
	size_t n = x->key_len < y->key_len ? x->key_len : y->key_len;
	int c = memcmp(x->key, y->key, n);

	return c ? c : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

struct ranked {
	struct tree *member;
	size_t rank;
};

/* By key, then own members before merged ones, then by order. */
static int
by_key(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int c = compare_keys(x->member, y->member);
	unsigned p = x->member->mark & YAML_MERGED,
		 q = y->member->mark & YAML_MERGED;

	if (c == 0)
		c = (p > q) - (p < q);
	return c ? c : (x->rank > y->rank) - (x->rank < y->rank);
}

static int
note_twice(struct yamlbuild *b, const struct tree *first, struct tree *again)
{
	struct yaml_twice *list =
		mem_resize(b->out->twice, b->out->n_twice + 1, sizeof(*list));

	if (list == NULL)
		return fail_memory(b);
	b->out->twice = list;
	list[b->out->n_twice++] = (struct yaml_twice){first, again};
	again->mark |= YAML_TWICE;
	return 0;
}

static void
drop(struct tree *t)
{
	struct tree *m = t->first, *next;

	t->first = t->last = NULL;
	t->n = 0;
	for (; m != NULL; m = next) {
		next = m->next;
		m->next = NULL;
		if (m->mark & DROPPED) {
			m->parent = NULL;
			tree_free(m);
			continue;
		}
		if (t->last != NULL)
			t->last->next = m;
		else
			t->first = m;
		t->last = m;
		t->n++;
	}
}

/* Keys that stand twice: own ones are noted, merged ones give way. */
static int
compare_members(struct yamlbuild *b, struct tree *t)
{
	struct ranked *list;
	struct tree *m = t->first;
	int rc = 0;

	if (t->n < 2)
		return 0;
	if ((list = mem_zalloc(t->n, sizeof(*list))) == NULL)
		return fail_memory(b);
	for (size_t i = 0; i < t->n; i++, m = m->next)
		list[i] = (struct ranked){m, i};
	qsort(list, t->n, sizeof(*list), by_key);
	for (size_t i = 1; i < t->n && rc == 0; i++) {
		m = list[i].member;
		if (compare_keys(list[i - 1].member, m) != 0)
			continue;
		if (m->mark & YAML_MERGED)
			m->mark |= DROPPED;
		else
			rc = note_twice(b, list[i - 1].member, m);
	}
	free(list);
	drop(t);
	return rc;
}

int
yamlbuild_end(struct yamlbuild *b)
{
	struct tree *t = b->open;
	bool has_merge = false;

	for (size_t i = b->n_anchors; i > 0; i--)
		if (b->anchor[i - 1].value == t)
			b->anchor[i - 1].is_open = false;
	for (const struct tree *m = t->first; m != NULL; m = m->next)
		has_merge |= t->kind == TREE_TABLE && (m->mark & YAML_MERGED);
	if (t->kind == TREE_TABLE && ((has_merge && merge(b, t) == -1) ||
					     compare_members(b, t) == -1))
		return -1;
	b->depth--;
	b->open = t->parent;
	return 0;
}
