#include "buf.h"
#include "ident.h"
#include "mem.h"
#include "t.h"

/* What ${put} appends for ${s}; held until the next call. */
static const char *
by(int (*put)(struct buf *, const char *), const char *s)
{
	static struct buf b;

	buf_fini(&b);
	return put(&b, s) ? "(failed)" : buf_str(&b);
}

static void
build(void)
{
	struct buf b = BUF_INIT;

	if (ident_quote(&b, "a\"b") == 0 && ident_literal(&b, "a\\'b") == 0)
		(void)ident_qualified(&b, "s", "t");
	buf_fini(&b);
}

int
main(void)
{
	struct buf b = BUF_INIT;

	T_BEGIN();
	T_STR(by(ident_quote, "users"), "\"users\"", "a name");
	T_STR(by(ident_quote, "a\"b\"\""), "\"a\"\"b\"\"\"\"\"", "quotes");
	T_STR(by(ident_quote, "sel;ect 'x' \\"), "\"sel;ect 'x' \\\"",
		"nothing else is special");
	T_STR(by(ident_quote, "\xc3\xa4 \n"), "\"\xc3\xa4 \n\"", "UTF-8, LF");
	T_STR(by(ident_literal, "plain"), "'plain'", "a literal");
	T_STR(by(ident_literal, "it's"), "'it''s'", "an apostrophe");
	T_STR(by(ident_literal, "a\\'b"), " E'a\\\\''b'",
		"a backslash, whatever standard_conforming_strings is");
	T_STR(by(ident_literal, ""), "''", "an empty literal");
	T_INT(ident_qualified(&b, "a.b", "c\""), 0, "two names");
	T_STR(buf_str(&b), "\"a.b\".\"c\"\"\"", "... each quoted");
	buf_fini(&b);
	T_ALLOC_LOOP(10, build());
	(void)by(ident_quote, "");
	return T_END();
}
