#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "mem.h"
#include "t.h"
#include "toml.h"
#include "tree.h"

static const char text[] =
	"# a file\n"
	"app = \"shop\\n\" # the name\n"
	"a.'b c'.d = 0x1F\n"
	"\n"
	"[[vm]]\n"
	"  cpus = 1_000\n"
	"[vm.x.y]\n"
	"f = -1.50e1\n"
	"list = [ 1979-05-27T07:32:00Z,\r\n\t'it', # \xc3\xa9\n"
	"  { k.l = true, m = \"\"\"\nx\ny\"\"\" } ]\n"
	"[[ vm ]]\n"
	"\"\" = nan\n";

static struct tree *
parse(const char *s)
{
	struct toml_error err;
	struct tree *t = toml_parse(s, strlen(s), &err);

	if (t == NULL)
		printf("# %u:%u: %s\n", err.line, err.column, err.what);
	return t;
}

static const struct tree *
at(const struct tree *t, const char *a, const char *b, const char *c)
{
	const char *const keys[] = {a, b, c};
	size_t i;

	for (i = 0; i < 3 && keys[i] != NULL; i++)
		t = tree_get(t, keys[i]);
	return t;
}

static int
is_place(const struct tree_place *p, unsigned line, unsigned column,
	const char *source)
{
	return p->line == line && p->column == column &&
	       p->end - p->begin == strlen(source) &&
	       memcmp(text + p->begin, source, strlen(source)) == 0;
}

static void
test_scalars(const struct tree *t)
{
	const struct tree *v = at(t, "app", NULL, NULL), *vm;

	T_STR(tree_str(v), "shop\n", "a string, decoded");
	T_OK(v->mark == TOML_BASIC, "its quotes");
	T_OK(is_place(&v->at, 2, 7, "\"shop\\n\""), "its place");
	T_OK(is_place(&v->key_at, 2, 1, "app"), "its key's place");
	v = at(t, "a", "b c", "d");
	T_OK(v->kind == TREE_INT && v->integer == 31, "an integer");
	T_STR(v->text, "0x1F", "as it is written");
	T_OK(is_place(&v->key_at, 3, 9, "d"), "the last part of its key");
	v = at(t, "a", "b c", NULL);
	T_OK(v->mark == TOML_DOTTED, "a table of dotted keys");
	T_OK(is_place(&v->key_at, 3, 3, "'b c'"), "the part that made it");
	vm = at(t, "vm", NULL, NULL);
	T_OK(vm->kind == TREE_ARRAY && vm->mark == TOML_TABLES && vm->n == 2,
		"an array of tables");
	T_OK(is_place(&vm->at, 5, 1, "[[vm]]"), "its first header");
	T_OK(is_place(&vm->last->at, 14, 1, "[[ vm ]]"), "its second");
	T_OK(is_place(&vm->last->key_at, 14, 4, "vm"), "and its key");
	v = at(vm->first, "cpus", NULL, NULL);
	T_OK(v->integer == 1000, "an integer with an underscore");
	v = at(vm->first, "x", NULL, NULL);
	T_OK(v->mark == TOML_IMPLICIT, "a table known from a longer header");
	v = at(vm->first, "x", "y", "f");
	T_OK(v->kind == TREE_FLOAT && v->number == -15, "a float");
	v = vm->last->first;
	T_OK(v->key_len == 0 && isnan(v->number), "nan under an empty key");
}

static void
test_nested(const struct tree *t)
{
	const struct tree *v = at(tree_get(t, "vm")->first, "x", "y", "list");
	struct toml_step path[TOML_MAX_DEPTH];
	size_t n;

	T_OK(v->kind == TREE_ARRAY && v->mark == TOML_STATIC && v->n == 3,
		"an array in brackets");
	T_OK(v->first->kind == TREE_TIME &&
			v->first->mark == TOML_OFFSET_DATETIME,
		"a date with time and offset");
	T_STR(v->first->text, "1979-05-27T07:32:00Z", "as it is written");
	T_OK(is_place(&v->first->next->at, 10, 2, "'it'"), "after CR LF");
	T_OK(v->first->next->mark == TOML_LITERAL, "single quotes");
	T_OK(v->last->mark == TOML_INLINE, "an inline table");
	T_OK(is_place(&at(v->last, "k", "l", NULL)->at, 11, 11, "true"),
		"a value in it");
	v = at(v->last, "m", NULL, NULL);
	T_STR(tree_str(v), "x\ny", "a string of several lines");
	T_OK(v->mark == TOML_MULTI_BASIC && v->at.line == 11, "its place");
	n = toml_path_of(v, path);
	T_OK(n == 7 && path[1].key == NULL && path[5].index == 2,
		"the path to it");
	T_OK(toml_find(t, path, n) == v, "and back");
	path[5].index = 3;
	T_OK(toml_find(t, path, n) == NULL, "nothing is past the end");
}

static void
test_errors(void)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *what;
	} bad[] = {
		{"a = 1\nb = \"x\ny\"\n", 2, 5,
			"the string that begins here does not end on its line"},
		{"\xc3\xa9 = 1", 1, 1, "expected a key, found the byte 0xc3"},
		{"a = 1\n\"a\" = 2", 2, 1,
			"key \"a\" stands twice in the same table"},
		{"a = 9223372036854775808", 1, 5,
			"an integer must lie between -2^63 and 2^63-1"},
		{"a = 1e400", 1, 5,
			"a float must lie between -1.8e308 and 1.8e308"},
		{"a = hunter2", 1, 5,
			"this is no value; text needs quotes, and true, "
			"false, inf and nan small letters"},
		{"a = \"\\x41\"", 1, 6,
			"only \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX and "
			"\\UXXXXXXXX may follow a backslash; a string in "
			"single quotes has none"},
		{"a = {b = 1,\n}", 1, 12,
			"expected a key, found the end of the line"},
		{"[a]\n[a.b]\n[a]\n", 3, 2,
			"key \"a\" has a table with this header already"},
		{"\"\x1b[1m\" = 1\n", 1, 2,
			"a string cannot hold the control character 0x1b as it "
			"is"},
		{"\"\\u001b\" = 1\n'' = 2\n\"\\u001b\" = 3", 3, 1,
			"key \"?\" stands twice in the same table"},
		{"a = [1 2]", 1, 8,
			"expected ',' or ']' in the array, found "
			"'2'"},
		{"a = 2026-02-29", 1, 5, "there is no such day in that month"},
		{"a = 0x8000000000000000", 1, 5,
			"an integer must lie between -2^63 and 2^63-1"},
		{"a = \"\xff\"", 1, 6, "this is no valid UTF-8"},
	};
	struct toml_error err;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		T_OK(toml_parse(bad[i].text, strlen(bad[i].text), &err) == NULL,
			"refuses document %zu", i);
		T_STR(err.what, bad[i].what, "saying why");
		T_OK(err.line == bad[i].line && err.column == bad[i].column,
			"at %u:%u", err.line, err.column);
	}
}

static int
reads(const struct buf *b, const char *why)
{
	struct toml_error err = {0, 0, 0, ""};
	struct tree *t = toml_parse(b->data, b->len, &err);
	int rc = t != NULL ? why == NULL
			   : why != NULL && strcmp(err.what, why) == 0;

	if (!rc)
		printf("# %u:%u: %s\n", err.line, err.column, err.what);
	tree_free(t);
	return rc;
}

static void
repeat(struct buf *b, const char *s, size_t n)
{
	while (n-- > 0)
		(void)buf_puts(b, s);
}

static void
test_depth(void)
{
	static const char too_deep[] =
		"tables and arrays are nested more than 96 levels deep";
	static const struct {
		const char *head, *open, *middle, *close;
	} forms[] = {
		{"a=", "[", "1", "]"},
		{"a=", "{a=", "1", "}"},
		{"", "a.", "a=1", ""},
		{"[", "a.", "a]", ""},
	};
	struct buf b = BUF_INIT;
	size_t i;
	int more;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		for (more = 0; more < 3; more++) {
			size_t n = TOML_MAX_DEPTH - 1;
			n = more < 2 ? n + (size_t)more : 100000;
			buf_clear(&b);
			(void)buf_puts(&b, forms[i].head);
			repeat(&b, forms[i].open, n);
			(void)buf_puts(&b, forms[i].middle);
			repeat(&b, forms[i].close, n);
			T_OK(reads(&b, more > 0 ? too_deep : NULL),
				"%zu levels of form %zu", n, i);
		}
	buf_fini(&b);
}

enum { MANY = 100000, SOME = 20000 };

/* Bounds far above what it takes, far below what quadratic work takes. */
static void
test_large(void)
{
	struct buf b = BUF_INIT;
	clock_t begin = clock();
	unsigned i;

	for (i = 0; i < MANY; i++)
		(void)buf_printf(&b, "key%u = %u\n", i * 7919 % MANY, i);
	for (i = 0; i < SOME; i++)
		(void)buf_printf(&b, "[t%u]\nd.k%u = [[%u]]\n", i, i, i);
	for (i = 0; i < SOME; i++)
		(void)buf_printf(&b, "[[many]]\nx = {a.b = 1, a.c%u = 2}\n", i);
	T_OK(reads(&b, NULL), "%zu bytes with many keys", b.len);
	(void)buf_puts(&b, "[t5.d]\n");
	T_OK(reads(&b, "key \"d\" is a table of dotted keys already"),
		"a duplicate among them");
	buf_clear(&b);
	(void)buf_puts(&b, "[a.b.c.d.e.f.g]\n");
	for (i = 0; i < SOME; i++)
		(void)buf_printf(&b, "a.b.c.d.e.f.g.k%u = \"\"\n", i);
	T_OK(reads(&b, NULL), "%zu bytes of dotted keys", b.len);
	T_OK((double)(clock() - begin) / CLOCKS_PER_SEC < 10, "in little time");
	buf_clear(&b);
	if (buf_reserve(&b, TOML_MAX_SIZE + 1) == 0) {
		memset(b.data, '\n', TOML_MAX_SIZE + 1);
		b.len = TOML_MAX_SIZE + 1;
		T_OK(reads(&b, "the file is larger than 64 MiB"), "too large");
	}
	buf_fini(&b);
}

/* Every prefix of a text is read or refused, without reading past its end. */
static void
test_prefixes(void)
{
	struct toml_error err;
	size_t n, placed = 0;

	for (n = 0; n <= strlen(text); n++) {
		char *copy = malloc(n > 0 ? n : 1);
		struct tree *t;
		if (copy == NULL)
			return;
		memcpy(copy, text, n);
		t = toml_parse(copy, n, &err);
		placed += t != NULL || (err.line > 0 && err.at <= n);
		tree_free(t);
		free(copy);
	}
	T_INT(placed, strlen(text) + 1, "every prefix");
}

int
main(void)
{
	struct tree *t;
	struct toml_error err;
	int wrong = 0;

	T_BEGIN();
	t = parse(text);
	T_OK(t != NULL, "a document");
	if (t != NULL) {
		test_scalars(t);
		test_nested(t);
	}
	tree_free(t);
	test_errors();
	test_depth();
	test_large();
	test_prefixes();
	T_ALLOC_LOOP(1000, {
		t = toml_parse(text, strlen(text), &err);
		wrong += t == NULL && strcmp(err.what, "out of memory") != 0;
		tree_free(t);
	});
	T_INT(wrong, 0, "and says so");
	return T_END();
}
