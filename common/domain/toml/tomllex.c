#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "toml.h"
#include "tomllex.h"
#include "tree.h"

int
tomllex_fail(struct tomllex *x, size_t at, const char *fmt, ...)
{
	struct toml_error *e = x->err;
	va_list ap;
	size_t line_at = 0, i;

	e->line = 1;
	for (i = 0; i < at && i < x->len; i++)
		if (x->text[i] == '\n') {
			e->line++;
			line_at = i + 1;
		}
	e->at = at;
	e->column = (unsigned)(at - line_at) + 1;
	va_start(ap, fmt);
	(void)vsnprintf(e->what, sizeof(e->what), fmt, ap);
	va_end(ap);
	return -1;
}

int
tomllex_fail_key(struct tomllex *x, size_t at, const char *key, size_t len,
	const char *why)
{
	char shown[61];
	size_t n = len < sizeof(shown) ? len : sizeof(shown) - 1, i;

	/* whole characters only, and none that drives a terminal */
	while (n < len && n > 0 && (key[n] & 0xc0) == 0x80)
		n--;
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)key[i];
		shown[i] = c < 0x20 || c == 0x7f ? '?' : key[i];
	}
	shown[n] = '\0';
	return tomllex_fail(
		x, at, "key \"%s\"%s %s", shown, n < len ? "..." : "", why);
}

int
tomllex_nomem(struct tomllex *x)
{
	return tomllex_fail(x, x->at, "out of memory");
}

int
tomllex_unexpected(struct tomllex *x, const char *wanted)
{
	int c = tomllex_peek(x, 0);

	if (c == -1)
		return tomllex_fail(x, x->at,
			"expected %s, found the end of the file", wanted);
	if (c == '\n' || is_tomllex_at(x, "\r\n"))
		return tomllex_fail(x, x->at,
			"expected %s, found the end of the line", wanted);
	if (c < 0x20 || c >= 0x7f)
		return tomllex_fail(x, x->at,
			"expected %s, found the byte 0x%02x", wanted,
			(unsigned)c);
	return tomllex_fail(
		x, x->at, "expected %s, found '%c'", wanted, (char)c);
}

int
tomllex_peek(const struct tomllex *x, size_t ahead)
{
	if (ahead >= x->len - x->at)
		return -1;
	return (unsigned char)x->text[x->at + ahead];
}

bool
is_tomllex_at(const struct tomllex *x, const char *s)
{
	size_t n = strlen(s);

	return n <= x->len - x->at && memcmp(x->text + x->at, s, n) == 0;
}

bool
tomllex_newline(struct tomllex *x)
{
	if (is_tomllex_at(x, "\n"))
		x->at++;
	else if (is_tomllex_at(x, "\r\n"))
		x->at += 2;
	else
		return false;
	x->line++;
	x->line_at = x->at;
	return true;
}

void
tomllex_blanks(struct tomllex *x)
{
	while (x->at < x->len &&
		(x->text[x->at] == ' ' || x->text[x->at] == '\t'))
		x->at++;
}

/* A comment, if one begins here, up to the end of its line. */
static int
comment(struct tomllex *x)
{
	int c;

	if (tomllex_peek(x, 0) != '#')
		return 0;
	for (; (c = tomllex_peek(x, 0)) != -1 && c != '\n'; x->at++) {
		if (is_tomllex_at(x, "\r\n"))
			return 0;
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return tomllex_fail(x, x->at,
				"a comment cannot hold the control character "
				"0x%02x",
				(unsigned)c);
	}
	return 0;
}

int
tomllex_gap(struct tomllex *x)
{
	do {
		tomllex_blanks(x);
		if (comment(x) == -1)
			return -1;
	} while (tomllex_newline(x));
	return 0;
}

int
tomllex_line_end(struct tomllex *x)
{
	tomllex_blanks(x);
	if (comment(x) == -1)
		return -1;
	if (x->at < x->len && !tomllex_newline(x))
		return tomllex_unexpected(x, "the end of the line");
	return 0;
}

void
tomllex_begin(const struct tomllex *x, struct tree_place *p)
{
	p->line = x->line;
	p->column = (unsigned)(x->at - x->line_at) + 1;
	p->begin = p->end = x->at;
}

void
tomllex_end(const struct tomllex *x, struct tree_place *p)
{
	p->end = x->at;
}
