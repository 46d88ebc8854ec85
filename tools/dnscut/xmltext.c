#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "xmltext.h"

enum { DEEPEST = 32 };

/* A tag: its name, and where it ends. */
struct tag {
	const char *name, *end;
	size_t len;
	bool is_close, is_empty;
};

/* Reads the tag at ${p}, a '<'. 0, or -1: it is none that we know. */
static int
read_tag(const char *p, const char *end, struct tag *t)
{
	char quote = 0;

	t->is_close = ++p < end && *p == '/';
	p += t->is_close;
	t->name = p;
	while (p < end && (isalnum((unsigned char)*p) || *p == ':' ||
				  *p == '_' || *p == '-' || *p == '.'))
		p++;
	t->len = (size_t)(p - t->name);
	t->is_empty = false;
	if (t->len == 0)
		return -1;
	for (; p < end && (quote != 0 || *p != '>'); p++) {
		if (quote == 0 && (*p == '"' || *p == '\''))
			quote = *p;
		else if (*p == quote)
			quote = 0;
		else if (quote == 0 && *p == '<')
			return -1;
	}
	if (p >= end)
		return -1;
	t->is_empty = !t->is_close && p[-1] == '/';
	t->end = p + 1;
	return 0;
}

/* Behind "<?xml ...?>" and blanks. */
static const char *
skip_head(const char *p, const char *end)
{
	const char *q;

	while (p < end && isspace((unsigned char)*p))
		p++;
	if (end - p < 5 || memcmp(p, "<?xml", 5) != 0)
		return p;
	for (q = p; q + 1 < end; q++)
		if (q[0] == '?' && q[1] == '>')
			return q + 2;
	return p;
}

int
xmltext_check(const char *text, size_t n)
{
	const char *end = text + n, *p = skip_head(text, end);
	struct tag open[DEEPEST], t;
	size_t depth = 0, elements = 0;

	if (memchr(text, '\0', n) != NULL)
		return -1;
	for (; p < end; p++) {
		if (*p != '<') {
			if (depth == 0 && !isspace((unsigned char)*p))
				return -1;
			continue;
		}
		if (read_tag(p, end, &t) == -1)
			return -1;
		p = t.end - 1;
		if (t.is_close) {
			if (depth == 0 || open[depth - 1].len != t.len ||
				memcmp(open[depth - 1].name, t.name, t.len))
				return -1;
			depth--;
		} else {
			if (depth == 0 && elements++ > 0)
				return -1;
			if (!t.is_empty && depth == DEEPEST)
				return -1;
			if (!t.is_empty)
				open[depth++] = t;
		}
	}
	return depth == 0 && elements == 1 ? 0 : -1;
}

struct xmltext
xmltext_whole(const char *text, size_t n)
{
	struct xmltext x = {
		skip_head(text, text + n), text + n, text, text + n};

	return x;
}

int
xmltext_next(const struct xmltext *in, const struct xmltext *after,
	const char *name, struct xmltext *out)
{
	const char *p = after != NULL ? after->outer_end : in->begin;
	size_t depth = 0, len = strlen(name);
	bool is_ours = false;
	struct tag t;

	for (; p < in->end; p++) {
		if (*p != '<')
			continue;
		if (read_tag(p, in->end, &t) == -1)
			return 0;
		if (!t.is_close && depth == 0) {
			is_ours =
				t.len == len && memcmp(t.name, name, len) == 0;
			out->outer = p;
			out->begin = out->end = t.end;
		}
		if (t.is_close && --depth == 0)
			out->end = p;
		depth += !t.is_close && !t.is_empty;
		if (depth == 0 && is_ours) {
			out->outer_end = t.end;
			return 1;
		}
		p = t.end - 1;
	}
	return 0;
}

/* Appends a character by its number, as UTF-8. 0 or -1. */
static int
put_character(struct buf *b, unsigned long c)
{
	if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return -1;
	if (c < 0x80)
		return buf_putc(b, (int)c);
	if (c < 0x800)
		return buf_printf(b, "%c%c", (int)(0xc0 | c >> 6),
			(int)(0x80 | (c & 63)));
	if (c < 0x10000)
		return buf_printf(b, "%c%c%c", (int)(0xe0 | c >> 12),
			(int)(0x80 | (c >> 6 & 63)), (int)(0x80 | (c & 63)));
	return buf_printf(b, "%c%c%c%c", (int)(0xf0 | c >> 18),
		(int)(0x80 | (c >> 12 & 63)), (int)(0x80 | (c >> 6 & 63)),
		(int)(0x80 | (c & 63)));
}

/* Appends what the entity at ${p} ("&...;") stands for; its length, or 0. */
static size_t
put_entity(struct buf *b, const char *p, const char *end)
{
	static const struct {
		const char *name;
		char c;
	} names[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'},
		{"&quot;", '"'}, {"&apos;", '\''}};
	const char *semicolon = memchr(p, ';', (size_t)(end - p));
	size_t n = semicolon != NULL ? (size_t)(semicolon - p) + 1 : 0, i;
	bool hex = n > 4 && p[1] == '#' && p[2] == 'x';
	char *stop;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (n == strlen(names[i].name) &&
			memcmp(p, names[i].name, n) == 0)
			return buf_putc(b, names[i].c) == 0 ? n : 0;
	if (n < 4 || n > 10 || p[1] != '#' ||
		!isxdigit((unsigned char)p[2 + hex]))
		return 0;
	if (put_character(b, strtoul(p + 2 + hex, &stop, hex ? 16 : 10)) ==
			-1 ||
		stop != semicolon)
		return 0;
	return n;
}

int
xmltext_get(const struct xmltext *in, const char *name, struct buf *b)
{
	struct xmltext x;
	const char *p;
	size_t n;

	if (xmltext_next(in, NULL, name, &x) == 0)
		return 0;
	for (p = x.begin; p < x.end; p += n) {
		n = 1;
		if (*p == '<' || (*p == '&' ? (n = put_entity(b, p, x.end)) == 0
					    : buf_putc(b, *p) == -1))
			return -1;
	}
	return 1;
}

int
xmltext_put(struct buf *b, const char *s)
{
	int rc = 0;

	for (; *s != '\0' && rc == 0; s++)
		rc = *s == '&'   ? buf_puts(b, "&amp;")
		     : *s == '<' ? buf_puts(b, "&lt;")
		     : *s == '>' ? buf_puts(b, "&gt;")
				 : buf_putc(b, *s);
	return rc;
}
