#include "buf.h"
#include "mem.h"
#include "shellcmd.h"
#include "t.h"

static void
becomes(const char *text, const char *want)
{
	struct shellcmd c;
	struct buf b = BUF_INIT;

	shellcmd_parse(text, &c);
	shellcmd_put(&c, &b);
	T_STR(buf_str(&b), want, "%s", text);
	buf_fini(&b);
	shellcmd_fini(&c);
}

static void
same(const char *text)
{
	becomes(text, text);
}

static void
has(const char *text, unsigned flags)
{
	struct shellcmd c;

	shellcmd_parse(text, &c);
	T_OK((c.flags & flags) == flags, "%s has 0x%x of 0x%x", text, flags,
		c.flags);
	shellcmd_fini(&c);
}

static void
vars(void)
{
	struct shellcmd c;

	shellcmd_parse(
		"a $PORT ${X:-7} '$NO' \"$(b $Y)\" ${Z:=${W}} `c $V`", &c);
	T_INT(c.n_vars, 6, "six variables");
	T_STR(c.var[0].name, "PORT", "the first");
	T_INT(c.var[0].at, 3, "and where it is");
	T_STR(c.var[1].fallback, "7", "a default");
	T_STR(c.var[2].name, "Y", "one in a substitution");
	T_STR(c.var[3].fallback, "${W}", "a nested one");
	T_STR(c.var[4].name, "W", "is one itself");
	T_STR(c.var[5].name, "V", "one in backquotes");
	shellcmd_fini(&c);
}

static void
words(void)
{
	struct shellcmd c;

	shellcmd_parse(
		"A=1 B='2 3' x/run \"a b\" > log -o$P; sh -c 'in side'", &c);
	T_INT(c.n, 2, "two commands");
	T_INT(c.simple[0].n_assigned, 2, "two assignments");
	T_INT(c.simple[0].n, 5, "and the words without the redirection");
	T_STR(c.simple[0].word[1].text, "B=2 3", "quotes are gone");
	T_STR(shellcmd_program(&c.simple[0]), "run", "the program");
	T_OK(c.simple[0].word[4].is_expanded, "-o$P is expanded");
	T_OK(shellcmd_inner(&c.simple[0]) == NULL, "no script");
	T_STR(shellcmd_inner(&c.simple[1]), "in side", "a script");
	shellcmd_fini(&c);
}

static void
once(void)
{
	struct shellcmd c;
	struct buf b = BUF_INIT;

	if (shellcmd_parse("A=$(x $Y) b ${C:-d} 'e' \"f\" > g && h | i", &c) ==
		0) {
		shellcmd_put(&c, &b);
		shellcmd_fini(&c);
	}
	if (shellcmd_parse("exec a b", &c) == 0)
		shellcmd_fini(&c);
	buf_fini(&b);
}

int
main(void)
{
	T_BEGIN();
	same("bundle exec puma -C config/puma.rb");
	same("gunicorn --bind=0.0.0.0:8000 app:app");
	same("bash -c \"rm -rf ./tmp && bundle exec rails s -b '0.0.0.0'\"");
	same("env A=1 node x.js");
	same("run 'a b' \"c d\" e\\ f \\$X");
	becomes("run x # and so on", "run x");
	becomes("exec puma -p 1", "puma -p 1");
	becomes("run $PORT", "/bin/sh -c 'exec run $PORT'");
	becomes("run '$A' $B", "/bin/sh -c 'exec run '\\''$A'\\'' $B'");
	becomes("cd x && run 'y z'", "/bin/sh -c \"cd x && exec run 'y z'\"");
	becomes("A=1 run", "/bin/sh -c 'A=1 exec run'");
	becomes("a; b", "/bin/sh -c 'a; exec b'");
	becomes("a | b", "/bin/sh -c 'a | b'");
	becomes("a &", "/bin/sh -c 'a &'");
	becomes("a & b", "/bin/sh -c 'a & b'");
	becomes("trap x EXIT; b", "/bin/sh -c 'trap x EXIT; b'");
	becomes("$CMD x", "/bin/sh -c '$CMD x'");
	becomes("> log run", "/bin/sh -c '> log run'");
	becomes("run > log 2>&1", "/bin/sh -c 'exec run > log 2>&1'");
	becomes("a && cd x", "/bin/sh -c 'a && cd x'");
	becomes("if a; then b; fi", "/bin/sh -c 'if a; then b; fi'");
	becomes("run \"a\\d\"", "/bin/sh -c 'exec run \"a\\d\"'");
	becomes("exec run $X", "/bin/sh -c 'exec run $X'");
	becomes("run {a,b}", "bash -c 'exec run {a,b}'");
	becomes("[[ -n $X ]] && run", "bash -c '[[ -n $X ]] && run'");
	becomes("run ${X//a/b}", "bash -c 'exec run ${X//a/b}'");
	becomes("run <<< x", "bash -c 'exec run <<< x'");
	becomes("source x; run", "bash -c 'source x; exec run'");
	becomes("run 'open", "/bin/sh -c \"run 'open\"");
	has("a 'b", SHELLCMD_BROKEN);
	has("a \"b", SHELLCMD_BROKEN);
	has("a $(b", SHELLCMD_BROKEN);
	has("a ${b", SHELLCMD_BROKEN);
	has("a `b", SHELLCMD_BROKEN);
	has("a \\", SHELLCMD_BROKEN);
	has("a \\$B", SHELLCMD_ESCAPED_DOLLAR);
	has("a *.x", SHELLCMD_GLOB);
	has("a ~/x", SHELLCMD_TILDE);
	has("A=~ b", SHELLCMD_TILDE | SHELLCMD_ENV_PREFIX);
	has("f() { a; }", SHELLCMD_COMPOUND);
	has("A=(1 2) b", SHELLCMD_BASH);
	has("a |& b", SHELLCMD_BASH | SHELLCMD_PIPE);
	has("a &> b", SHELLCMD_BASH | SHELLCMD_REDIRECT);
	has("a >& b", SHELLCMD_BASH | SHELLCMD_REDIRECT);
	has("a >&b.log", SHELLCMD_BASH | SHELLCMD_REDIRECT);
	has("echo $RANDOM", SHELLCMD_BASH);
	has("cat <<X", SHELLCMD_REDIRECT | SHELLCMD_COMPOUND);
	vars();
	words();
	T_ALLOC_LOOP(300, once());
	return T_END();
}
