#include <string.h>

#include "toml.h"
#include "tomlparse.h"
#include "tree.h"

struct tree *
toml_parse(const char *text, size_t len, struct toml_error *err)
{
	struct tomlparse p;
	struct tree *root;

	if (tomlparse_run(&p, text, len, err) == -1)
		return NULL;
	root = p.root;
	p.root = NULL;
	tomlparse_fini(&p);
	return root;
}

/* Counts from the first; linear, as an array has no index. */
static size_t
index_of(const struct tree *t)
{
	const struct tree *e;
	size_t i = 0;

	for (e = t->parent->first; e != t; e = e->next)
		i++;
	return i;
}

size_t
toml_path_of(const struct tree *t, struct toml_step *path)
{
	const struct tree *up;
	size_t n = 0, i;

	for (up = t; up->parent != NULL; up = up->parent)
		n++;
	for (i = n; i > 0; i--, t = t->parent) {
		path[i - 1].key = t->key;
		path[i - 1].key_len = t->key_len;
		path[i - 1].index = t->key == NULL ? index_of(t) : 0;
	}
	return n;
}

static const struct tree *
member(const struct tree *t, const struct toml_step *step)
{
	const struct tree *m;
	size_t i = 0;

	if (t->kind != (step->key != NULL ? TREE_TABLE : TREE_ARRAY))
		return NULL;
	for (m = t->first; m != NULL; m = m->next, i++) {
		if (step->key == NULL ? i == step->index
				      : m->key_len == step->key_len &&
						memcmp(m->key, step->key,
							m->key_len) == 0)
			return m;
	}
	return NULL;
}

const struct tree *
toml_find(const struct tree *root, const struct toml_step *path, size_t n)
{
	const struct tree *t = root;
	size_t i;

	for (i = 0; i < n && t != NULL; i++)
		t = member(t, &path[i]);
	return t;
}
