#include <string.h>

#include "json.h"
#include "mem.h"
#include "t.h"
#include "tree.h"

static const char text[] = "{\"a\": 1,\n"
			   " \"list\": [true, null, 3.10, \"x\\ny\", {}],\n"
			   " \"big\": 18446744073709551616,\n"
			   " \"nested\": {\"a\": {\"b\": \"deep\"}}}";

static struct tree *
read_text(void)
{
	struct json_error e;
	struct json *j = json_parse(text, strlen(text), &e);
	struct tree *t;

	if (j == NULL)
		return NULL;
	t = tree_from_json(j);
	json_free(j);
	return t;
}

static void
test_json(void)
{
	struct tree *t = read_text();
	const struct tree *v;

	T_OK(t != NULL && t->kind == TREE_TABLE, "an object is a table");
	T_INT(t->n, 4, "of four members");
	v = tree_get(t, "a");
	T_OK(v != NULL && v->kind == TREE_INT && v->integer == 1, "an integer");
	T_OK(v->key_at.line == 1 && v->key_at.column == 2, "place of a key");
	T_OK(v->at.line == 1 && v->at.column == 7, "place of a value");
	v = tree_get(t, "list");
	T_OK(v != NULL && v->kind == TREE_ARRAY && v->n == 5, "an array");
	T_OK(v->first->boolean && v->first->kind == TREE_BOOL, "a boolean");
	T_OK(v->first->next->kind == TREE_NULL, "null");
	T_OK(v->first->next->next->kind == TREE_FLOAT, "a float");
	T_STR(v->first->next->next->text, "3.10", "as it was written");
	T_STR(tree_str(v->first->next->next->next), "x\ny", "a string");
	T_OK(v->last->kind == TREE_TABLE && v->last->n == 0, "empty table");
	T_OK(v->last->parent == v && v->last->at.line == 2, "its parent");
	v = tree_get(t, "big");
	T_OK(v->kind == TREE_FLOAT, "more than 64 bits is no integer");
	T_STR(v->text, "18446744073709551616", "but keeps its text");
	v = tree_get(tree_get(tree_get(t, "nested"), "a"), "b");
	T_STR(tree_str(v), "deep", "nested");
	T_OK(tree_get(t, "none") == NULL && tree_get(v, "b") == NULL &&
			tree_get(NULL, "b") == NULL,
		"what is not there");
	tree_free(t);
}

static void
test_strings(void)
{
	struct tree *t = tree_new(TREE_STRING);

	T_INT(tree_text(t, "a\0b", 3), 0, "a string with a NUL");
	T_OK(t->len == 3 && tree_str(t) == NULL, "is none for C");
	T_INT(tree_text(t, "ab", 2), 0, "another text");
	T_STR(tree_str(t), "ab", "replaces it");
	T_STR(tree_kind_name(t->kind), "a string", "its kind has a name");
	tree_free(t);
	tree_free(NULL);
}

/* A depth that would overflow the stack if freeing were recursive. */
static void
test_depth(void)
{
	struct tree *root = tree_new(TREE_ARRAY), *t = root, *inner;
	long i;

	for (i = 0; i < 1000000; i++) {
		inner = tree_new(TREE_ARRAY);
		tree_add(t, NULL, 0, inner);
		t = inner;
	}
	tree_free(root);
	T_OK(i == 1000000, "frees any depth");
}

int
main(void)
{
	T_BEGIN();
	test_json();
	test_strings();
	test_depth();
	T_ALLOC_LOOP(500, tree_free(read_text()));
	return T_END();
}
