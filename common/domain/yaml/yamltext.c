#include "yamltext.h"

#include "str.h"
#include "tree.h"
#include "yaml.h"

void
yamltext_cut_end(const char *text, size_t len, struct tree *t)
{
	if (t->at.end >= len && text[len - 1] != '\n' &&
		text[len - 1] != '\r' && t->len > 0 &&
		t->text[t->len - 1] == '\n')
		t->text[--t->len] = '\0';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_as_written(const char *text, const struct tree *t)
{
	const char *s = text + t->at.begin, *end = text + t->at.end;
	const char *v = t->text, *v_end = v + t->len;

	for (;;) {
		while (s < end && is_blank(*s))
			s++;
		while (v < v_end && is_blank(*v))
			v++;
		if (s == end || v == v_end)
			return s == end && v == v_end;
		if (*s++ != *v++)
			return false;
	}
}

static bool
is_indented(const char *text, size_t skip, const struct tree *t,
	const struct tree *owner)
{
	size_t at = t->at.begin, line;

	while (at < t->at.end && is_blank(text[at]))
		at++;
	if (owner == NULL || at == t->at.end)
		return true;
	for (line = at; line > skip && text[line - 1] == ' ';)
		line--;
	return at - line >= owner->at.column;
}

bool
is_yamltext_sound(const char *text, size_t skip, const struct tree *t,
	const struct tree *owner)
{
	size_t bad;

	if ((t->mark & (YAML_PLAIN | YAML_BLOCK)) && !is_as_written(text, t))
		return false;
	if ((t->mark & YAML_BLOCK) && !is_indented(text, skip, t, owner))
		return false;
	return utf8_check(t->text, t->len, &bad) == 0;
}
