#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "t.h"
#include "tree.h"
#include "yaml.h"

static struct yaml_error err;

static int
read_text(const char *text, struct yaml *y)
{
	return yaml_parse(text, strlen(text), y, &err);
}

/* The document on one line: keys, kinds and texts; line breaks as |. */
static void
show(struct buf *b, const struct tree *t)
{
	static const char kinds[] = {[TREE_NULL] = 'n',
		[TREE_BOOL] = 'b',
		[TREE_INT] = 'i',
		[TREE_FLOAT] = 'f',
		[TREE_STRING] = 's'};

	if (t->kind != TREE_ARRAY && t->kind != TREE_TABLE) {
		buf_printf(b, "%c(", kinds[t->kind]);
		for (const char *s = t->text; *s != '\0'; s++)
			buf_putc(b, *s == '\n' ? '|' : *s);
		buf_puts(b, ")");
		return;
	}
	buf_puts(b, t->kind == TREE_ARRAY ? "[" : "{");
	for (const struct tree *m = t->first; m != NULL; m = m->next) {
		if (m != t->first)
			buf_puts(b, " ");
		if (m->key != NULL)
			buf_printf(b, "%s:", m->key);
		show(b, m);
	}
	buf_puts(b, t->kind == TREE_ARRAY ? "]" : "}");
}

static void
is_read(const char *text, const char *want)
{
	struct buf b = BUF_INIT;
	struct yaml y;

	if (read_text(text, &y) == -1) {
		T_OK(0, "reads %.40s: %s", text, err.what);
		return;
	}
	show(&b, y.root);
	T_STR(buf_str(&b), want, "%s", want);
	buf_fini(&b);
	yaml_fini(&y);
}

static void
is_refused(const char *text, unsigned line, unsigned column, const char *why)
{
	struct yaml y;
	int rc = read_text(text, &y);

	T_OK(rc == -1 && err.line == line && err.column == column &&
			strstr(err.what, why) != NULL,
		"refuses at %u:%u: %s", line, column, why);
	if (rc == 0)
		yaml_fini(&y);
	else if (err.line != line || err.column != column ||
		 strstr(err.what, why) == NULL)
		printf("#   %u:%u: %s\n", err.line, err.column, err.what);
}

static void
test_scalars(void)
{
	is_read("a: 3.10\nb: 08\nc: 1e3\nd: 0o17\ne: 0x1F\nf: 1_000\n",
		"{a:f(3.10) b:i(08) c:f(1e3) d:i(0o17) e:i(0x1F) f:i(1_000)}");
	is_read("[yes, No, ON, off, true, FALSE, y, n, yEs]",
		"[b(yes) b(No) b(ON) b(off) b(true) b(FALSE) s(y) s(n) "
		"s(yEs)]");
	is_read("[~, null, Null, nULL, ]", "[n(~) n(null) n(Null) s(nULL)]");
	is_read("a:\nb: ''\nc: \"\"", "{a:n() b:s() c:s()}");
	is_read("[1.2.3, 20.x, 2024-01-02, 1:30, -x, .5, 5., ., +7, -0]",
		"[s(1.2.3) s(20.x) s(2024-01-02) s(1:30) s(-x) f(.5) f(5.) "
		"s(.) i(+7) i(-0)]");
	is_read("[1e, 1e+, e3, 0x, 0xg, 1__0, 1_, _1, 0b101, .inf, -.Inf, "
		".nan, ..inf]",
		"[s(1e) s(1e+) s(e3) s(0x) s(0xg) s(1__0) s(1_) s(_1) "
		"i(0b101) f(.inf) f(-.Inf) f(.nan) s(..inf)]");
	is_read("[\"1\", 'true', !!str 1, ! 2, !!int 3, !!float 4, !!bool no]",
		"[s(1) s(true) s(1) s(2) i(3) f(4) b(no)]");
	is_read("[9223372036854775807, 9223372036854775808, "
		"-9223372036854775808, 99999999999999999999]",
		"[i(9223372036854775807) f(9223372036854775808) "
		"i(-9223372036854775808) f(99999999999999999999)]");
}

static void
test_values(void)
{
	struct yaml y;

	T_INT(read_text("[010, -12, 0x10, 2.5, yes, 0o10]", &y), 0, "numbers");
	const struct tree *t = y.root->first;
	T_INT(t->integer, 10, "a leading zero is no octal");
	T_INT(t->next->integer, -12, "negative");
	T_INT(t->next->next->integer, 16, "hexadecimal");
	T_OK(t->next->next->next->number > 2.4, "a float");
	T_OK(t->next->next->next->next->boolean, "yes is true");
	T_INT(y.root->last->integer, 8, "octal");
	yaml_fini(&y);
}

static void
test_text(void)
{
	is_read("a: |\n  x\n   y\n\n  z\nb: >-\n  one\n  two\n\n  three\n",
		"{a:s(x| y||z|) b:s(one two|three)}");
	is_read("a: one\n  two\nb: 'it''s'\nc: \"\\u00e9\\n\\\n  x\"\n",
		"{a:s(one two) b:s(it's) c:s(\xc3\xa9|x)}");
	is_read("a: x # y\nb: x#y\nc: 'x # y'\n# z",
		"{a:s(x) b:s(x#y) c:s(x # y)}");
	is_read("\xef\xbb\xbfk: v\r\nl:\r\n  - 1\r\n  - |\r\n    x\r\n    y",
		"{k:s(v) l:[i(1) s(x|y)]}");
	is_read("a: |\n  x # y\n# z\nb: >\n  u\n\n # v\n\nc:\n- |2\n   w\n",
		"{a:s(x # y|) b:s(u|) c:[s( w|)]}");
	is_read("a: |+\n  x\n\nb: |-\n  y\n\nc: one\n  # no\nd: >-\n  p\n   "
		"q\n  r",
		"{a:s(x||) b:s(y) c:s(one) d:s(p| q|r)}");
	is_read("a:\t1\n-b: \xe2\x95\x90\n", "{a:i(1) -b:s(\xe2\x95\x90)}");
	is_read("---\n# c\na: {b: [], c: {}}\n...\n# d\n", "{a:{b:[] c:{}}}");
	is_read("", "n()");
	is_read("# only\n\n", "n()");
	is_read("\xef\xbb\xbf", "n()");
	is_read("just text", "s(just text)");
	is_read("8080: a\ntrue: b\n\"q r\": c\n: d",
		"{8080:s(a) true:s(b) q r:s(c) :s(d)}");
}

static void
test_places(void)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a: \xc3\xa9 b\n"
				   "s:\r\n"
				   "  - k: \"v\"\n"
				   "    e:\n"
				   "  - \xc3\xa9: 3.10 # c\n";
	struct yaml y;
	const struct tree *t;

	T_INT(read_text(text, &y), 0, "a text with places");
	t = y.root->first;
	T_OK(t->key_at.line == 1 && t->key_at.column == 1, "a first key");
	T_OK(t->at.line == 1 && t->at.column == 4, "its value");
	T_OK(memcmp(text + t->at.begin, "\xc3\xa9 b", 4) == 0 &&
			t->at.end - t->at.begin == 4,
		"the bytes of the source");
	t = tree_get(y.root->last->first, "k");
	T_OK(t->key_at.line == 3 && t->key_at.column == 5, "a key in a list");
	T_OK(t->at.line == 3 && t->at.column == 8, "a quoted value");
	T_INT(t->at.end - t->at.begin, 3, "with its quotes");
	T_INT(t->mark, 0, "quoted: no mark");
	T_OK(t->next->at.line == 4 && t->next->at.column == 5,
		"no value: the place of its key");
	t = y.root->last->last;
	T_OK(t->at.line == 5 && t->at.column == 5, "a table");
	T_OK(t->first->at.column == 9 && t->first->mark == YAML_PLAIN,
		"columns are bytes");
	yaml_fini(&y);
}

static void
test_aliases(void)
{
	struct yaml y;

	is_read("a: &x {k: [1, 2]}\nb: *x\n&n name: *n\n*n : z",
		"{a:{k:[i(1) i(2)]} b:{k:[i(1) i(2)]} name:s(name) "
		"name:s(z)}");
	is_read("- &a 1\n- &a 2\n- *a\n- &a []\n- *a",
		"[i(1) i(2) i(2) [] []]");
	is_read("base: &b {x: 1, y: 2}\nt:\n  y: 3\n  <<: *b\n  z: 4",
		"{base:{x:i(1) y:i(2)} t:{y:i(3) z:i(4) x:i(1)}}");
	is_read("- &p {x: 1, z: 1}\n- &q {x: 2, y: 2}\n"
		"- <<: [*p, *q]\n  z: 3\n- <<: {m: {n: 1}}\n- '<<': k",
		"[{x:i(1) z:i(1)} {x:i(2) y:i(2)} {z:i(3) x:i(1) y:i(2)} "
		"{m:{n:i(1)}} {<<:s(k)}]");
	T_INT(read_text("b: &b {x: 1}\nt: {<<: *b}\nc: *b\n", &y), 0, "marks");
	const struct tree *t = tree_get(tree_get(y.root, "t"), "x");
	T_OK((t->mark & YAML_MERGED) && (t->mark & YAML_COPIED), "merged");
	T_OK(t->at.line == 1 && t->key_at.column == 8, "original place");
	T_OK(tree_get(y.root, "c")->mark & YAML_COPIED, "copied");
	yaml_fini(&y);
	is_refused("a: *no", 1, 4, "no anchor");
	is_refused("a: &a [1, *a]", 1, 11, "itself");
	is_refused("a: 1\n<<: 2", 2, 5, "merge key");
}

static void
test_twice(void)
{
	struct yaml y;

	T_INT(read_text("a: 1\nb: {c: 1, c: 2}\na: 3\nd: 0\na: 4", &y), 0,
		"keys that stand twice");
	T_INT(y.n_twice, 3, "all are noted");
	T_OK(y.twice[0].first->key_at.column == 5 &&
			y.twice[0].again->key_at.column == 11,
		"the inner one, with both places");
	T_OK(y.twice[1].first->key_at.line == 1 &&
			y.twice[1].again->key_at.line == 3 &&
			y.twice[2].first->key_at.line == 3 &&
			y.twice[2].again->key_at.line == 5,
		"in order");
	T_INT(y.root->n, 5, "none is lost");
	T_INT(tree_get(y.root, "a")->integer, 4, "the last one is found");
	T_OK(tree_get(y.root, "a")->mark & YAML_TWICE, "and marked");
	yaml_fini(&y);
	T_INT(read_text("<<: {a: 1, a: 2}", &y), 0, "inside a merge");
	T_OK(y.n_twice == 1 && strcmp(y.twice[0].again->key, "a") == 0, "too");
	yaml_fini(&y);
}

static void
test_refused(void)
{
	struct yaml y;

	is_refused("a:\n\tb: 1\n", 2, 1, "tab");
	is_refused("a: 1\n---\nb: 2\n", 2, 1, "second document");
	is_refused("a: [1, 2\nb: 3\n", 3, 1, "closing bracket");
	is_refused("\xc3\xa9: \"x\n", 1, 6, "closing quote");
	is_refused("a: 1\n[b]: 2", 2, 1, "as a key");
	is_refused("a: 1\n? {b: c}\n: 2", 2, 3, "as a key");
	is_refused("a: !odd 1", 1, 9, "tag");
	is_refused("a: !!int x", 1, 10, "tag");
	is_refused("a: !!binary x", 1, 13, "tag");
	is_refused("a: !!map []", 1, 10, "tag");
	is_refused("a: \"\xff\"", 1, 5, "UTF-8");
	is_refused("a: 1\n b: 2\n", 1, 4, "");
	is_refused("- a:\n    k: >-\n    x y\n     z\n    d: e\n", 3, 1, "");
	is_refused("  k: |\n  x a\n      b\n  d: e\n", 2, 1, "");
	T_INT(yaml_parse("a: 1\nb: \0", 9, &y, &err), -1, "a NUL byte");
	T_OK(err.line == 2 && err.column == 4, "has its place");
}

/* n of "[" or "- ", or of nested aliases. */
static void
test_bounds(void)
{
	struct buf b = BUF_INIT;
	struct yaml y;

	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "[");
	is_refused(buf_str(&b), 1, 65, "deep");
	buf_clear(&b);
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "- ");
	is_refused(buf_str(&b), 1, 129, "deep");
	buf_clear(&b);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%*sa:\n", i, "");
	is_refused(buf_str(&b), 65, 65, "deep");
	buf_clear(&b);
	for (int i = 0; i < 64; i++)
		buf_puts(&b, "[");
	for (int i = 0; i < 64; i++)
		buf_puts(&b, "]");
	T_INT(read_text(buf_str(&b), &y), 0, "64 levels are fine");
	yaml_fini(&y);
	buf_clear(&b);
	buf_puts(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		buf_printf(&b, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(&b, "%s*a%d", k ? ", " : "", i - 1);
		buf_puts(&b, "]\n");
	}
	T_INT(read_text(buf_str(&b), &y), -1, "an alias bomb");
	T_OK(err.line == 4 || err.line == 5, "is refused early");
	T_OK(strstr(err.what, "aliases") != NULL, "by its name");
	buf_clear(&b);
	buf_puts(&b, "- &a0 [x]\n");
	for (int i = 1; i < 100; i++)
		buf_printf(&b, "- &a%d [*a%d]\n", i, i - 1);
	T_INT(read_text(buf_str(&b), &y), -1, "a chain of aliases");
	T_OK(strstr(err.what, "deep") != NULL && err.line == 64,
		"is as deep as what it stands for");
	buf_fini(&b);
}

static void
test_memory(void)
{
	static const char text[] = "a: &x {k: [1, !!str 2]}\nb: *x\n"
				   "c: {<<: *x, d: 1, d: 2}\ne: >-\n  f\n";
	struct yaml y;
	long n;
	int rc;

	for (n = 0;; n++) {
		mem_fail_after(n);
		rc = read_text(text, &y);
		if (!mem_fail_hit())
			break;
		if (rc == 0)
			break;
		if (strcmp(err.what, "out of memory") != 0)
			break;
	}
	T_OK(rc == 0 && !mem_fail_hit() && n > 20,
		"each of %ld allocations may fail", n);
	mem_fail_after(-1);
	yaml_fini(&y);
}

int
main(void)
{
	T_BEGIN();
	test_scalars();
	test_values();
	test_text();
	test_places();
	test_aliases();
	test_twice();
	test_refused();
	test_bounds();
	test_memory();
	return T_END();
}
