#include "secretsread.h"

#include <stdbool.h>
#include <string.h>

#include "buf.h"

/* The reader's buffer holds this many bytes of a line. */
#define MAX_LINE 65535u

struct line {
	const char *p;
	size_t n;
};

/* The next line without its LF and one CR. 1, 0 at the end, -1: too long. */
static int
next_line(struct secretsread *r, struct line *l)
{
	const char *lf;

	if (r->at >= r->len)
		return 0;
	l->p = r->text + r->at;
	lf = memchr(l->p, '\n', r->len - r->at);
	l->n = lf ? (size_t)(lf - l->p) : r->len - r->at;
	r->at += l->n + 1;
	if (l->n > MAX_LINE)
		return -1;
	if (l->n && l->p[l->n - 1] == '\r')
		l->n--;
	return 1;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
trim(struct line *l)
{
	for (; l->n && is_blank(l->p[0]); l->p++)
		l->n--;
	while (l->n && is_blank(l->p[l->n - 1]))
		l->n--;
}

static bool
is_quoted(const struct line *l, char quote)
{
	return l->n && l->p[0] == quote && l->p[l->n - 1] == quote;
}

static bool
begins_triple(const struct line *l)
{
	return l->n >= 3 && memcmp(l->p, "\"\"\"", 3) == 0;
}

static bool
ends_triple(const struct line *l)
{
	return l->n >= 3 && memcmp(l->p + l->n - 3, "\"\"\"", 3) == 0;
}

static void
cut_comment(struct line *v)
{
	size_t i, count = 0;

	for (i = 0; i < v->n && v->p[i] != '#'; i++)
		count += v->p[i] == '"';
	if (i == v->n || count % 2 == 1)
		return;
	v->n = i;
	while (v->n && v->p[v->n - 1] == ' ')
		v->n--;
}

/* The lines up to the one that ends in """, after the rest of the first. */
static int
read_lines(struct secretsread *r, struct line first, struct buf *value)
{
	struct line l;
	int rc;

	if (buf_append(value, first.p + 3, first.n - 3) ||
		buf_putc(value, '\n'))
		return -1;
	while ((rc = next_line(r, &l)) == 1) {
		if (ends_triple(&l))
			return buf_append(value, l.p, l.n - 3) ? -1 : 1;
		if (buf_append(value, l.p, l.n) || buf_putc(value, '\n'))
			return -1;
	}
	return -1;
}

static int
read_value(struct secretsread *r, struct line v, struct buf *value)
{
	for (; v.n && v.p[0] == ' '; v.p++)
		v.n--;
	cut_comment(&v);
	if (begins_triple(&v) && ends_triple(&v) && v.n >= 6)
		return buf_append(value, v.p + 3, v.n - 6) ? -1 : 1;
	if (begins_triple(&v))
		return read_lines(r, v, value);
	if (is_quoted(&v, '"') || is_quoted(&v, '\'')) {
		if (v.n == 1)
			return -1;
		return buf_append(value, v.p + 1, v.n - 2) ? -1 : 1;
	}
	return v.n && buf_append(value, v.p, v.n) ? -1 : 1;
}

int
secretsread_next(struct secretsread *r, struct buf *name, struct buf *value)
{
	struct line l, key;
	const char *equals;
	int rc;

	buf_clear(name);
	buf_clear(value);
	do {
		if ((rc = next_line(r, &l)) != 1)
			return rc;
		key = l;
		trim(&key);
	} while (l.n == 0 || l.p[0] == '#' || key.n == 0);
	if (!(equals = memchr(l.p, '=', l.n)))
		return -1;
	key.p = l.p;
	key.n = (size_t)(equals - l.p);
	trim(&key);
	if (buf_append(name, key.p, key.n))
		return -1;
	l.n -= (size_t)(equals + 1 - l.p);
	l.p = equals + 1;
	return read_value(r, l, value);
}
