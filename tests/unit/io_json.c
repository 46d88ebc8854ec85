#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "json.h"
#include "mem.h"
#include "t.h"

#define TEXT(s) s, sizeof(s) - 1

struct text {
	const char *text;
	size_t len;
};

/* Texts that must be accepted, and come back from json_put as they are. */
static const struct text compact[] = {
	{TEXT("null")},
	{TEXT("true")},
	{TEXT("false")},
	{TEXT("\"\"")},
	{TEXT("\"a\"")},
	{TEXT("0")},
	{TEXT("-0")},
	{TEXT("-1")},
	{TEXT("123456789012345678901234567890")},
	{TEXT("1.5")},
	{TEXT("0.10")},
	{TEXT("-0.0")},
	{TEXT("1e5")},
	{TEXT("1E5")},
	{TEXT("1e+5")},
	{TEXT("1E-05")},
	{TEXT("0e0")},
	{TEXT("0e+00")},
	{TEXT("1.25e400")},
	{TEXT("1e-999999999")},
	{TEXT("[]")},
	{TEXT("{}")},
	{TEXT("[1]")},
	{TEXT("[1,2]")},
	{TEXT("[[],[[]],{}]")},
	{TEXT("[null,true,false,\"\",0]")},
	{TEXT("{\"\":1}")},
	{TEXT("{\"a\":{\"a\":{\"a\":[]}}}")},
	{TEXT("{\"a\":1,\"A\":2,\"a \":3}")},
	{TEXT("{\"b\":1,\"a\":2,\"c\":3}")},
	{TEXT("[{\"a\":1},{\"a\":1}]")},
	{TEXT("\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x80\"")},
	{TEXT("\"\xef\xbf\xbf\xf4\x8f\xbf\xbf\"")},
	{TEXT("\"\xe2\x80\xa8\xe2\x80\xa9\"")},
	{TEXT("\"a\xef\xbb\xbf\"")},
	{TEXT("\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\"")},
	{TEXT("\"/\"")},
};

/* Texts that must be accepted; what json_put makes of them. */
static const struct {
	const char *text, *want;
} rewritten[] = {
	{" null", "null"},
	{"\t\r\n [ ] \n", "[]"},
	{"{ }", "{}"},
	{"[ 1 , 2 ]", "[1,2]"},
	{"{ \"a\" : 1 , \"b\" : [ ] }", "{\"a\":1,\"b\":[]}"},
	{"\"\\/\"", "\"/\""},
	{"\"\\b\\f\"", "\"\\u0008\\u000c\""},
	{"\"\\u0041\"", "\"A\""},
	{"\"\\u00e9\\u20AC\"", "\"\xc3\xa9\xe2\x82\xac\""},
	{"\"\\ud83d\\ude80\"", "\"\xf0\x9f\x9a\x80\""},
	{"\"\\uDBFF\\uDFFF\"", "\"\xf4\x8f\xbf\xbf\""},
	{"\"\\ud800\\udc00\"", "\"\xf0\x90\x80\x80\""},
	{"\"\\ud7ff\\ue000\"", "\"\xed\x9f\xbf\xee\x80\x80\""},
	{"\"\\\\u0000\"", "\"\\\\u0000\""},
	{"\"\\u0022\\u005c\\u000A\"", "\"\\\"\\\\\\n\""},
	{"{\"\\u0061\":1}", "{\"a\":1}"},
	{"\"\x7f\"", "\"\\u007f\""},
};

/* Texts that must be refused: where, and a part of the reason. */
static const struct {
	const char *text;
	size_t len;
	unsigned line, column;
	const char *what;
} refused[] = {
	{TEXT(""), 1, 1, "end of text"},
	{TEXT(" "), 1, 2, "end of text"},
	{TEXT("\n\n  "), 3, 3, "end of text"},
	{TEXT("\0"), 1, 1, "not a JSON value"},
	{TEXT("1\0"), 1, 2, "text after the end"},
	{TEXT("[1\0]"), 1, 3, "expected"},
	{TEXT("\"a\0b\""), 1, 3, "control character"},
	{TEXT("\xef\xbb\xbf{}"), 1, 1, "byte order mark"},
	{TEXT("\xff\xfe[\0"), 1, 1, "UTF-8"},
	/* literals */
	{TEXT("nul"), 1, 1, "not a JSON value"},
	{TEXT("nulL"), 1, 1, "not a JSON value"},
	{TEXT("True"), 1, 1, "not a JSON value"},
	{TEXT("truee"), 1, 5, "text after the end"},
	{TEXT("undefined"), 1, 1, "not a JSON value"},
	{TEXT("NaN"), 1, 1, "not a JSON value"},
	{TEXT("Infinity"), 1, 1, "not a JSON value"},
	{TEXT("'a'"), 1, 1, "not a JSON value"},
	{TEXT("*"), 1, 1, "not a JSON value"},
	{TEXT("\xc3\xa5"), 1, 1, "not a JSON value"},
	/* numbers */
	{TEXT("-"), 1, 2, "digit"},
	{TEXT("+1"), 1, 1, "not a JSON value"},
	{TEXT(".5"), 1, 1, "not a JSON value"},
	{TEXT("-.5"), 1, 2, "digit"},
	{TEXT("1."), 1, 3, "digit"},
	{TEXT("1.e5"), 1, 3, "digit"},
	{TEXT("1e"), 1, 3, "digit"},
	{TEXT("1e+"), 1, 4, "digit"},
	{TEXT("1e1.5"), 1, 4, "text after the end"},
	{TEXT("01"), 1, 2, "leading zero"},
	{TEXT("-01"), 1, 3, "leading zero"},
	{TEXT("00"), 1, 2, "leading zero"},
	{TEXT("0x1"), 1, 2, "text after the end"},
	{TEXT("1_000"), 1, 2, "text after the end"},
	{TEXT("1 000"), 1, 3, "text after the end"},
	{TEXT("--1"), 1, 2, "digit"},
	{TEXT("-Infinity"), 1, 2, "digit"},
	{TEXT("1f"), 1, 2, "text after the end"},
	{TEXT("\xef\xbc\x91"), 1, 1, "not a JSON value"},
	/* strings */
	{TEXT("\""), 1, 1, "string without end"},
	{TEXT("\"abc"), 1, 1, "string without end"},
	{TEXT("\"\\"), 1, 3, "unknown escape"},
	{TEXT("\"\\\""), 1, 1, "string without end"},
	{TEXT("\"\\a\""), 1, 3, "unknown escape"},
	{TEXT("\"\\x41\""), 1, 3, "unknown escape"},
	{TEXT("\"\\'\""), 1, 3, "unknown escape"},
	{TEXT("\"\\U0041\""), 1, 3, "unknown escape"},
	{TEXT("\"\\\0\""), 1, 3, "unknown escape"},
	{TEXT("\"a\tb\""), 1, 3, "control character"},
	{TEXT("\"a\nb\""), 1, 3, "control character"},
	{TEXT("\"\x1f\""), 1, 2, "control character"},
	{TEXT("\"\\u\""), 1, 4, "four hexadecimal"},
	{TEXT("\"\\u12\""), 1, 6, "four hexadecimal"},
	{TEXT("\"\\u123"), 1, 7, "four hexadecimal"},
	{TEXT("\"\\u00g0\""), 1, 6, "four hexadecimal"},
	{TEXT("\"\\u0000\""), 1, 2, "NUL"},
	{TEXT("{\"\\u0000\":1}"), 1, 3, "NUL"},
	{TEXT("\"\\ud800\""), 1, 2, "surrogate"},
	{TEXT("\"\\ud800x\""), 1, 2, "surrogate"},
	{TEXT("\"\\ud800\\n\""), 1, 2, "surrogate"},
	{TEXT("\"\\ud800\\u\""), 1, 2, "surrogate"},
	{TEXT("\"\\ud800\\ud800\""), 1, 2, "surrogate"},
	{TEXT("\"\\ud800\\u0041\""), 1, 2, "surrogate"},
	{TEXT("\"x\\udc00\""), 1, 3, "surrogate"},
	{TEXT("\"\\udfff\\ud800\""), 1, 2, "surrogate"},
	/* not UTF-8 */
	{TEXT("\"\xff\""), 1, 2, "UTF-8"},
	{TEXT("\"\x80\""), 1, 2, "UTF-8"},
	{TEXT("\"\xc0\xaf\""), 1, 2, "UTF-8"},
	{TEXT("\"\xe0\x80\xaf\""), 1, 2, "UTF-8"},
	{TEXT("\"\xed\xa0\x80\""), 1, 2, "UTF-8"},
	{TEXT("\"\xf4\x90\x80\x80\""), 1, 2, "UTF-8"},
	{TEXT("\"\xe2\x82\""), 1, 2, "UTF-8"},
	{TEXT("[\n\"\xe9\"]"), 2, 2, "UTF-8"},
	/* arrays */
	{TEXT("["), 1, 2, "end of text"},
	{TEXT("[1"), 1, 1, "array without end"},
	{TEXT("[1,"), 1, 4, "end of text"},
	{TEXT("[1,]"), 1, 4, "not a JSON value"},
	{TEXT("[,1]"), 1, 2, "not a JSON value"},
	{TEXT("[1,,2]"), 1, 4, "not a JSON value"},
	{TEXT("[1 2]"), 1, 4, "expected"},
	{TEXT("[1}"), 1, 3, "expected"},
	{TEXT("[1]]"), 1, 4, "text after the end"},
	{TEXT("[1]x"), 1, 4, "text after the end"},
	{TEXT("]"), 1, 1, "not a JSON value"},
	{TEXT("[\"a\":1]"), 1, 5, "expected"},
	{TEXT("[1]\f"), 1, 4, "text after the end"},
	{TEXT("[1\xc2\xa0]"), 1, 3, "expected"},
	{TEXT("[1,\n 2,\n x]"), 3, 2, "not a JSON value"},
	/* objects */
	{TEXT("{"), 1, 2, "key in quotes"},
	{TEXT("{\"a\""), 1, 5, "':' is expected"},
	{TEXT("{\"a\":"), 1, 6, "end of text"},
	{TEXT("{\"a\":1"), 1, 1, "object without end"},
	{TEXT("{\"a\":1,}"), 1, 8, "key in quotes"},
	{TEXT("{,}"), 1, 2, "key in quotes"},
	{TEXT("{a:1}"), 1, 2, "key in quotes"},
	{TEXT("{'a':1}"), 1, 2, "key in quotes"},
	{TEXT("{1:1}"), 1, 2, "key in quotes"},
	{TEXT("{\"a\" 1}"), 1, 6, "':' is expected"},
	{TEXT("{\"a\",1}"), 1, 5, "':' is expected"},
	{TEXT("{\"a\"::1}"), 1, 6, "not a JSON value"},
	{TEXT("{\"a\":1 \"b\":2}"), 1, 8, "expected"},
	{TEXT("{\"a\":1]"), 1, 7, "expected"},
	{TEXT("{\"a\"}"), 1, 5, "':' is expected"},
	{TEXT("{}{}"), 1, 3, "text after the end"},
	{TEXT("{}//c"), 1, 3, "text after the end"},
	{TEXT("{/*c*/}"), 1, 2, "key in quotes"},
	{TEXT("# c\n{}"), 1, 1, "not a JSON value"},
	/* duplicate keys: at the later one */
	{TEXT("{\"a\":1,\"a\":1}"), 1, 8, "key \"a\" stands twice"},
	{TEXT("{\"a\":1,\n \"b\":2,\n \"a\":3}"), 3, 2, "key \"a\""},
	{TEXT("{\"a\":1,\"\\u0061\":2}"), 1, 8, "key \"a\""},
	{TEXT("{\"x\":[{\"\":1,\"\":2}]}"), 1, 13, "key \"\""},
	{TEXT("{\"a\\nb\":1,\"a\\nb\":2}"), 1, 11, "key \"a?b\""},
};

static struct json *
parse(const char *s)
{
	struct json_error err;

	return json_parse(s, strlen(s), &err);
}

static void
check_round_trip(const char *text, size_t len, const char *want)
{
	struct json_error err;
	struct json *j = json_parse(text, len, &err);
	struct buf b = BUF_INIT;

	T_OK(j != NULL && json_put(&b, json_root(j)) == 0 &&
			strcmp(buf_str(&b), want) == 0,
		"accepted: %s", want);
	json_free(j);
	buf_fini(&b);
}

static void
test_texts(void)
{
	size_t i;

	for (i = 0; i < sizeof(compact) / sizeof(compact[0]); i++)
		check_round_trip(
			compact[i].text, compact[i].len, compact[i].text);
	for (i = 0; i < sizeof(rewritten) / sizeof(rewritten[0]); i++)
		check_round_trip(rewritten[i].text, strlen(rewritten[i].text),
			rewritten[i].want);
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct json_error err = {0, 0, ""};
		struct json *j =
			json_parse(refused[i].text, refused[i].len, &err);
		int ok = !j && err.line == refused[i].line &&
			 err.column == refused[i].column &&
			 strstr(err.what, refused[i].what);

		T_OK(ok, "refused %zu: %s", i, refused[i].what);
		if (!ok)
			printf("#   got %u:%u %s, want %u:%u\n", err.line,
				err.column, j ? "(accepted)" : err.what,
				refused[i].line, refused[i].column);
		json_free(j);
	}
}

/* Every proper prefix of a document is refused, read without its NUL. */
static void
test_prefixes(void)
{
	static const char text[] =
		"{\"a\":[1,-2.5e+3,true,null],\"b\\u00e9\":\"\\ud83d\\ude80\"}";
	size_t n, accepted = 0;

	for (n = 0; n < sizeof(text) - 1; n++) {
		struct json_error err;
		char *exact = malloc(n ? n : 1);
		struct json *j;

		if (!exact)
			break;
		memcpy(exact, text, n);
		j = json_parse(exact, n, &err);
		accepted += j != NULL;
		json_free(j);
		free(exact);
	}
	T_INT(n, sizeof(text) - 1, "all prefixes were tried");
	T_INT(accepted, 0, "no prefix is taken for a document");
}

static void
nest(struct buf *b, const char *open, const char *close, unsigned n)
{
	unsigned i;

	buf_clear(b);
	for (i = 0; i < n; i++)
		(void)buf_puts(b, open);
	if (open[0] == '{')
		(void)buf_puts(b, "{}");
	for (i = 0; i < n; i++)
		(void)buf_puts(b, close);
}

static void
test_depth(void)
{
	struct buf b = BUF_INIT, again = BUF_INIT;
	struct json_error err;
	struct json *j;

	nest(&b, "[", "]", JSON_MAX_DEPTH);
	j = json_parse(b.data, b.len, &err);
	T_OK(j != NULL, "arrays to the depth allowed");
	T_OK(j && json_put(&again, json_root(j)) == 0, "and written again");
	T_STR(buf_str(&again), buf_str(&b), "the same");
	json_free(j);
	nest(&b, "{\"a\":", "}", JSON_MAX_DEPTH - 1);
	T_OK((j = json_parse(b.data, b.len, &err)) != NULL,
		"objects to the depth allowed");
	json_free(j);
	nest(&b, "[", "]", JSON_MAX_DEPTH + 1);
	T_OK(!json_parse(b.data, b.len, &err), "one array too deep");
	T_STR(err.what, "nested too deeply", "with its reason");
	T_INT(err.column, JSON_MAX_DEPTH + 1, "at its bracket");
	nest(&b, "[", "", 1000000);
	T_OK(!json_parse(b.data, b.len, &err), "a million brackets");
	buf_fini(&b);
	buf_fini(&again);
}

static void
test_access(void)
{
	struct json *j = parse("{\"n\":null,\"b\":true,\"s\":\"x\",\"i\":7,"
			       "\"a\":[1,2,3],\"o\":{\"k\":\"v\"}}");
	const struct json_val *root = json_root(j), *v;
	bool b = false;
	int64_t n;
	size_t i = 0;

	T_INT(json_kind(root), JSON_OBJECT, "kind of the root");
	T_INT(json_kind(NULL), JSON_NULL, "kind of nothing");
	T_INT(json_kind(json_get(root, "n")), JSON_NULL, "kind: null");
	T_INT(json_kind(json_get(root, "b")), JSON_BOOL, "kind: boolean");
	T_INT(json_kind(json_get(root, "s")), JSON_STRING, "kind: string");
	T_INT(json_kind(json_get(root, "i")), JSON_NUMBER, "kind: number");
	T_INT(json_kind(json_get(root, "a")), JSON_ARRAY, "kind: array");
	T_OK(json_get(root, "x") == NULL, "no such member");
	T_OK(json_get(root, "N") == NULL, "keys differ by case");
	T_OK(json_get(NULL, "x") == NULL, "a member of nothing");
	T_OK(json_get(json_get(root, "a"), "x") == NULL, "of an array");
	T_STR(json_get_str(json_get(root, "o"), "k"), "v", "a string");
	T_OK(json_get_str(root, "i") == NULL, "a number is no string");
	T_OK(json_bool(json_get(root, "b"), &b) == 0 && b, "a boolean");
	T_INT(json_bool(json_get(root, "i"), &b), -1, "7 is no boolean");
	T_INT(json_bool(NULL, &b), -1, "nothing is no boolean");
	T_INT(json_int(NULL, 0, 9, &n), -1, "nothing is no integer");
	T_INT(json_count(root), 6, "members of an object");
	T_INT(json_count(json_get(root, "a")), 3, "members of an array");
	T_INT(json_count(json_get(root, "i")), 0, "members of a number");
	T_INT(json_count(NULL), 0, "members of nothing");
	for (v = json_first(root); v; v = json_next(v))
		i += strchr("nbsiao", *json_key(v)) != NULL;
	T_INT(i, 6, "walked by key");
	for (i = 0, v = json_first(json_get(root, "a")); v; v = json_next(v))
		i += json_key(v) == NULL && json_int(v, 1, 3, &n) == 0;
	T_INT(i, 3, "array members have no key");
	T_OK(!json_first(json_get(root, "s")), "a string has no members");
	T_OK(!json_first(NULL), "nothing has no members");
	json_wipe(j);
	json_wipe(NULL);
	json_free(NULL);
}

static void
test_numbers(void)
{
	static const struct {
		const char *text;
		int rc;
		int64_t want;
	} ints[] = {
		{"0", 0, 0},
		{"-0", 0, 0},
		{"9007199254740993", 0, 9007199254740993},
		{"9223372036854775807", 0, INT64_MAX},
		{"-9223372036854775808", 0, INT64_MIN},
		{"9223372036854775808", -1, 0},
		{"-9223372036854775809", -1, 0},
		{"99999999999999999999999999", -1, 0},
		{"1.0", -1, 0},
		{"1e3", -1, 0},
		{"\"1\"", -1, 0},
		{"true", -1, 0},
	};
	struct buf b = BUF_INIT;
	struct json *j;
	double d = 0;
	size_t i;

	for (i = 0; i < sizeof(ints) / sizeof(ints[0]); i++) {
		int64_t n = 0;
		int rc;

		j = parse(ints[i].text);
		rc = json_int(json_root(j), INT64_MIN, INT64_MAX, &n);
		T_OK(rc == ints[i].rc && n == ints[i].want, "integer %s",
			ints[i].text);
		json_free(j);
	}
	j = parse("[5,1.25,-2e3,1e400]");
	T_INT(json_int(json_first(json_root(j)), 6, 9, &(int64_t){0}), -1,
		"below the bound");
	T_INT(json_int(json_first(json_root(j)), 0, 4, &(int64_t){0}), -1,
		"above the bound");
	const struct json_val *v = json_next(json_first(json_root(j)));
	T_OK(json_num(v, &d) == 0 && d == 1.25, "a fraction");
	v = json_next(v);
	T_OK(json_num(v, &d) == 0 && d == -2000, "an exponent");
	T_INT(json_num(json_next(v), &d), -1, "beyond a double");
	T_INT(json_num(json_root(j), &d), -1, "an array is no number");
	T_INT(json_num(NULL, &d), -1, "nothing is no number");
	json_free(j);
	for (i = 0; i < 5000; i++)
		(void)buf_putc(&b, '1');
	check_round_trip(b.data, b.len, b.data);
	buf_fini(&b);
}

static void
test_where(void)
{
	static const char text[] = "{\n  \"a\": [1,\n\t\"x\"],\r\n\"b\":{}}\n";
	struct json *j = parse(text);
	const struct json_val *a = json_get(json_root(j), "a");
	unsigned line, column;

	json_where(j, json_root(j), &line, &column);
	T_OK(line == 1 && column == 1, "the root");
	json_where(j, a, &line, &column);
	T_OK(line == 2 && column == 8, "a value, not its key");
	json_where(j, json_first(a), &line, &column);
	T_OK(line == 2 && column == 9, "an item");
	json_where(j, json_next(json_first(a)), &line, &column);
	T_OK(line == 3 && column == 2, "an item on a line of its own");
	json_where(j, json_get(json_root(j), "b"), &line, &column);
	T_OK(line == 4 && column == 5, "after CR LF");
	json_free(j);
	j = parse(" [\"\xc3\xa9\",1]");
	json_where(j, json_next(json_first(json_root(j))), &line, &column);
	T_OK(line == 1 && column == 8, "columns count bytes");
	json_free(j);
}

/* The message stays one line of whole characters, however long the key. */
static void
test_long_duplicate(void)
{
	struct buf b = BUF_INIT;
	struct json_error err;
	struct json *j;
	int round, i;

	(void)buf_putc(&b, '{');
	for (round = 0; round < 2; round++) {
		(void)buf_puts(&b, round ? ",\"kk" : "\"kk");
		for (i = 0; i < 200; i++)
			(void)buf_puts(&b, "\xe2\x82\xac");
		(void)buf_puts(&b, "\":\"hunter2\"");
	}
	(void)buf_putc(&b, '}');
	j = json_parse(b.data, b.len, &err);
	T_OK(!j && strstr(err.what, "stands twice"), "a long key twice");
	T_OK(!strstr(err.what, "hunter2"), "its value is not shown");
	buf_clear(&b);
	(void)buf_printf(&b, "[\"%.150s\"]", strstr(err.what, "k\xe2"));
	for (i = 0; (size_t)i < b.len; i++)
		if (b.data[i] == '"' && i > 1 && (size_t)i < b.len - 2)
			b.data[i] = '\'';
	j = json_parse(b.data, b.len, &err);
	T_OK(j != NULL, "the message is UTF-8");
	json_free(j);
	buf_fini(&b);
}

enum { MANY = 100000 };

/* Bounds far above what it takes, far below what quadratic work takes. */
static void
test_large(void)
{
	struct buf b = BUF_INIT;
	struct json_error err;
	struct json *j;
	const struct json_val *v;
	unsigned i, right = 0, placed = 0, line, column;
	clock_t begin = clock();
	int64_t n;

	for (i = 0; i < MANY; i++)
		(void)buf_printf(&b, "%s\n\"key%u\":%u", i ? "," : "{",
			i * 7919 % MANY, i * 7919 % MANY);
	(void)buf_putc(&b, '}');
	j = json_parse(b.data, b.len, &err);
	T_OK(j != NULL, "an object of %d members", MANY);
	for (i = 0; j && i < MANY; i++) {
		char key[16];

		snprintf(key, sizeof(key), "key%u", i);
		v = json_get(json_root(j), key);
		right += json_int(v, i, i, &n) == 0;
	}
	T_INT(right, MANY, "each is found by its key");
	T_OK(!json_get(json_root(j), "key") &&
			!json_get(json_root(j), "key100000"),
		"and no other");
	right = 0;
	for (v = json_first(json_root(j)); v; v = json_next(v)) {
		right += right < json_count(json_root(j));
		json_where(j, v, &line, &column);
		placed += line == right + 1;
	}
	T_INT(right, MANY, "walked in order");
	T_INT(placed, MANY, "with their places");
	json_wipe(j);
	b.data[b.len - 1] = ',';
	(void)buf_puts(&b, "\"key5\":0}");
	T_OK(!json_parse(b.data, b.len, &err) &&
			strstr(err.what, "key \"key5\""),
		"a duplicate among many");
	T_INT(err.line, MANY + 1, "is placed");
	T_OK((double)(clock() - begin) / CLOCKS_PER_SEC < 5, "in little time");
	buf_fini(&b);
}

static void
test_alloc(void)
{
	static const char text[] =
		"{\n\"a\":[1,{\"b\":\"c\"}],\n\"d\":{\"1\":1,\"2\":2,"
		"\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9,"
		"\"10\":10,\"11\":11,\"12\":12,\"13\":13,\"14\":14,"
		"\"15\":15,\"16\":16,\"17\":\"x\"}}";
	struct json_error err;
	int wrong = 0;

	T_ALLOC_LOOP(1000, {
		struct json *j = json_parse(text, sizeof(text) - 1, &err);

		wrong += !j && strcmp(err.what, "out of memory") != 0;
		json_wipe(j);
	});
	T_INT(wrong, 0, "and names the reason");
	T_ALLOC_LOOP(1000, {
		struct json *j = json_parse(text, sizeof(text) - 1, &err);
		struct buf b = BUF_INIT;

		if (j && json_put(&b, json_root(j)) && b.len)
			wrong++;
		buf_fini(&b);
		json_free(j);
	});
	T_INT(wrong, 0, "a failed json_put leaves nothing behind");
}

int
main(void)
{
	T_BEGIN();
	test_texts();
	test_prefixes();
	test_depth();
	test_access();
	test_numbers();
	test_where();
	test_long_duplicate();
	test_large();
	test_alloc();
	return T_END();
}
