#include "tomlwrap.h"
#include "toml.h"
#include "tomlinsert.h"
#include "tomlparse.h"
#include "tomlplan.h"
#include "tree.h"

/* An opening and a closing bracket. */
static int
add_brackets(struct tomlplan *p, size_t begin, size_t end)
{
	if (tomlplan_change(p, begin, begin, "[", 1) == -1)
		return -1;
	return tomlplan_change(p, end, end, "]", 1);
}

int
tomlwrap_plan(struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *s;
	struct tomlinsert header = {t, NULL, 0, NULL};

	switch (t->mark) {
	case TOML_ROOT:
	case TOML_TABLES:
		return tomlplan_refuse(p, "it is an array of tables or the "
					  "whole document");
	case TOML_DOTTED:
		return tomlplan_refuse(
			p, "a table of dotted keys cannot become an array");
	case TOML_IMPLICIT:
		return tomlinsert_table(p, &header, true);
	case TOML_HEADER:
		if (t->key == NULL)
			return tomlplan_refuse(
				p, "it is an element of an array already");
		s = tomlplan_opener(p, t);
		return add_brackets(p, s->begin, s->end);
	default:
		return add_brackets(p, t->at.begin, t->at.end);
	}
}

/* [ value ] without anything else inside the brackets but blanks. */
static int
unwrap_value(struct tomlplan *p, const struct tree *t)
{
	const struct tree *e = t->first;
	size_t i;

	for (i = t->at.begin; i < t->at.end; i++) {
		if (i == e->at.begin)
			i = e->at.end;
		if (p->text[i] == '#')
			return tomlplan_refuse(
				p, "a comment stands inside its brackets");
	}
	if (tomlplan_change(p, t->at.begin, e->at.begin, "", 0) == -1)
		return -1;
	return tomlplan_change(p, e->at.end, t->at.end, "", 0);
}

int
tomlwrap_undo(struct tomlplan *p, const struct tree *t)
{
	const struct tomlparse_stmt *s;

	if (t->kind != TREE_ARRAY || t->n != 1)
		return tomlplan_refuse(p, "it is no array of one element");
	if (t->mark == TOML_STATIC)
		return unwrap_value(p, t);
	s = tomlplan_opener(p, t->first);
	if (tomlplan_change(p, s->begin, s->begin + 1, "", 0) == -1)
		return -1;
	return tomlplan_change(p, s->end - 1, s->end, "", 0);
}
