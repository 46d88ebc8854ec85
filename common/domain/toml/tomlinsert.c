#include <string.h>

#include "buf.h"
#include "toml.h"
#include "tomlbracket.h"
#include "tomlinsert.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tomltext.h"
#include "tree.h"

/* A header to come: its place, its model for indentation, what is in it. */
struct header {
	const struct tree *in; /* its path: from the root to this table ... */
	const struct toml_step *key; /* ... and these keys */
	size_t n;
	bool element;
	size_t at;
	const struct tomlparse_stmt *model; /* or NULL */
	const struct tree *value;           /* its members, or ... */
	const struct buf *pair;             /* ... its one line */
};

unsigned
tomlinsert_quotes(const struct tomlplan *p)
{
	const struct tomlparse_stmt *s = p->doc->stmt;
	size_t i, literal = 0, basic = 0;

	for (i = 0; i < p->doc->n_stmts; i++, s++) {
		literal += s->node->mark == TOML_LITERAL;
		basic += s->node->mark == TOML_BASIC;
	}
	return literal > basic ? TOMLTEXT_LITERAL : TOMLTEXT_BEST;
}

/* "a.b.c" */
static int
put_keys(struct buf *b, const struct toml_step *key, size_t n)
{
	size_t i, begin = b->len;

	for (i = 0; i < n; i++) {
		if (key[i].key == NULL)
			continue;
		if ((b->len > begin && buf_putc(b, '.') == -1) ||
			tomltext_put_key(b, key[i].key, key[i].key_len) == -1)
			return -1;
	}
	return 0;
}

/* The keys from the table ${from} down to ${to}, then ${i}'s, with "=" written
 * as in the statement ${like}, and the value. */
static int
put_pair(struct tomlplan *p, struct buf *b, const struct tree *from,
	const struct tomlinsert *i, const struct tomlparse_stmt *like)
{
	struct toml_step path[TOML_MAX_DEPTH];
	size_t skip = toml_path_of(from, path), n = toml_path_of(i->in, path);
	const char *equals = " = ";

	if (like != NULL && like->kind == TOMLPARSE_VALUE) {
		size_t key = p->doc->part[like->part + like->n_parts - 1].end;
		if (like->node->at.begin == key + 1)
			equals = "=";
	}
	if (put_keys(b, path + skip, n - skip) == -1 ||
		(n > skip && buf_putc(b, '.') == -1) ||
		put_keys(b, i->key, i->n) == -1 || buf_puts(b, equals) == -1)
		return -1;
	if (i->value == NULL)
		return buf_puts(b, "{}");
	return tomltext_put_value(b, i->value, tomlinsert_quotes(p));
}

/* Whole lines at the beginning of a line, or at the end of the text. */
static int
add_lines(struct tomlplan *p, size_t at, struct buf *lines)
{
	size_t end = lines->len;
	struct buf b = BUF_INIT;

	if (at <= tomlplan_line(p, 0) || p->text[at - 1] == '\n')
		return tomlplan_take(p, at, at, lines);
	/* the last line has no end, and shall have none */
	if (end >= strlen(p->newline))
		end -= strlen(p->newline);
	if (buf_puts(&b, p->newline) == -1 ||
		buf_append(&b, lines->data, end) == -1) {
		buf_fini(&b);
		buf_fini(lines);
		return -1;
	}
	buf_fini(lines);
	return tomlplan_take(p, at, at, &b);
}

/* How far the text indents keys beneath their header, as this text does. */
static int
put_key_indent(
	struct tomlplan *p, struct buf *b, const struct tomlparse_stmt *header)
{
	const struct tomlparse_stmt *s = p->doc->stmt, *next;
	const struct tomlparse_stmt *end = s + p->doc->n_stmts;

	if (tomlplan_put_indent(p, b, header) == -1)
		return -1;
	/* its own keys first, then those of any other header */
	if (header != NULL && header + 1 < end &&
		header[1].kind == TOMLPARSE_VALUE)
		s = header;
	for (; s + 1 < end; s++) {
		size_t line = tomlplan_line(p, s->begin), extra;
		next = s + 1;
		if (s->kind == TOMLPARSE_VALUE || next->kind != TOMLPARSE_VALUE)
			continue;
		extra = s->begin - line;
		line = tomlplan_line(p, next->begin);
		if (next->begin - line > extra)
			return buf_append(b, p->text + line + extra,
				next->begin - line - extra);
		return 0;
	}
	return 0;
}

static int
put_members(struct tomlplan *p, struct buf *b, const struct header *h)
{
	const struct tree *m = h->value != NULL ? h->value->first : NULL;
	unsigned quotes = tomlinsert_quotes(p);

	if (h->pair != NULL)
		return put_key_indent(p, b, h->model) == -1 ||
				       buf_append(b, h->pair->data,
					       h->pair->len) == -1
			       ? -1
			       : buf_puts(b, p->newline);
	for (; m != NULL; m = m->next)
		if (put_key_indent(p, b, h->model) == -1 ||
			tomltext_put_key(b, m->key, m->key_len) == -1 ||
			buf_puts(b, " = ") == -1 ||
			tomltext_put_value(b, m, quotes) == -1 ||
			buf_puts(b, p->newline) == -1)
			return -1;
	return 0;
}

static int
put_header(struct tomlplan *p, struct buf *b, const struct header *h)
{
	struct toml_step path[TOML_MAX_DEPTH];
	size_t n = toml_path_of(h->in, path), begin;

	if (tomlplan_put_indent(p, b, h->model) == -1 ||
		buf_puts(b, h->element ? "[[" : "[") == -1)
		return -1;
	begin = b->len;
	if (put_keys(b, path, n) == -1 ||
		(b->len > begin && h->n > 0 && buf_putc(b, '.') == -1) ||
		put_keys(b, h->key, h->n) == -1 ||
		buf_puts(b, h->element ? "]]" : "]") == -1)
		return -1;
	return buf_puts(b, p->newline);
}

/* The header with its lines, and a blank line before and after it. */
static int
add_header(struct tomlplan *p, const struct header *h)
{
	size_t first = tomlplan_line(p, 0), at = h->at;
	struct buf b = BUF_INIT;

	if (at > first && p->text[at - 1] != '\n')
		first = at; /* not at the beginning of a line: it gets an end */
	if ((at > tomlplan_line(p, 0) &&
		    (first == at ||
			    !is_tomlplan_blank(p, tomlplan_line(p, at - 1))) &&
		    buf_puts(&b, p->newline) == -1) ||
		put_header(p, &b, h) == -1 || put_members(p, &b, h) == -1 ||
		(at < p->len && !is_tomlplan_blank(p, at) &&
			buf_puts(&b, p->newline) == -1)) {
		buf_fini(&b);
		return -1;
	}
	return add_lines(p, at, &b);
}

/* A header whose indentation suits one directly beneath ${t}. */
static const struct tomlparse_stmt *
model_beneath(const struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *s, *found = NULL;
	size_t i;

	for (i = 0; i < p->doc->n_stmts; i++) {
		s = &p->doc->stmt[i];
		if (s->kind != TOMLPARSE_VALUE &&
			p->doc->part[s->part + s->n_parts - 1].node->parent ==
				t)
			found = s;
	}
	return found != NULL ? found : tomlplan_opener(p, t);
}

/* After everything that is about ${t}. */
static size_t
end_of(const struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *last = tomlplan_last(p, t);

	return last != NULL ? tomlplan_section_end(p, last) : p->len;
}

/* A header for a table known from longer headers, before the first of them. */
static int
add_implicit(struct tomlplan *p, struct header *h)
{
	h->model = tomlplan_first(p, h->in);
	h->at = tomlplan_comments(p, tomlplan_line(p, h->model->begin));
	return add_header(p, h);
}

int
tomlinsert_table(struct tomlplan *p, const struct tomlinsert *i, bool element)
{
	struct header h = {.in = i->in,
		.key = i->key,
		.n = i->n,
		.element = element,
		.value = i->value};

	if (i->n == 0)
		return add_implicit(p, &h);
	h.model = model_beneath(p, i->in);
	h.at = end_of(p, i->in);
	return add_header(p, &h);
}

int
tomlinsert_element(
	struct tomlplan *p, const struct tree *array, const struct tree *value)
{
	struct header h = {.in = array, .element = true, .value = value};

	h.model = tomlplan_opener(p, array->last);
	h.at = end_of(p, array);
	return add_header(p, &h);
}

/* One line at the end of the section of a table with a header, or of the
 * root. */
static int
add_to_section(struct tomlplan *p, const struct tomlinsert *i)
{
	const struct tomlparse_stmt *s = p->doc->stmt, *last = NULL;
	struct buf b = BUF_INIT;
	bool root = i->in->mark == TOML_ROOT, before_header = false;
	size_t at = p->len;

	if (!root)
		last = tomlplan_section(p, tomlplan_opener(p, i->in));
	else if (p->doc->n_stmts > 0 && s->kind == TOMLPARSE_VALUE)
		last = tomlplan_section(p, s);
	else if (p->doc->n_stmts > 0) {
		at = tomlplan_comments(p, tomlplan_line(p, s->begin));
		before_header = true;
	}
	if (last != NULL)
		at = tomlplan_next_line(p, last->end);
	if ((last != NULL &&
		    (last->kind == TOMLPARSE_VALUE
				    ? tomlplan_put_indent(p, &b, last)
				    : put_key_indent(p, &b, last)) == -1) ||
		put_pair(p, &b, i->in, i, last) == -1 ||
		buf_puts(&b, p->newline) == -1 ||
		(before_header && buf_puts(&b, p->newline) == -1)) {
		buf_fini(&b);
		return -1;
	}
	return add_lines(p, at, &b);
}

/* A line with dotted keys after the last one of the same table. */
static int
add_dotted(struct tomlplan *p, const struct tomlinsert *i)
{
	const struct tomlparse_stmt *s = p->doc->stmt, *last = NULL;
	const struct tree *up, *section = i->in;
	struct buf b = BUF_INIT;
	size_t n;

	while (section->mark == TOML_DOTTED)
		section = section->parent;
	for (n = 0; n < p->doc->n_stmts; n++, s++) {
		if (s->kind != TOMLPARSE_VALUE || s->in != section)
			continue;
		for (up = s->node; up != section && up != i->in;)
			up = up->parent;
		if (up == i->in)
			last = s;
	}
	if (last == NULL)
		return tomlplan_refuse(p, "its table of dotted keys has no "
					  "line of its own");
	if (tomlplan_put_indent(p, &b, last) == -1 ||
		put_pair(p, &b, section, i, last) == -1 ||
		buf_puts(&b, p->newline) == -1) {
		buf_fini(&b);
		return -1;
	}
	return add_lines(p, tomlplan_next_line(p, last->end), &b);
}

/* The last key on a line beneath a header for those before it, which is new. */
static int
add_under_header(struct tomlplan *p, const struct tomlinsert *i)
{
	struct header h = {.in = i->in, .key = i->key, .n = i->n - 1};
	struct tomlinsert last = {i->in, i->key + i->n - 1, 1, i->value};
	struct buf pair = BUF_INIT;
	int rc = put_pair(p, &pair, i->in, &last, NULL);

	h.pair = &pair;
	if (rc == 0 && h.n == 0)
		rc = add_implicit(p, &h);
	else if (rc == 0) {
		h.model = model_beneath(p, i->in);
		h.at = end_of(p, i->in);
		rc = add_header(p, &h);
	}
	buf_fini(&pair);
	return rc;
}

int
tomlinsert_value(struct tomlplan *p, const struct tomlinsert *i)
{
	const struct tree *container = tomlbracket_inline(i->in);
	struct buf pair = BUF_INIT;
	int rc;

	if (container != NULL) {
		rc = put_pair(p, &pair, container, i, NULL);
		if (rc == 0)
			rc = tomlbracket_add_pair(p, container, &pair);
		buf_fini(&pair);
		return rc;
	}
	if (i->in->mark == TOML_DOTTED)
		return add_dotted(p, i);
	if (i->n > 1 || i->in->mark == TOML_IMPLICIT)
		return add_under_header(p, i);
	return add_to_section(p, i);
}
