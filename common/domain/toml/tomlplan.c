#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "toml.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tree.h"

struct tomlplan_change {
	size_t begin, end, order;
	char *text;
	size_t len;
};

void
tomlplan_init(struct tomlplan *p, const char *text, size_t len,
	const struct tomlparse *doc)
{
	const char *first = len > 0 ? memchr(text, '\n', len) : NULL;

	memset(p, 0, sizeof(*p));
	p->text = text;
	p->len = len;
	p->doc = doc;
	p->newline = first != NULL && first > text && first[-1] == '\r' ? "\r\n"
									: "\n";
}

void
tomlplan_fini(struct tomlplan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		free(p->change[i].text);
	free(p->change);
}

int
tomlplan_refuse(struct tomlplan *p, const char *why)
{
	p->why = why;
	return -1;
}

int
tomlplan_change(
	struct tomlplan *p, size_t begin, size_t end, const char *s, size_t len)
{
	struct tomlplan_change *c;
	size_t size = p->size > 0 ? p->size * 2 : 8;

	if (p->n == p->size) {
		c = mem_resize(p->change, size, sizeof(*c));
		if (c == NULL)
			return -1;
		p->change = c;
		p->size = size;
	}
	c = &p->change[p->n];
	c->begin = begin;
	c->end = end;
	c->order = p->n;
	c->len = len;
	if ((c->text = mem_dup(s, len)) == NULL)
		return -1;
	p->n++;
	return 0;
}

int
tomlplan_take(struct tomlplan *p, size_t begin, size_t end, struct buf *b)
{
	int rc = tomlplan_change(p, begin, end, buf_str(b), b->len);

	buf_fini(b);
	return rc;
}

static int
by_place(const void *a, const void *b)
{
	const struct tomlplan_change *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

int
tomlplan_apply(struct tomlplan *p, struct buf *out)
{
	size_t done = 0, i;

	if (p->n > 0)
		qsort(p->change, p->n, sizeof(*p->change), by_place);
	for (i = 0; i < p->n; i++) {
		const struct tomlplan_change *c = &p->change[i];
		if (c->begin > done &&
			buf_append(out, p->text + done, c->begin - done) == -1)
			return -1;
		if (buf_append(out, c->text, c->len) == -1)
			return -1;
		if (c->begin > done)
			done = c->begin;
		if (c->end > done)
			done = c->end;
	}
	return buf_append(out, p->text + done, p->len - done);
}

/* Where the text begins, past a byte order mark. */
static size_t
beginning(const struct tomlplan *p)
{
	return p->len >= 3 && memcmp(p->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

size_t
tomlplan_line(const struct tomlplan *p, size_t at)
{
	size_t first = beginning(p);

	while (at > first && p->text[at - 1] != '\n')
		at--;
	return at < first ? first : at;
}

size_t
tomlplan_next_line(const struct tomlplan *p, size_t at)
{
	const char *end =
		at < p->len ? memchr(p->text + at, '\n', p->len - at) : NULL;

	return end != NULL ? (size_t)(end - p->text) + 1 : p->len;
}

size_t
tomlplan_blanks(const struct tomlplan *p, size_t at)
{
	while (at < p->len && (p->text[at] == ' ' || p->text[at] == '\t'))
		at++;
	return at;
}

bool
is_tomlplan_blank(const struct tomlplan *p, size_t line)
{
	size_t at = tomlplan_blanks(p, line);

	return line < p->len &&
	       (at == p->len || p->text[at] == '\n' || p->text[at] == '\r');
}

bool
is_tomlplan_comment(const struct tomlplan *p, size_t line)
{
	size_t at = tomlplan_blanks(p, line);

	return at < p->len && p->text[at] == '#';
}

size_t
tomlplan_comments(const struct tomlplan *p, size_t line)
{
	size_t above;

	while (line > beginning(p)) {
		above = tomlplan_line(p, line - 1);
		if (!is_tomlplan_comment(p, above))
			break;
		line = above;
	}
	return line;
}

size_t
tomlplan_gap(const struct tomlplan *p, size_t at)
{
	while (at < p->len) {
		if (p->text[at] == '#')
			at = tomlplan_next_line(p, at);
		else if (strchr(" \t\r\n", p->text[at]) != NULL)
			at++;
		else
			break;
	}
	return at;
}

bool
is_tomlplan_top(const struct tomlparse_stmt *s)
{
	return s->in->mark != TOML_INLINE;
}

bool
is_tomlplan_beneath(const struct tree *t, const struct tree *root)
{
	while (t != NULL && t != root)
		t = t->parent;
	return t != NULL;
}

const struct tomlparse_stmt *
tomlplan_first(const struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *s = p->doc->stmt;
	size_t i;

	for (i = 0; i < p->doc->n_stmts; i++, s++)
		if (is_tomlplan_top(s) && is_tomlplan_beneath(s->node, t))
			return s;
	return NULL;
}

const struct tomlparse_stmt *
tomlplan_last(const struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *s;
	size_t i;

	for (i = p->doc->n_stmts; i > 0; i--) {
		s = &p->doc->stmt[i - 1];
		if (is_tomlplan_top(s) && is_tomlplan_beneath(s->node, t))
			return s;
	}
	return NULL;
}

const struct tomlparse_stmt *
tomlplan_section(const struct tomlplan *p, const struct tomlparse_stmt *s)
{
	const struct tomlparse_stmt *end = p->doc->stmt + p->doc->n_stmts;
	const struct tomlparse_stmt *last = s;

	for (s++; s < end; s++) {
		if (s->kind != TOMLPARSE_VALUE)
			break;
		if (is_tomlplan_top(s))
			last = s;
	}
	return last;
}

size_t
tomlplan_section_end(const struct tomlplan *p, const struct tomlparse_stmt *s)
{
	size_t end = tomlplan_next_line(p, tomlplan_section(p, s)->end);
	size_t line = end;

	while (is_tomlplan_comment(p, line))
		line = tomlplan_next_line(p, line);
	return line == p->len || is_tomlplan_blank(p, line) ? line : end;
}

const struct tomlparse_stmt *
tomlplan_opener(const struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *s = p->doc->stmt;
	size_t i;

	for (i = 0; i < p->doc->n_stmts; i++, s++)
		if (s->kind != TOMLPARSE_VALUE && s->node == t)
			return s;
	return NULL;
}

int
tomlplan_put_indent(
	const struct tomlplan *p, struct buf *b, const struct tomlparse_stmt *s)
{
	size_t line;

	if (s == NULL)
		return 0;
	line = tomlplan_line(p, s->begin);
	return buf_append(b, p->text + line, s->begin - line);
}
