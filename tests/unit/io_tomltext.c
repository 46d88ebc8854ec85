#include <math.h>
#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "t.h"
#include "tomltext.h"
#include "tree.h"

static void
string(const char *s, enum tomltext_quotes quotes, const char *want)
{
	struct buf b = BUF_INIT;

	tomltext_put_string(&b, s, strlen(s), quotes);
	T_STR(buf_str(&b), want, "a string: %zu bytes", strlen(s));
	buf_fini(&b);
}

static void
test_strings(void)
{
	struct buf b = BUF_INIT;

	string("plain", TOMLTEXT_BEST, "\"plain\"");
	string("", TOMLTEXT_BEST, "\"\"");
	string("say \"hi\"", TOMLTEXT_BEST, "'say \"hi\"'");
	string("back\\slash", TOMLTEXT_BEST, "'back\\slash'");
	string("it's \"so\"", TOMLTEXT_BEST, "\"it's \\\"so\\\"\"");
	string("a\tb\nc\rd\x01\x7f", TOMLTEXT_BEST,
		"\"a\\tb\\nc\\rd\\u0001\\u007F\"");
	string("\xc2\x85\xc3\xa9", TOMLTEXT_BEST, "\"\\u0085\xc3\xa9\"");
	string("say \"hi\"", TOMLTEXT_BASIC, "\"say \\\"hi\\\"\"");
	string("plain", TOMLTEXT_LITERAL, "'plain'");
	string("it's", TOMLTEXT_LITERAL, "\"it's\"");
	string("a\nb\"", TOMLTEXT_MULTI_BASIC, "\"\"\"a\nb\\\"\"\"\"");
	string("\na\r\n", TOMLTEXT_MULTI_BASIC, "\"\"\"\n\na\\r\n\"\"\"");
	string("\n\\it's''", TOMLTEXT_MULTI_BASIC,
		"\"\"\"\n\n\\\\it's''\"\"\"");
	string("\n\\it''s", TOMLTEXT_MULTI_LITERAL, "'''\n\n\\it''s'''");
	string("it's'", TOMLTEXT_MULTI_LITERAL, "\"\"\"it's'\"\"\"");
	string("it'''s", TOMLTEXT_MULTI_LITERAL, "\"\"\"it'''s\"\"\"");
	tomltext_put_string(&b, "a\0\"", 3, TOMLTEXT_LITERAL);
	T_STR(buf_str(&b), "\"a\\u0000\\\"\"", "a string with a NUL");
	buf_fini(&b);
}

static void
key(const char *s, const char *want)
{
	struct buf b = BUF_INIT;

	tomltext_put_key(&b, s, strlen(s));
	T_STR(buf_str(&b), want, "a key: %s", want);
	buf_fini(&b);
}

static struct tree *
add(struct tree *parent, const char *name, enum tree_kind kind)
{
	struct tree *t = tree_new(kind);

	if (t != NULL && parent != NULL &&
		tree_add(parent, name, name != NULL ? strlen(name) : 0, t) ==
			-1) {
		tree_free(t);
		return NULL;
	}
	return t;
}

static void
number(double v, const char *want)
{
	struct tree *t = tree_new(TREE_FLOAT);
	struct buf b = BUF_INIT;

	t->number = v;
	tomltext_put_value(&b, t, TOMLTEXT_BEST);
	T_STR(buf_str(&b), want, "a float: %s", want);
	tree_free(t);
	buf_fini(&b);
}

static void
test_values(void)
{
	struct tree *root = tree_new(TREE_TABLE), *t, *a;
	struct buf b = BUF_INIT;
	int i;

	number(1, "1.0");
	number(-0.0, "-0.0");
	number(0.1, "0.1");
	number(1e300, "1e+300");
	number(1.0 / 3, "0.3333333333333333");
	number(-INFINITY, "-inf");
	number(NAN, "nan");
	add(root, "i", TREE_INT)->integer = INT64_MIN;
	add(root, "a.b", TREE_BOOL)->boolean = true;
	a = add(root, "list", TREE_ARRAY);
	tree_text(add(a, NULL, TREE_STRING), "x", 1);
	add(a, NULL, TREE_TABLE);
	add(a, NULL, TREE_STRING);
	tree_text(add(a, NULL, TREE_TIME), "07:32:00", 8);
	T_INT(tomltext_put_value(&b, root, TOMLTEXT_BEST), 0, "a table");
	T_STR(buf_str(&b),
		"{ i = -9223372036854775808, \"a.b\" = true, "
		"list = [\"x\", {}, \"\", 07:32:00] }",
		"on one line");
	add(a, NULL, TREE_NULL);
	T_INT(tomltext_put_value(&b, root, TOMLTEXT_BEST), -1,
		"null has no TOML");
	tree_free(root);
	root = t = tree_new(TREE_ARRAY);
	for (i = 0; i < 1000; i++)
		t = add(t, NULL, TREE_ARRAY);
	T_INT(tomltext_put_value(&b, root, TOMLTEXT_BEST), -1,
		"depth is bounded");
	tree_free(root);
	buf_clear(&b);
	tomltext_put_comment(&b, "a\n\x1b\xc2\x9b\xc3\xa9", 7);
	T_STR(buf_str(&b), "a???\xc3\xa9", "a comment on one line");
	buf_fini(&b);
}

int
main(void)
{
	T_BEGIN();
	test_strings();
	key("bare-key_1", "bare-key_1");
	key("", "\"\"");
	key("a b", "\"a b\"");
	key("\xc3\xa9", "\"\xc3\xa9\"");
	test_values();
	return T_END();
}
