#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "tomltext.h"
#include "tree.h"

enum { MAX_DEPTH = 128 };

/* A C1 control (U+0080..U+009F): legal in TOML, not in a terminal. */
static bool
is_c1(const char *s, const char *end)
{
	return (unsigned char)s[0] == 0xc2 && s + 1 < end &&
	       (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xa0;
}

static bool
is_control(const char *s, const char *end)
{
	unsigned char c = (unsigned char)*s;

	return c < 0x20 || c == 0x7f || is_c1(s, end);
}

static int
put_basic(struct buf *b, const char *s, size_t len, bool multi)
{
	static const char from[] = "\"\\\t\n\r", to[] = "\"\\tnr";
	const char *end = s + len, *at;
	int rc = buf_puts(b, multi ? "\"\"\"" : "\"");

	/* a line end directly after the quotes would be no part of it */
	if (multi && len > 0 && *s == '\n' && rc == 0)
		rc = buf_putc(b, '\n');
	for (; rc == 0 && s < end; s++) {
		at = *s != '\0' ? strchr(from, *s) : NULL;
		if (multi && *s == '\n')
			rc = buf_putc(b, '\n');
		else if (at != NULL)
			rc = buf_printf(b, "\\%c", to[at - from]);
		else if (is_c1(s, end))
			rc = buf_printf(b, "\\u%04X", (unsigned char)*++s);
		else if (is_control(s, end))
			rc = buf_printf(b, "\\u%04X", (unsigned char)*s);
		else
			rc = buf_putc(b, *s);
	}
	return rc == 0 ? buf_puts(b, multi ? "\"\"\"" : "\"") : -1;
}

/* Whether single quotes can hold it; ${*saves}: and escapes would be needed
 * in double ones. */
static bool
is_literal(const char *s, size_t len, bool multi, bool *saves)
{
	const char *p, *end = s + len;
	unsigned quotes = 0;

	*saves = false;
	for (p = s; p < end; p++) {
		quotes = *p == '\'' ? quotes + 1 : 0;
		if (quotes > (multi ? 2 : 0) ||
			(is_control(p, end) && !(multi && *p == '\n')))
			return false;
		if (*p == '"' || *p == '\\')
			*saves = true;
	}
	return quotes == 0;
}

int
tomltext_put_string(
	struct buf *b, const char *s, size_t len, enum tomltext_quotes quotes)
{
	bool multi = quotes == TOMLTEXT_MULTI_BASIC ||
		     quotes == TOMLTEXT_MULTI_LITERAL;
	const char *quote = multi ? "'''" : "'";
	bool saves, fits = is_literal(s, len, multi, &saves);

	if (!fits || quotes == TOMLTEXT_BASIC ||
		quotes == TOMLTEXT_MULTI_BASIC ||
		(quotes == TOMLTEXT_BEST && !saves))
		return put_basic(b, s, len, multi);
	if (buf_puts(b, quote) == -1 ||
		(multi && len > 0 && *s == '\n' && buf_putc(b, '\n') == -1) ||
		buf_append(b, s, len) == -1)
		return -1;
	return buf_puts(b, quote);
}

int
tomltext_put_key(struct buf *b, const char *s, size_t len)
{
	static const char bare[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] == '\0' || strchr(bare, s[i]) == NULL)
			return put_basic(b, s, len, false);
	return len > 0 ? buf_append(b, s, len) : buf_puts(b, "\"\"");
}

/* The fewest digits that read back as the same number. */
static int
put_float(struct buf *b, double v)
{
	char text[40];
	int precision;

	if (isnan(v) || isinf(v))
		return buf_puts(b, isnan(v) ? "nan" : v < 0 ? "-inf" : "inf");
	for (precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof(text), "%.*g", precision, v);
		if (strtod(text, NULL) == v)
			break;
	}
	/* TOML tells a float from an integer by its point */
	return buf_printf(
		b, "%s%s", text, strpbrk(text, ".e") == NULL ? ".0" : "");
}

static int
put_scalar(struct buf *b, const struct tree *t, enum tomltext_quotes quotes)
{
	switch (t->kind) {
	case TREE_BOOL:
		return buf_puts(b, t->boolean ? "true" : "false");
	case TREE_INT:
		return buf_printf(b, "%" PRId64, t->integer);
	case TREE_FLOAT:
		return put_float(b, t->number);
	case TREE_STRING:
		return tomltext_put_string(
			b, t->text != NULL ? t->text : "", t->len, quotes);
	case TREE_TIME:
		return buf_append(b, t->text, t->len);
	default:
		errno = EINVAL;
		return -1;
	}
}

static int
put_value(struct buf *b, const struct tree *t, enum tomltext_quotes quotes,
	unsigned depth)
{
	bool table = t->kind == TREE_TABLE;
	const struct tree *m;

	if (!table && t->kind != TREE_ARRAY)
		return put_scalar(b, t, quotes);
	if (depth >= MAX_DEPTH) {
		errno = EINVAL;
		return -1;
	}
	if (buf_puts(b, !table ? "[" : t->n > 0 ? "{ " : "{") == -1)
		return -1;
	for (m = t->first; m != NULL; m = m->next)
		if ((m != t->first && buf_puts(b, ", ") == -1) ||
			(table && (tomltext_put_key(b, m->key, m->key_len) ==
						  -1 ||
					  buf_puts(b, " = ") == -1)) ||
			put_value(b, m, quotes, depth + 1) == -1)
			return -1;
	return buf_puts(b, !table ? "]" : t->n > 0 ? " }" : "}");
}

int
tomltext_put_value(
	struct buf *b, const struct tree *t, enum tomltext_quotes quotes)
{
	return put_value(b, t, quotes, 0);
}

int
tomltext_put_comment(struct buf *b, const char *s, size_t len)
{
	const char *end = s + len;

	for (; s < end; s++) {
		bool control = is_control(s, end);
		if (control && is_c1(s, end))
			s++; /* one character, both bytes of it */
		if (buf_putc(b, control ? '?' : *s) == -1)
			return -1;
	}
	return 0;
}
