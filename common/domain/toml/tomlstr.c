#include <stdint.h>

#include "buf.h"
#include "toml.h"
#include "tomllex.h"
#include "tomlstr.h"

static int
put(struct tomllex *x, struct buf *out, const char *p, size_t n)
{
	return buf_append(out, p, n) == -1 ? tomllex_nomem(x) : 0;
}

static int
put_utf8(struct tomllex *x, struct buf *out, uint32_t c)
{
	char s[4];
	size_t n = 0;

	if (c < 0x80)
		s[n++] = (char)c;
	else if (c < 0x800)
		s[n++] = (char)(0xc0 | c >> 6);
	else if (c < 0x10000)
		s[n++] = (char)(0xe0 | c >> 12);
	else {
		s[n++] = (char)(0xf0 | c >> 18);
		s[n++] = (char)(0x80 | (c >> 12 & 0x3f));
	}
	if (c >= 0x800)
		s[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	if (c >= 0x80)
		s[n++] = (char)(0x80 | (c & 0x3f));
	return put(x, out, s, n);
}

/* \uXXXX or \UXXXXXXXX, whose letter stands here. */
static int
read_unicode(struct tomllex *x, struct buf *out, size_t begin)
{
	size_t digits = tomllex_peek(x, 0) == 'u' ? 4 : 8, i;
	uint32_t c = 0;
	int d;

	for (i = 1; i <= digits; i++) {
		d = tomllex_peek(x, i);
		if (d >= '0' && d <= '9')
			d -= '0';
		else if (d >= 'a' && d <= 'f')
			d -= 'a' - 10;
		else if (d >= 'A' && d <= 'F')
			d -= 'A' - 10;
		else
			return tomllex_fail(x, begin,
				"\\%c takes %zu hexadecimal digits",
				digits == 4 ? 'u' : 'U', digits);
		c = c << 4 | (uint32_t)d;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return tomllex_fail(x, begin, "U+%04X is no Unicode character",
			(unsigned)c);
	x->at += digits + 1;
	return put_utf8(x, out, c);
}

/* A backslash at the end of a line: all blanks and line ends after it go. */
static bool
skip_line_end(struct tomllex *x)
{
	struct tomllex ahead = *x;

	tomllex_blanks(&ahead);
	if (!tomllex_newline(&ahead))
		return false;
	do
		tomllex_blanks(&ahead);
	while (tomllex_newline(&ahead));
	*x = ahead;
	return true;
}

/* What follows a backslash. */
static int
read_escape(struct tomllex *x, struct buf *out, bool multi)
{
	size_t begin = x->at++;
	int c = tomllex_peek(x, 0);
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	size_t i;

	for (i = 0; from[i] != '\0'; i++)
		if (c == from[i]) {
			x->at++;
			return put(x, out, &to[i], 1);
		}
	if (c == 'u' || c == 'U')
		return read_unicode(x, out, begin);
	if (multi && skip_line_end(x))
		return 0;
	return tomllex_fail(x, begin,
		"only \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX and \\UXXXXXXXX "
		"may "
		"follow a backslash; a string in single quotes has none");
}

/* Up to two quotes may stand at the end of a multi-line string before the
 * three that close it. Whether it has ended. */
static int
read_quotes(struct tomllex *x, struct buf *out, char quote)
{
	size_t n = 0;

	while (n < 5 && tomllex_peek(x, n) == quote)
		n++;
	if (put(x, out, x->text + x->at, n < 3 ? n : n - 3) == -1)
		return -1;
	x->at += n;
	return n >= 3;
}

/* As much as stands for itself. */
static int
read_plain(struct tomllex *x, struct buf *out, char quote)
{
	size_t begin = x->at;

	for (; x->at < x->len; x->at++) {
		unsigned char c = (unsigned char)x->text[x->at];
		if (c == (unsigned char)quote || (c < 0x20 && c != '\t') ||
			c == 0x7f || (c == '\\' && quote == '"'))
			break;
	}
	return put(x, out, x->text + begin, x->at - begin);
}

/* Everything after the opening quotes. */
static int
read_body(struct tomllex *x, struct buf *out, size_t begin, bool multi)
{
	char quote = x->text[begin];
	size_t before;
	int c, rc;

	for (;;) {
		if (read_plain(x, out, quote) == -1)
			return -1;
		before = x->at;
		c = tomllex_peek(x, 0);
		if (c == quote && !multi) {
			x->at++;
			return 0;
		}
		if (c == quote) {
			rc = read_quotes(x, out, quote);
			if (rc != 0)
				return rc == 1 ? 0 : -1;
		} else if (c == '\\' && quote == '"') {
			if (read_escape(x, out, multi) == -1)
				return -1;
		} else if (c == -1) {
			return tomllex_fail(x, begin,
				"the string that begins here has no end");
		} else if (multi && tomllex_newline(x)) {
			if (put(x, out, x->text + before, x->at - before) == -1)
				return -1;
		} else if (c == '\n' || is_tomllex_at(x, "\r\n")) {
			return tomllex_fail(x, begin,
				"the string that begins here does not end on "
				"its line");
		} else {
			return tomllex_fail(x, x->at,
				"a string cannot hold the control character "
				"0x%02x as it is",
				(unsigned)c);
		}
	}
}

int
tomlstr_read(struct tomllex *x, struct buf *out, unsigned *mark)
{
	size_t begin = x->at;
	bool basic = x->text[begin] == '"';
	bool multi = is_tomllex_at(x, basic ? "\"\"\"" : "'''");

	buf_clear(out);
	if (multi) {
		*mark = basic ? TOML_MULTI_BASIC : TOML_MULTI_LITERAL;
		x->at += 3;
		/* a line end directly after the quotes is no part of it */
		(void)tomllex_newline(x);
	} else {
		*mark = basic ? TOML_BASIC : TOML_LITERAL;
		x->at++;
	}
	return read_body(x, out, begin, multi);
}
