#include "showing.h"

#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "envname.h"
#include "foundlist.h"
#include "lint.h"

/* How much of a long line is shown, in columns. */
enum { SHOWN = 100, BEFORE = 40, TAB = 8 };

/* One character of the text: its bytes, and how it is shown. */
struct glyph {
	size_t len;
	unsigned width;
	bool is_control;
};

/* Characters that take no column, and those that take two; first to last. */
static const uint32_t narrow[][2] = {{0x300, 0x36f}, {0x483, 0x489},
	{0x591, 0x5bd}, {0x610, 0x61a}, {0x64b, 0x65f}, {0x200b, 0x200f},
	{0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
static const uint32_t wide[][2] = {{0x1100, 0x115f}, {0x2e80, 0x303e},
	{0x3041, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f},
	{0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
	{0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

static bool
is_among(uint32_t c, const uint32_t ranges[][2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

static struct glyph
glyph_at(const unsigned char *s, size_t left, unsigned column)
{
	struct glyph g = {1, 1, false};
	uint32_t c = s[0];
	size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;

	if (c == '\t') {
		g.width = TAB - column % TAB;
		return g;
	}
	if (n > left || (n == 1 && (c < 0x20 || c >= 0x7f))) {
		g.is_control = true;
		return g;
	}
	if (n == 1)
		return g;
	c &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (s[i] & 0x3fu);
	g.len = n;
	g.is_control = c < 0xa0 || (c >= 0x202a && c <= 0x202e) ||
		       (c >= 0x2066 && c <= 0x2069);
	if (is_among(c, narrow, sizeof(narrow) / sizeof(narrow[0])))
		g.width = 0;
	else if (is_among(c, wide, sizeof(wide) / sizeof(wide[0])))
		g.width = 2;
	return g;
}

/* A line of the text, what is to be marked in it, and what is a secret in it
 * and shown as three stars; in bytes. */
struct excerpt {
	const unsigned char *s;
	size_t len, from, to;
	size_t secret_from, secret_to;
};

static struct glyph
glyph_of(const struct excerpt *e, size_t i, unsigned column)
{
	struct glyph g = glyph_at(e->s + i, e->len - i, column);

	if (i >= e->secret_from && i < e->secret_to) {
		g.len = 1;
		g.width = i < e->secret_from + 3;
		g.is_control = false;
	}
	return g;
}

/* Whether the line is NAME = ... with the name of a secret; its value. */
static bool
find_named_secret(struct excerpt *e)
{
	char name[128];
	size_t i = 0, n = 0;

	while (i < e->len && strchr(" \t\"'", e->s[i]) != NULL)
		i++;
	for (; i < e->len && n + 1 < sizeof(name) &&
		strchr("=: \t\"'", e->s[i]) == NULL;
		i++)
		name[n++] = (char)e->s[i];
	name[n] = '\0';
	while (i < e->len && strchr(" \t\"'", e->s[i]) != NULL)
		i++;
	if (i == e->len || (e->s[i] != '=' && e->s[i] != ':') ||
		!is_envname_secret(name, NULL))
		return false;
	for (i++; i < e->len && (e->s[i] == ' ' || e->s[i] == '\t'); i++)
		;
	e->secret_from = i;
	e->secret_to = e->len;
	return true;
}

/* The password of a URL in the line. */
static void
find_password(struct excerpt *e)
{
	size_t i, colon = 0;

	for (i = 0; i + 3 < e->len; i++)
		if (memcmp(e->s + i, "://", 3) == 0)
			break;
	for (i += 3; i < e->len && strchr("/ \t\"'", e->s[i]) == NULL; i++) {
		if (e->s[i] == ':' && colon == 0)
			colon = i + 1;
		if (e->s[i] == '@' && colon != 0) {
			e->secret_from = colon;
			e->secret_to = i;
			return;
		}
	}
}

static void
find_secret(const struct lint *l, struct excerpt *e)
{
	size_t at = (size_t)((const char *)e->s - l->text);

	for (size_t i = 0; i < l->found->n; i++) {
		const struct found *f = &l->found->item[i];
		if (strncmp(f->rule, "secret-", 7) == 0 && f->begin >= at &&
			f->begin < at + e->len && f->end > f->begin) {
			e->secret_from = f->begin - at;
			e->secret_to =
				f->end - at < e->len ? f->end - at : e->len;
			return;
		}
	}
	if (!find_named_secret(e))
		find_password(e);
}

static void
find_line(const struct lint *l, const struct found *f, struct excerpt *e)
{
	const char *s = l->text, *end = s + l->len, *eol;

	for (unsigned line = 1; line < f->line && s < end; line++) {
		eol = memchr(s, '\n', (size_t)(end - s));
		s = eol != NULL ? eol + 1 : end;
	}
	eol = memchr(s, '\n', (size_t)(end - s));
	e->s = (const unsigned char *)s;
	e->len = (size_t)((eol != NULL ? eol : end) - s);
	if (e->len > 0 && s[e->len - 1] == '\r')
		e->len--;
	e->from = f->column > 0 ? f->column - 1 : 0;
	if (e->from > e->len)
		e->from = e->len;
	e->to = e->from + (f->end > f->begin ? f->end - f->begin : 1);
	if (e->to > e->len)
		e->to = e->len;
	if (e->to <= e->from)
		e->to = e->from + 1;
	e->secret_from = e->secret_to = 0;
	find_secret(l, e);
}

/* The column of the byte at ${at}. */
static unsigned
column_of(const struct excerpt *e, size_t at)
{
	unsigned column = 0;

	for (size_t i = 0; i < at && i < e->len;) {
		struct glyph g = glyph_of(e, i, column);
		column += g.width;
		i += g.len;
	}
	return column;
}

/* The line from column ${first} on, tabs as blanks, for SHOWN columns. */
static int
put_line(struct buf *b, const struct excerpt *e, unsigned first)
{
	unsigned column = 0;
	int rc = 0;

	for (size_t i = 0; i < e->len && column < first + SHOWN;) {
		struct glyph g = glyph_of(e, i, column);
		if (column >= first) {
			if (i >= e->secret_from && i < e->secret_to)
				rc |= buf_puts(b, g.width > 0 ? "*" : "");
			else if (e->s[i] == '\t')
				for (unsigned k = 0; k < g.width; k++)
					rc |= buf_putc(b, ' ');
			else if (g.is_control)
				rc |= buf_putc(b, '?');
			else
				rc |= buf_append(b, e->s + i, g.len);
		}
		column += g.width;
		i += g.len;
	}
	return rc;
}

static int
put_excerpt(struct buf *b, const struct found *f, const struct excerpt *e,
	const char *colour, const char *plain)
{
	unsigned from = column_of(e, e->from), to = column_of(e, e->to);
	unsigned first = from > SHOWN - 20 ? from - BEFORE : 0;
	int rc = buf_printf(b, "%5u | ", f->line);

	if (to <= from)
		to = from + 1;
	if (to > first + SHOWN)
		to = first + SHOWN;
	rc |= put_line(b, e, first);
	rc |= buf_puts(b, "\n      | ");
	for (unsigned i = first; i < from; i++)
		rc |= buf_putc(b, ' ');
	rc |= buf_printf(b, "%s^", colour);
	for (unsigned i = from + 1; i < to; i++)
		rc |= buf_putc(b, '~');
	return rc | buf_printf(b, "%s\n", plain);
}

static int
put_found(struct buf *b, const struct lint *l, const struct found *f,
	bool is_colour)
{
	const char *colour = *f->level == 'e'   ? "\033[31m"
			     : *f->level == 'w' ? "\033[33m"
						: "\033[36m";
	const char *bold = is_colour ? "\033[1m" : "";
	const char *plain = is_colour ? "\033[0m" : "";
	struct excerpt e;
	int rc;

	colour = is_colour ? colour : "";
	rc = buf_printf(b, "%s%s:%u:%u:%s %s%s%s: %s [%s]\n", bold, l->name,
		f->line, f->column, plain, colour, f->level, plain, f->message,
		f->rule);
	find_line(l, f, &e);
	if (*f->path != '\0' || f->line > 1 || f->column > 1)
		rc |= put_excerpt(b, f, &e, colour, plain);
	return rc;
}

int
showing_put(struct buf *b, const struct lint *l, bool is_colour)
{
	int rc = 0;

	for (size_t i = 0; i < l->found->n; i++)
		if (!l->found->item[i].is_ignored)
			rc |= put_found(b, l, &l->found->item[i], is_colour);
	return rc;
}
