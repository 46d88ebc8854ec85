#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "mem.h"
#include "t.h"
#include "toml.h"
#include "tomledit.h"
#include "tree.h"

/* A path: words are keys, numbers are indexes. ${text} must outlive it. */
static size_t
path_of(const char *text, struct toml_step *path)
{
	size_t n = 0, len;

	for (; *text != '\0'; text += len + (text[len] == '/')) {
		len = strcspn(text, "/");
		memset(&path[n], 0, sizeof(path[n]));
		if (strspn(text, "0123456789") >= len && len > 0)
			path[n].index = strtoul(text, NULL, 10);
		else {
			path[n].key = text;
			path[n].key_len = len;
		}
		n++;
	}
	return n;
}

/* The value that ${text} is as TOML, to be freed with its root. */
static struct tree *
value_of(const char *text)
{
	struct buf b = BUF_INIT;
	struct toml_error err;
	struct tree *root;

	(void)buf_printf(&b, "v = %s", text);
	root = toml_parse(b.data, b.len, &err);
	buf_fini(&b);
	return root;
}

struct edit {
	const char *op, *path, *arg;
};

/* The edits here hold one thing each: an operation, a path, a value. */
static int
run(struct tomledit *e, const struct edit *d)
{
	struct toml_step path[16];
	size_t n = path_of(d->path, path);
	struct tree *v = d->arg != NULL ? value_of(d->arg) : NULL;
	int rc = -1;

	if (strcmp(d->op, "set") == 0 && v != NULL)
		rc = tomledit_set(e, path, n, v->first);
	else if (strcmp(d->op, "table") == 0)
		rc = tomledit_add_table(
			e, path, n, v != NULL ? v->first : NULL);
	else if (strcmp(d->op, "element") == 0)
		rc = tomledit_add_element(
			e, path, n, v != NULL ? v->first : NULL);
	else if (strcmp(d->op, "remove") == 0)
		rc = tomledit_remove(e, path, n, false);
	else if (strcmp(d->op, "remove with comments") == 0)
		rc = tomledit_remove(e, path, n, true);
	else if (strcmp(d->op, "rename") == 0)
		rc = tomledit_rename(e, path, n, d->arg);
	else if (strcmp(d->op, "comment") == 0)
		rc = tomledit_comment(e, path, n, d->arg);
	else if (strcmp(d->op, "wrap") == 0)
		rc = tomledit_wrap(e, path, n);
	else if (strcmp(d->op, "unwrap") == 0)
		rc = tomledit_unwrap(e, path, n);
	tree_free(v);
	return rc;
}

static const struct {
	const char *before;
	struct edit edit;
	const char *after; /* or, with '!' first, why it is refused */
} cases[] = {
	/* a value in its place, in its quotes */
	{"# head\na  =  'x'   # why\n\nb = 1\n", {"set", "a", "\"y\""},
		"# head\na  =  'y'   # why\n\nb = 1\n"},
	{"a = \"x\"\n", {"set", "a", "'say \"hi\"'"},
		"a = \"say \\\"hi\\\"\"\n"},
	{"a = '''\nx\ny'''\r\n", {"set", "a", "\"1\\n2\""},
		"a = '''1\n2'''\r\n"},
	{"a = 0x1f # hex\n", {"set", "a", "32"}, "a = 32 # hex\n"},
	{"[v]\nm = { a = 1, b = [ 1,2 ] }\n", {"set", "v/m/b/1", "true"},
		"[v]\nm = { a = 1, b = [ 1,true ] }\n"},
	{"a = [\n\t'x', # one\n\t'y',\n]\n", {"set", "a", "['p', 'q', 'r']"},
		"a = [\n\t\"p\",\n\t\"q\",\n\t\"r\",\n]\n"},
	{"[a]\nx = 1\n\n[a.b]\ny = 2\n\n[c]\n", {"set", "a", "{ z = 1 }"},
		"a = { z = 1 }\n\n[c]\n"},
	/* a key that is missing */
	{"[env]\n  A = 'x'\n\n  # B?\n\n[vm]\n  cpus = 1\n",
		{"set", "env/B", "'y'"},
		"[env]\n  A = 'x'\n  B = 'y'\n\n  # B?\n\n[vm]\n  cpus = 1\n"},
	{"[env]\n\n[vm]\n  cpus = 1\n", {"set", "env/B", "'y'"},
		"[env]\n  B = \"y\"\n\n[vm]\n  cpus = 1\n"},
	{"a=1", {"set", "b", "2"}, "a=1\nb=2"},
	{"a=1\r\n[t]\r\nx=1\r\n", {"set", "b", "2"},
		"a=1\r\nb=2\r\n[t]\r\nx=1\r\n"},
	{"# fly.toml\n\n# built so\n[build]\n", {"set", "app", "'x'"},
		"# fly.toml\n\napp = \"x\"\n\n# built so\n[build]\n"},
	{"\xef\xbb\xbf[b]\n", {"set", "a", "1"},
		"\xef\xbb\xbf"
		"a = 1\n\n[b]\n"},
	{"", {"set", "a", "1"}, "a = 1\n"},
	{"# only this", {"set", "a", "1"}, "# only this\na = 1"},
	{"a.b = 1 # b\nc = 2\n", {"set", "a/d e", "3"},
		"a.b = 1 # b\na.\"d e\" = 3\nc = 2\n"},
	{"v = {}\n", {"set", "v/a/b", "1"}, "v = { a.b = 1 }\n"},
	{"v = { a = 1 }\n", {"set", "v/b", "1"}, "v = { a = 1, b = 1 }\n"},
	{"v = { a.b = 1 }\n", {"set", "v/a/c", "1"},
		"v = { a.b = 1, a.c = 1 }\n"},
	{"x = 1\n\n# s\n[s.ports]\np = 1\n", {"set", "s/q", "2"},
		"x = 1\n\n[s]\nq = 2\n\n# s\n[s.ports]\np = 1\n"},
	{"[[s]]\nx = 1\n[[s]]\nx = 2\n", {"set", "s/0/h/t", "2"},
		"[[s]]\nx = 1\n\n[s.h]\nt = 2\n\n[[s]]\nx = 2\n"},
	{"a = 1\n", {"set", "a/b", "1"},
		"!something on the way has a value and is no table"},
	{"a = 1\n", {"set", "b/0/c", "1"}, "!there is no such array"},
	{"a = [1]\n", {"set", "a/2", "1"}, "!there is no such element"},
	/* an element more */
	{"a = [1, 2]\n", {"set", "a/2", "3"}, "a = [1, 2, 3]\n"},
	{"a = []\n", {"set", "a/0", "3"}, "a = [3]\n"},
	{"a = [1, 2,]\n", {"set", "a/2", "3"}, "a = [1, 2, 3,]\n"},
	{"a = [\n  1,\n  2 # two\n]\n", {"set", "a/2", "3"},
		"a = [\n  1,\n  2, # two\n  3\n]\n"},
	{"a = [\r\n  1,\r\n  2, # two\r\n]\r\n", {"set", "a/2", "3"},
		"a = [\r\n  1,\r\n  2, # two\r\n  3,\r\n]\r\n"},
	/* removal */
	{"# a\na = 1\n# b\nb = 2 # c\n\nc = 3\n", {"remove", "b", NULL},
		"# a\na = 1\n# b\n\nc = 3\n"},
	{"# a\na = 1\n# b\n# b\nb = [\n1]\n\nc = 3\n",
		{"remove with comments", "b", NULL}, "# a\na = 1\n\nc = 3\n"},
	{"x = 1\n\n# of a\n[a]\n# in a\ny = 1\n# z = 1\n\n# of b\n[b]\nz = 1\n",
		{"remove with comments", "a", NULL},
		"x = 1\n\n# of b\n[b]\nz = 1\n"},
	{"x = 1\n\n# of a\n[a]\ny = 1\n\n# of b\n[b]\nz = 1\n",
		{"remove", "a", NULL},
		"x = 1\n\n# of a\n\n# of b\n[b]\nz = 1\n"},
	{"[a]\nx = 1\n\n[b]\ny = 1\n", {"remove", "b", NULL}, "[a]\nx = 1\n"},
	{"[a]\nx = 1\n\n[a.b]\ny = 1\n\n[c]\n\n[a.d]\nz = 1\n",
		{"remove", "a", NULL}, "[c]\n"},
	{"[[a]]\nx = 1\n\n[a.s]\n\n[[a]]\nx = 2\n\n[[a]]\nx = 3\n",
		{"remove", "a/0", NULL}, "[[a]]\nx = 2\n\n[[a]]\nx = 3\n"},
	{"[[a]]\nx = 1\n\n[[a]]\nx = 2\n", {"remove", "a/1", NULL},
		"[[a]]\nx = 1\n"},
	{"a.b = 1\nc = 1\na.d = 2\n", {"remove", "a", NULL}, "c = 1\n"},
	{"v = { a = 1, b = 2, c = 3 }\n", {"remove", "v/b", NULL},
		"v = { a = 1, c = 3 }\n"},
	{"v = { a = 1, b = 2, c = 3 }\n", {"remove", "v/a", NULL},
		"v = { b = 2, c = 3 }\n"},
	{"v = { a = 1, b = 2, c = 3 }\n", {"remove", "v/c", NULL},
		"v = { a = 1, b = 2 }\n"},
	{"v = [1, 2, 3]\n", {"remove", "v/0", NULL}, "v = [2, 3]\n"},
	{"v = [1, 2, 3]\n", {"remove", "v/2", NULL}, "v = [1, 2]\n"},
	{"v = [\n  1, # one\n  2, # two\n  3  # three\n]\n",
		{"remove", "v/1", NULL},
		"v = [\n  1, # one\n  3  # three\n]\n"},
	{"v = [\n  1, # one\n  2  # two\n]\n", {"remove", "v/1", NULL},
		"v = [\n  1 # one\n]\n"},
	{"v = [1 # one\n, 2]\n", {"remove", "v/0", NULL}, "v = [ # one\n 2]\n"},
	{"v = [\n  1 # one\n  , 2]\n", {"remove", "v/1", NULL},
		"v = [\n  1 # one\n  ]\n"},
	{"a = 1\n", {"remove", "b", NULL}, "!there is no such key or element"},
	/* names */
	{"[mount]\nx = 1\n[mount.y]\n[ 'mount' . z ]\n",
		{"rename", "mount", "m n"},
		"[\"m n\"]\nx = 1\n[\"m n\".y]\n[ 'm n' . z ]\n"},
	{"[[a.vm]]\n[a.vm.x]\n[[a.vm]]\n", {"rename", "a/vm", "w"},
		"[[a.w]]\n[a.w.x]\n[[a.w]]\n"},
	{"a = 1\nb = 2\n", {"rename", "a", "b"},
		"!a key of that name is there"},
	/* tables */
	{"app = 'x'\n\n[env]\n  A = 'x'\n", {"table", "vm", "{ size = 'm' }"},
		"app = 'x'\n\n[env]\n  A = 'x'\n\n[vm]\n  size = 'm'\n"},
	{"[a]\nx = 1\n[b]\n", {"table", "a/c", "{ y = [1] }"},
		"[a]\nx = 1\n\n[a.c]\ny = [1]\n\n[b]\n"},
	{"\n[a]\n  x = 1\n\n  [a.b]\n    y = 1\n\n[c]\n",
		{"table", "a/d", "{ z = 1 }"},
		"\n[a]\n  x = 1\n\n  [a.b]\n    y = 1\n\n  [a.d]\n    z = "
		"1\n\n[c]\n"},
	{"[a.b]\n", {"table", "a", "{ z = 1 }"}, "[a]\nz = 1\n\n[a.b]\n"},
	{"[a]\n", {"table", "a", NULL}, "!something of that name is there"},
	{"v = { a = 1 }", {"table", "v/t", "{ b = 1 }"},
		"v = { a = 1, t = { b = 1 } }"},
	{"[[s]]\n  p = 1\n\n[x]\n", {"element", "s", "{ p = 2 }"},
		"[[s]]\n  p = 1\n\n[[s]]\n  p = 2\n\n[x]\n"},
	{"[x]\ny = 1", {"element", "x/s", "{ p = 2 }"},
		"[x]\ny = 1\n\n[[x.s]]\np = 2"},
	{"v = { a = 1 }", {"element", "v/t", "{ b = 1 }"},
		"v = { a = 1, t = [{ b = 1 }] }"},
	{"v = [{ a = 1 }]", {"element", "v", "{ b = 1 }"},
		"v = [{ a = 1 }, { b = 1 }]"},
	/* comments */
	{"\n[a]\r\n  x = { y = 1 }\r\n", {"comment", "a/x/y", "one\n\ntwo\x1b"},
		"\n[a]\r\n  # one\n  #\n  # two?\n  x = { y = 1 }\r\n"},
	{"[[a]]\n[[a]]\n", {"comment", "a/1", "x"}, "[[a]]\n# x\n[[a]]\n"},
	/* one table and an array of tables */
	{"[ m ] # x\na = 1\n[m.s]\n", {"wrap", "m", NULL},
		"[[ m ]] # x\na = 1\n[m.s]\n"},
	{"[m.s]\na = 1\n", {"wrap", "m", NULL}, "[[m]]\n\n[m.s]\na = 1\n"},
	{"[x]\nm = { a = 1 } # m\n", {"wrap", "x/m", NULL},
		"[x]\nm = [{ a = 1 }] # m\n"},
	{"[m.s]\n[m]\n", {"wrap", "m", NULL},
		"!this edit would break line 2: key \"m\" is one table "
		"already and no array of tables"},
	{"[[m]]\na = 1\n[m.s]\n", {"unwrap", "m", NULL}, "[m]\na = 1\n[m.s]\n"},
	{"m = [ 'x', ]\n", {"unwrap", "m", NULL}, "m = 'x'\n"},
	{"m = [\n 'x', # x\n]\n", {"unwrap", "m", NULL},
		"!a comment stands inside its brackets"},
	{"[[m]]\n[[m]]\n", {"unwrap", "m", NULL},
		"!it is no array of one element"},
};

static void
test_cases(void)
{
	struct toml_error err;
	struct tomledit *e;
	const char *after;
	size_t i, len;
	int rc;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		e = tomledit_open(
			cases[i].before, strlen(cases[i].before), &err);
		if (e == NULL) {
			T_OK(0, "case %zu: %s", i, err.what);
			continue;
		}
		rc = run(e, &cases[i].edit);
		after = cases[i].after;
		if (*after == '!') {
			T_OK(rc == -1, "%s %s is refused", cases[i].edit.op,
				cases[i].edit.path);
			T_STR(tomledit_error(e), after + 1, "with a reason");
			after = cases[i].before;
		} else if (rc == -1)
			printf("# %s\n", tomledit_error(e));
		T_STR(tomledit_text(e, &len), after, "%zu: %s %s", i,
			cases[i].edit.op, cases[i].edit.path);
		T_INT(len, strlen(after), "its length");
		tomledit_free(e);
	}
}

static const char fly[] = "# fly.toml\n"
			  "app = 'shop'\n"
			  "\n"
			  "[mounts]\n"
			  "  source = 'data' # keep\n"
			  "  destination = '/data'\n"
			  "\n"
			  "# the web\n"
			  "[http_service]\n"
			  "  internal_port = 8080\n"
			  "  processes = [\n"
			  "    'web',\n"
			  "  ]\n"
			  "\n"
			  "  [[http_service.checks]]\n"
			  "    path = '/up'\n";

/* What a linter's fixes are: some edits one after the other. */
static int
fix(struct tomledit *e)
{
	struct toml_step path[8], other[8];

	if (tomledit_wrap(e, path, path_of("mounts", path)) == -1 ||
		tomledit_set_int(e, path,
			path_of("http_service/internal_port", path),
			3000) == -1 ||
		tomledit_set_str(e, path,
			path_of("http_service/processes/1", path),
			"api") == -1 ||
		tomledit_set_bool(e, path,
			path_of("http_service/force_https", path),
			true) == -1 ||
		tomledit_set_str(e, path,
			path_of("deploy/release_command", path),
			"rake \"db\"") == -1 ||
		tomledit_comment(
			e, path, path_of("deploy", path), "migrations") == -1 ||
		tomledit_rename(e, path, path_of("app", path), "name") == -1 ||
		tomledit_set(e, path, path_of("mounts", path),
			toml_find(tomledit_tree(e), other,
				path_of("http_service/checks/0", other))) ==
			-1 ||
		tomledit_remove(e, path, path_of("http_service/checks", path),
			false) == -1)
		return -1;
	return 0;
}

static const char fixed[] = "# fly.toml\n"
			    "name = 'shop'\n"
			    "mounts = { path = '/up' }\n"
			    "\n"
			    "# the web\n"
			    "[http_service]\n"
			    "  internal_port = 3000\n"
			    "  processes = [\n"
			    "    'web',\n"
			    "    'api',\n"
			    "  ]\n"
			    "  force_https = true\n"
			    "\n"
			    "# migrations\n"
			    "[deploy]\n"
			    "  release_command = 'rake \"db\"'\n";

static void
test_many(void)
{
	struct toml_error err;
	struct tomledit *e = tomledit_open(fly, strlen(fly), &err);

	T_INT(fix(e), 0, "edits one after the other");
	T_STR(tomledit_text(e, NULL), fixed, "and nothing else");
	tomledit_free(e);
	e = tomledit_open("a = \n", 5, &err);
	T_OK(e == NULL && err.line == 1 && err.column == 5,
		"what is no TOML is not opened");
}

static void
test_null(void)
{
	struct toml_error err;
	struct tomledit *e = tomledit_open("a = 1\n", 6, &err);
	struct tree *list = tree_new(TREE_ARRAY), *t = list;
	struct toml_step path[] = {TOML_KEY("a"), TOML_AT(0)};
	int i;

	tree_add(list, NULL, 0, tree_new(TREE_NULL));
	T_INT(tomledit_set(e, path, 1, list), -1, "a null inside is refused");
	for (i = 0; i < 1000; i++) {
		struct tree *inner = tree_new(TREE_ARRAY);
		tree_add(t, NULL, 0, inner);
		t = inner;
	}
	tree_free(list);
	list = t = tree_new(TREE_ARRAY);
	for (i = 0; i < 100000; i++) {
		struct tree *inner = tree_new(TREE_ARRAY);
		tree_add(t, NULL, 0, inner);
		t = inner;
	}
	T_INT(tomledit_set(e, path, 1, list), -1, "and any depth");
	T_INT(tomledit_set_int(e, path, 0, 1), -1, "the root cannot be set");
	T_INT(tomledit_set_int(e, path, 2, 1), -1, "nor a part of a number");
	T_INT(tomledit_remove(e, path, 0, false), -1, "nor the root removed");
	T_STR(tomledit_text(e, NULL), "a = 1\n", "all is as it was");
	tree_free(list);
	tomledit_free(e);
}

/* An edit costs what reading the text does. */
static void
test_large(void)
{
	struct toml_step path[] = {TOML_KEY("t5000"), TOML_KEY("x")};
	struct buf b = BUF_INIT;
	struct toml_error err;
	struct tomledit *e;
	clock_t begin;
	unsigned i;

	for (i = 0; i < 20000; i++)
		(void)buf_printf(&b, "[t%u]\nx = %u\n", i, i);
	e = tomledit_open(b.data, b.len, &err);
	begin = clock();
	T_INT(tomledit_set_int(e, path, 2, 7), 0, "a value among many");
	T_INT(tomledit_remove(e, path, 1, true), 0, "a table");
	T_INT(tomledit_set_int(e, path, 2, 7), 0, "a new table");
	T_INT(tomledit_rename(e, path, 1, "y"), 0, "its name");
	T_OK((double)(clock() - begin) / CLOCKS_PER_SEC < 5, "in little time");
	tomledit_free(e);
	buf_fini(&b);
}

static void
test_alloc(void)
{
	struct toml_error err;
	int wrong = 0;
	size_t i;

	T_ALLOC_LOOP(10000, {
		struct tomledit *e = tomledit_open(fly, strlen(fly), &err);
		int rc = e != NULL ? fix(e) : -1;

		wrong += (rc == 0) !=
			 (e != NULL &&
				 strcmp(tomledit_text(e, NULL), fixed) == 0);
		wrong += rc == -1 &&
			 strcmp(e != NULL ? tomledit_error(e) : err.what,
				 "out of memory") != 0;
		tomledit_free(e);
	});
	T_INT(wrong, 0, "and says so");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		T_ALLOC_LOOP(1000, {
			struct tomledit *e = tomledit_open(
				cases[i].before, strlen(cases[i].before), &err);
			if (e != NULL && run(e, &cases[i].edit) == -1)
				wrong += strcmp(tomledit_text(e, NULL),
						 cases[i].before) != 0;
			tomledit_free(e);
		});
	T_INT(wrong, 0, "a failed edit changes nothing");
}

int
main(void)
{
	T_BEGIN();
	test_cases();
	test_many();
	test_null();
	test_large();
	test_alloc();
	return T_END();
}
