/* Reading the five input formats: values, positions of errors, memory. */
#include <stdlib.h>

#include "buf.h"
#include "configshell.h"
#include "input.h"
#include "mem.h"
#include "msg.h"
#include "t.h"
#include "varlist.h"

static char last[512];

static void
sink(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(last, sizeof(last), "%s", line);
}

/* "name=value|name=value|" with LF as ~, CR as ^ and "(none)" for no value. */
static const char *
shown(const char *format, const char *text, size_t n, const char **platform)
{
	static char out[1024];
	struct varlist l = VARLIST_INIT;
	size_t i, at = 0;
	char *p;
	int rc;

	last[0] = '\0';
	rc = input_parse("in", format, text, n, &l, platform);
	out[0] = '\0';
	for (i = 0; i < l.n && rc == 0; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s=%s|",
			l.v[i].name,
			l.v[i].has_value ? buf_str(&l.v[i].value) : "(none)");
	for (p = out; *p; p++)
		*p = *p == '\n' ? '~' : *p == '\r' ? '^' : *p;
	varlist_fini(&l);
	return rc ? last : out;
}

static const char *
read_as(const char *format, const char *text)
{
	const char *platform;

	return shown(format, text, strlen(text), &platform);
}

static void
is(const char *format, const char *text, const char *want)
{
	T_STR(read_as(format, text), want, "%s: %s", format, want);
}

static void
test_json(void)
{
	const char *platform = "?";

	is("auto", "{\"A\":\"x\",\"B\":\"\",\"C\":\"l\\nm\\r\"}",
		"A=x|B=|C=l~m^|");
	is("auto", " \n{}", "");
	is("auto", "{\"N\":12.50,\"B\":true}", "N=12.50|B=true|");
	is("auto", "\xef\xbb\xbf{\"A\":\"x\"}", "A=x|");
	is("auto", "{\"A\":\n null}", "t: in:2:2: A: its value is no string");
	is("auto", "{\"A\":[]}", "t: in:1:6: A: its value is no string");
	is("auto", "{\"A\":\"1\",\"A\":\"2\"}",
		"t: in:1:10: key \"A\" stands twice");
	is("auto", "{\"\":\"1\"}", "t: in:1: a variable whose name is empty");
	is("auto", "{\"A\\nB\":\"1\"}",
		"t: in:1: a variable whose name is not printable");
	is("render", "{}", "t: in:1:1: render: a JSON array is expected");
	is("heroku-json", "[]",
		"t: in:1:1: heroku-json: a JSON object is expected");
	(void)shown("auto", "{\"RAILWAY_X\":\"\"}", 16, &platform);
	T_STR(platform, "railway", "an object with RAILWAY_ is Railway's");
	(void)shown("auto", "{\"X\":\"\"}", 8, &platform);
	T_STR(platform, "heroku", "any other is Heroku's");
	is("auto",
		"[{\"envVar\":{\"key\":\"A\",\"value\":\"x\"},\"cursor\":\"c\"}"
		","
		"{\"key\":\"B\",\"value\":3},{\"key\":\"C\",\"sync\":false}]",
		"A=x|B=3|C=(none)|");
	is("auto",
		"[{\"key\":\"A\",\"value\":\"1\"},\n{\"key\":\"A\","
		"\"value\":\"2\"}]",
		"t: in:2: A: stands twice, first in line 1");
	is("auto", "[{\"fromGroup\":\"g\"}]",
		"t: in:1:2: a group of variables: give its members instead");
	is("auto", "[{\"key\":\"A\"}]",
		"t: in:1:2: a variable without \"value\"");
	is("auto", "[3]",
		"t: in:1:2: not a variable: an object with \"key\" and "
		"\"value\" is expected");
}

static void
test_shell(void)
{
	const char *f = "heroku-shell";

	is(f, "A=x\nB=\nC=a/b-c_d.e%f+~\n", "A=x|B=|C=a/b-c_d.e%f+~|");
	is(f, "A='a \"b\" $c `d` \\n #e'", "A=a \"b\" $c `d` \\n #e|");
	is(f, "A=\"it's\"", "A=it's|");
	is(f, "A=\"l1\\nl2\"", "A=l1~l2|");
	is(f, "A=\"'\\\\n\\\\\\n\\\"\\$\\`\\!\"", "A='\\n\\~\"$`!|");
	is(f, "A='x\r'\n", "A=x^|");
	is(f, "A='x'\r\nB=y\r\n", "A=x|B=y|");
	is(f, "A='x=y'\nmy-key='z z'\n", "A=x=y|my-key=z z|");
	is(f, "A=x y",
		"t: in:1:4: a character that needs quotes round the "
		"value");
	is(f, "A=x\nB", "t: in:2:1: not a NAME=VALUE line");
	is(f, "=x", "t: in:1:1: not a NAME=VALUE line");
	is(f, "A=\"x\\ty\"", "t: in:1:5: an escape that heroku does not write");
	is(f, "A=\"x", "t: in:1:5: a quote that is not closed");
	is(f, "A='x", "t: in:1:5: a quote that is not closed");
	is(f, "A='x'y", "t: in:1:6: text after the closing quote");
	is(f, "A=\"'$x\"",
		"t: in:1:5: a character that must have a backslash before it");
	is(f, "A=1\nA=2\n", "t: in:2: A: stands twice, first in line 1");
	T_OK(is_configshell("A='x y'\nB=\"it's\"\n", 17), "own text is told");
	T_OK(!is_configshell("A=\"x y\"\n", 8), "a .env file is told by its "
						"quotes");
	T_OK(!is_configshell("# c\nA=x\n", 8), "and by its comments");
	is("auto", "A=\"'\\\\n\"\n", "A='\\n|");
}

static void
test_shell_nul(void)
{
	const char *platform;

	T_STR(shown("heroku-shell", "A\0B=x", 5, &platform),
		"t: in:1:1: a NUL byte in a name", "NUL in a name");
}

static void
test_dotenv(void)
{
	const char *f = "dotenv";

	is(f, "# c\n\nA=x\n  export B = y z  # c\nC=\nD= # c\n",
		"A=x|B=y z|C=|D=|");
	is(f, "A='a \"b\" #c $d \\n'\n", "A=a \"b\" #c $d \\n|");
	is(f, "A=\"a\\nb\\\"c\\\\d\\$e\\`f\\r\" # c\n", "A=a~b\"c\\d$e`f^|");
	is(f, "A=`it's \"so\"`\n", "A=it's \"so\"|");
	is(f, "A=\"l1\r\nl2\n\"\r\nB='m\nn'\n", "A=l1~l2~|B=m~n|");
	is(f, "A=it's\nB=x=y\nC=5$\n", "A=it's|B=x=y|C=5$|");
	is(f, "export=1\nA.b-c=2", "export=1|A.b-c=2|");
	is(f, "A=x#y",
		"t: in:1:4: a # in a bare value: some readers end it "
		"here; use quotes");
	is(f, "A=a\\b",
		"t: in:1:4: a backslash in a bare value: readers take "
		"it differently; use single quotes");
	is(f, "A=${B}",
		"t: in:1:3: a variable in a bare value: some readers "
		"expand it; use single quotes");
	is(f, "A=\"$B\"",
		"t: in:1:4: a variable in double quotes: some "
		"readers expand it; write \\$ or use single quotes");
	is(f, "A=\"\\t\"",
		"t: in:1:4: an escape that readers take differently:"
		" use single quotes if the backslash is meant");
	is(f, "A='\\''",
		"t: in:1:4: a backslash before the quote: some "
		"readers end the value here");
	is(f, "\nA='x\ny", "t: in:2:3: a quote that is not closed");
	is(f, "A=\"x\"y", "t: in:1:6: text after the closing quote");
	is(f, "A: x", "t: in:1:2: not a NAME=value line");
	is(f, "export A", "t: in:1:9: not a NAME=value line");
	is(f, "A=\"x\ry\"",
		"t: in:1:5: a CR inside a value: some readers make "
		"it a line break; write \\r in double quotes");
	is(f, "K=-----BEGIN RSA PRIVATE KEY-----\nMIIE=\n",
		"t: in:1:3: the first line of a key or certificate: use quotes "
		"round all of its lines");
	is("auto", "A=\"x y\"\n# c\n", "A=x y|");
}

/* Nothing of a value may reach a message, whatever is wrong with the text. */
static void
test_no_leak(void)
{
	static const char *const bad[] = {"A=\"hunter2\\t\"", "hunter2",
		"A='hunter2", "A=\"hunter2\" x", "A=hunter2#", "A=\"$hunter2\"",
		"{\"A\":\"hunter2\"", "{\"A\":\"hunter2\" x}",
		"{\"A\":{\"x\":\"hunter2\"}}", "[{\"value\":\"hunter2\"}]",
		"[\"hunter2\"]"};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)read_as("auto", bad[i]);
		if (!last[0] || strstr(last, "hunter2"))
			break;
	}
	T_INT(i, sizeof(bad) / sizeof(bad[0]), "no message shows the text");
}

static void
loop(const char *format, const char *text)
{
	T_ALLOC_LOOP(500, (void)read_as(format, text));
}

int
main(void)
{
	T_BEGIN();
	msg_init("t");
	msg_set_sink(sink, NULL);
	test_json();
	test_shell();
	test_shell_nul();
	test_dotenv();
	test_no_leak();
	loop("auto", "{\"A\":\"x\",\"B\":1}");
	loop("auto", "[{\"key\":\"A\",\"value\":\"x\"},{\"key\":\"B\","
		     "\"sync\":false}]");
	loop("heroku-shell", "A=\"it's\\n\"\nB='x y'\nC=z\n");
	loop("dotenv", "A=\"x\\ny\"\nB='x y'\nC=z # c\n");
	return T_END();
}
