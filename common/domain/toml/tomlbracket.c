#include <string.h>

#include "buf.h"
#include "toml.h"
#include "tomlbracket.h"
#include "tomlinsert.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tomltext.h"
#include "tree.h"

const struct tree *
tomlbracket_inline(const struct tree *t)
{
	while (t != NULL && t->mark == TOML_DOTTED)
		t = t->parent;
	return t != NULL && t->mark == TOML_INLINE ? t : NULL;
}

int
tomlbracket_add_pair(
	struct tomlplan *p, const struct tree *t, const struct buf *pair)
{
	const struct tomlparse_stmt *s = p->doc->stmt, *last = NULL;
	struct buf b = BUF_INIT;
	size_t i, begin = t->at.begin + 1, end = t->at.end - 1;

	for (i = 0; i < p->doc->n_stmts; i++, s++)
		if (s->in == t)
			last = s;
	if (last != NULL)
		begin = end = last->end;
	if (buf_puts(&b, last != NULL ? ", " : " ") == -1 ||
		buf_append(&b, pair->data, pair->len) == -1 ||
		(last == NULL && buf_puts(&b, " ") == -1)) {
		buf_fini(&b);
		return -1;
	}
	return tomlplan_take(p, begin, end, &b);
}

int
tomlbracket_remove_pairs(
	struct tomlplan *p, const struct tree *t, const struct tree *gone)
{
	const struct tomlparse_stmt *s = p->doc->stmt, *before = NULL, *next;
	const struct tomlparse_stmt *end = s + p->doc->n_stmts;
	bool kept = false;
	int rc = 0;

	for (; s < end && rc == 0; s++) {
		if (s->in != t)
			continue;
		for (next = s + 1; next < end && next->in != t; next++)
			;
		if (!is_tomlplan_beneath(s->node, gone))
			kept = true;
		else if (kept)
			rc = tomlplan_change(p, before->end, s->end, "", 0);
		else
			rc = tomlplan_change(p, s->begin,
				next < end ? next->begin : s->end, "", 0);
		before = s;
	}
	return rc;
}

/* The comma after an element, or 0. */
static size_t
comma_after(const struct tomlplan *p, const struct tree *e)
{
	size_t at = tomlplan_gap(p, e->at.end);

	return p->text[at] == ',' ? at : 0;
}

/* Whether nothing but blanks stands before it on its line. */
static bool
is_first_on_line(const struct tomlplan *p, const struct tree *e)
{
	return tomlplan_blanks(p, tomlplan_line(p, e->at.begin)) == e->at.begin;
}

/* A line with the indentation of ${e}. */
static int
put_line(struct tomlplan *p, struct buf *b, const struct tree *e,
	const struct buf *value, const char *comma)
{
	size_t line = tomlplan_line(p, e->at.begin);

	if (buf_append(b, p->text + line, e->at.begin - line) == -1 ||
		buf_append(b, value->data, value->len) == -1 ||
		buf_puts(b, comma) == -1)
		return -1;
	return buf_puts(b, p->newline);
}

/* After the last element, which has a line of its own, on the next line. */
static int
add_line(struct tomlplan *p, const struct tree *last, size_t comma,
	const struct buf *value)
{
	size_t line = tomlplan_next_line(p, comma > 0 ? comma : last->at.end);
	struct buf b = BUF_INIT;

	if (comma == 0 &&
		tomlplan_change(p, last->at.end, last->at.end, ",", 1) == -1)
		return -1;
	if (put_line(p, &b, last, value, comma > 0 ? "," : "") == -1) {
		buf_fini(&b);
		return -1;
	}
	return tomlplan_take(p, line, line, &b);
}

int
tomlbracket_add(
	struct tomlplan *p, const struct tree *array, const struct buf *value)
{
	const struct tree *last = array->last;
	size_t comma, at, line;
	struct buf b = BUF_INIT;

	if (last == NULL) {
		at = array->at.end - 1;
		return tomlplan_change(p, at, at, value->data, value->len);
	}
	comma = comma_after(p, last);
	at = comma > 0 ? comma + 1 : last->at.end;
	line = tomlplan_next_line(p, at);
	if (is_first_on_line(p, last) && line < array->at.end)
		return add_line(p, last, comma, value);
	if (buf_puts(&b, comma > 0 ? " " : ", ") == -1 ||
		buf_append(&b, value->data, value->len) == -1 ||
		(comma > 0 && buf_puts(&b, ",") == -1)) {
		buf_fini(&b);
		return -1;
	}
	return tomlplan_take(p, at, at, &b);
}

/* The last element, which no comma follows: the one before it goes too, or
 * it would now end the array. */
static int
remove_last(struct tomlplan *p, const struct tree *e)
{
	const struct tree *before = e->parent->first;
	size_t comma;

	if (before == e)
		return 0;
	while (before->next != e)
		before = before->next;
	comma = comma_after(p, before);
	return tomlplan_change(p, comma,
		tomlplan_blanks(p, comma + 1) == e->at.begin ? e->at.begin
							     : comma + 1,
		"", 0);
}

int
tomlbracket_remove(struct tomlplan *p, const struct tree *e)
{
	const struct tree *array = e->parent;
	size_t comma = comma_after(p, e), end = e->at.end, line, next;
	bool adjacent = comma == tomlplan_blanks(p, end);

	if (comma == 0 && remove_last(p, e) == -1)
		return -1;
	/* past a comment or line end it goes alone */
	if (comma > 0 && adjacent)
		end = tomlplan_blanks(p, comma + 1);
	else if (comma > 0 && tomlplan_change(p, comma, comma + 1, "", 0) == -1)
		return -1;
	line = tomlplan_line(p, e->at.begin);
	next = tomlplan_next_line(p, end);
	if (is_first_on_line(p, e) && line > array->at.begin &&
		next < array->at.end && (comma == 0 || adjacent) &&
		(is_tomlplan_blank(p, end) || is_tomlplan_comment(p, end)))
		return tomlplan_change(p, line, next, "", 0);
	return tomlplan_change(p, e->at.begin, end, "", 0);
}

int
tomlbracket_replace(
	struct tomlplan *p, const struct tree *array, const struct tree *value)
{
	enum tomltext_quotes quotes = tomlinsert_quotes(p);
	const struct tree *first = array->first, *m;
	struct buf b = BUF_INIT, one = BUF_INIT;
	bool comma;
	int rc = 0;

	if (first == NULL || value->n == 0 || !is_first_on_line(p, first) ||
		tomlplan_line(p, first->at.begin) <= array->at.begin) {
		rc = tomltext_put_value(&b, value, quotes);
		goto done;
	}
	comma = comma_after(p, array->last) > 0;
	rc = buf_printf(&b, "[%s", p->newline);
	for (m = value->first; m != NULL && rc == 0; m = m->next) {
		buf_clear(&one);
		rc = tomltext_put_value(&one, m, quotes);
		if (rc == 0)
			rc = put_line(p, &b, first, &one,
				m->next != NULL || comma ? "," : "");
	}
	if (rc == 0) {
		/* the bracket as it was indented, or as the line it began on */
		size_t end = array->at.end - 1, line = tomlplan_line(p, end);
		if (tomlplan_blanks(p, line) != end) {
			line = tomlplan_line(p, array->at.begin);
			end = tomlplan_blanks(p, line);
		}
		rc = buf_append(&b, p->text + line, end - line);
	}
	if (rc == 0)
		rc = buf_puts(&b, "]");
done:
	buf_fini(&one);
	if (rc == -1) {
		buf_fini(&b);
		return -1;
	}
	return tomlplan_take(p, array->at.begin, array->at.end, &b);
}
