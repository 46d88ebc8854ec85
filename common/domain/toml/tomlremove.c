#include <stddef.h>

#include "toml.h"
#include "tomlbracket.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tomlremove.h"
#include "tree.h"

/* Whether the line above ${line} is blank or there is none. */
static bool
is_blank_above(const struct tomlplan *p, size_t line)
{
	size_t first = tomlplan_line(p, 0);

	return line <= first ||
	       is_tomlplan_blank(p, tomlplan_line(p, line - 1));
}

/* Blank lines that would double those before ${begin} go with the section
 * that ends at ${end}; at the end of the text those before it do. */
static int
remove_section(struct tomlplan *p, size_t begin, size_t end)
{
	size_t blank = end, above;

	while (is_tomlplan_blank(p, blank))
		blank = tomlplan_next_line(p, blank);
	if (is_blank_above(p, begin))
		end = blank;
	if (blank == p->len)
		while (begin > tomlplan_line(p, 0)) {
			above = tomlplan_line(p, begin - 1);
			if (!is_tomlplan_blank(p, above))
				break;
			begin = above;
		}
	return tomlplan_change(p, begin, end, "", 0);
}

/* Sections of headers, each run of neighbours in one piece, and lines that
 * stand in the section of another table. */
static int
remove_lines(struct tomlplan *p, const struct tree *t, bool comments)
{
	const struct tomlparse_stmt *s = p->doc->stmt, *last;
	const struct tomlparse_stmt *end = s + p->doc->n_stmts;
	size_t begin;

	while (s < end) {
		if (!is_tomlplan_top(s) || !is_tomlplan_beneath(s->node, t)) {
			s++;
			continue;
		}
		begin = tomlplan_line(p, s->begin);
		if (comments)
			begin = tomlplan_comments(p, begin);
		if (s->kind == TOMLPARSE_VALUE) {
			if (tomlplan_change(p, begin,
				    tomlplan_next_line(p, s->end), "", 0) == -1)
				return -1;
			s++;
			continue;
		}
		last = s;
		for (; s < end && is_tomlplan_beneath(s->node, t); s++)
			if (is_tomlplan_top(s))
				last = s;
		if (remove_section(p, begin, tomlplan_section_end(p, last)) ==
			-1)
			return -1;
	}
	return 0;
}

int
tomlremove_plan(struct tomlplan *p, const struct tree *t, bool comments)
{
	const struct tree *container;

	if (t->parent == NULL)
		return tomlplan_refuse(p, "the whole document cannot be "
					  "removed");
	if (t->parent->mark == TOML_STATIC)
		return tomlbracket_remove(p, t);
	if ((container = tomlbracket_inline(t->parent)) != NULL)
		return tomlbracket_remove_pairs(p, container, t);
	return remove_lines(p, t, comments);
}
