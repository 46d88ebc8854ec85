#include "treeget.h"

#include "buf.h"
#include "jsonw.h"
#include "mem.h"
#include "tree.h"

#define DEEPEST 32 /* what is below is left out */

const char *
treeget_str(const struct tree *table, const char *key)
{
	return tree_str(tree_get(table, key));
}

const struct tree *
treeget_first(const struct tree *t)
{
	return t != NULL ? t->first : NULL;
}

const char *
treeget_text(const struct tree *t)
{
	if (t == NULL || t->kind == TREE_NULL || t->kind == TREE_ARRAY ||
		t->kind == TREE_TABLE || t->text == NULL ||
		strlen(t->text) != t->len)
		return NULL;
	return t->text;
}

int
treeget_int(const struct tree *t, int64_t min, int64_t max, int64_t *out)
{
	if (t == NULL || t->kind != TREE_INT || t->integer < min ||
		t->integer > max)
		return -1;
	*out = t->integer;
	return 0;
}

void
treeget_place(const struct tree *t, unsigned *line, unsigned *column)
{
	const struct tree_place *p = t->at.line != 0 ? &t->at : &t->key_at;

	*line = p->line;
	*column = p->column;
}

static void
put_scalar(struct jsonw *w, const struct tree *t, const char *key)
{
	switch (t->kind) {
	case TREE_NULL:
		jsonw_null(w, key);
		break;
	case TREE_BOOL:
		jsonw_bool(w, key, t->boolean);
		break;
	case TREE_INT:
		jsonw_int(w, key, t->integer);
		break;
	default:
		jsonw_strn(w, key, t->text, t->len);
		break;
	}
}

static void
put(struct jsonw *w, const struct tree *t, const char *key, unsigned depth)
{
	if (depth == DEEPEST) {
		jsonw_str(w, key, "...");
		return;
	}
	if (t->kind != TREE_ARRAY && t->kind != TREE_TABLE) {
		put_scalar(w, t, key);
		return;
	}
	if (t->kind == TREE_ARRAY)
		jsonw_array(w, key);
	else
		jsonw_object(w, key);
	for (const struct tree *m = t->first; m != NULL; m = m->next)
		put(w, m, m->key, depth + 1);
	jsonw_close(w);
}

int
treeget_json(struct buf *b, const struct tree *t)
{
	struct jsonw w;

	jsonw_value(&w, b);
	put(&w, t, NULL, 0);
	return jsonw_end_value(&w);
}
