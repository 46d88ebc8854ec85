#include "buf.h"
#include "mem.h"
#include "shlex.h"
#include "t.h"

#include <stdlib.h>

/* The words joined with '|', or the error's text. */
static char *
joined(const char *s)
{
	struct buf b = BUF_INIT;
	char **words;
	size_t n;
	enum shlex_error e = shlex_split(s, &words, &n);

	if (e != SHLEX_OK)
		buf_puts(&b, shlex_strerror(e));
	for (size_t i = 0; e == SHLEX_OK && i < n; i++)
		buf_printf(&b, "%s%s", i > 0 ? "|" : "", words[i]);
	shlex_free(words);
	return buf_steal(&b);
}

static void
try(const char *s, const char *want)
{
	char *got = joined(s);

	T_STR(got, want, "splits: %s", s);
	free(got);
}

static void
quote(const char *word, const char *want)
{
	struct buf b = BUF_INIT;
	char *got;

	shlex_quote(&b, word);
	T_STR(buf_str(&b), want, "quotes: %s", word);
	got = joined(buf_str(&b));
	T_STR(got, word, "and reads it back");
	free(got);
	buf_fini(&b);
}

static void
once(void)
{
	struct buf b = BUF_INIT;
	char **words;
	size_t n;

	if (shlex_split("a 'b c' \"d\" e f g h i j k", &words, &n) == SHLEX_OK)
		shlex_free(words);
	shlex_quote(&b, "it's \"so\"");
	buf_fini(&b);
}

int
main(void)
{
	T_BEGIN();
	try("", "");
	try(" \t\r\n ", "");
	try("a b  c", "a|b|c");
	try("a\tb\r\nc", "a|b|c");
	try("'a b' \"c d\"", "a b|c d");
	try("a'b'\"c\"d", "abcd");
	try("'' x \"\"", "|x|");
	try("\"a\\nb\\\"c\"", "anb\"c");
	try("'a\\b'", "a\\b");
	try("a\\ b \\'", "a b|'");
	try("a # b c", "a");
	try("a#b", "a#b");
	try("\\#a", "#a");
	try("a #b\nc", "a|c");
	try("$PORT && x | y", "$PORT|&&|x|||y");
	try("'a", "a quote is not closed");
	try("\"a", "a quote is not closed");
	try("\"a\\", "it ends in a backslash");
	try("a\\", "it ends in a backslash");
	quote("plain-word_1./:=@%+,", "plain-word_1./:=@%+,");
	quote("", "''");
	quote("a b", "'a b'");
	quote("it's so", "\"it's so\"");
	quote("it's $x", "'it'\\''s $x'");
	quote("\"q\" \\", "'\"q\" \\'");
	quote("#x", "'#x'");
	T_ALLOC_LOOP(100, once());
	return T_END();
}
