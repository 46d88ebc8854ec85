#include "suppress.h"

#include <stdlib.h>
#include <string.h>

#include "foundlist.h"
#include "lint.h"
#include "mem.h"
#include "record.h"
#include "ruletable.h"
#include "tree.h"

static const char mark[] = "flylint:";

/* A comment: the line it is about (0: all), and where its names begin. */
struct comment {
	unsigned line, own_line;
	const char *names, *end;
};

static void
ignore(struct lint *l, const char *rule, unsigned line)
{
	struct found *f = l->found->item;

	for (size_t i = 0; i < l->found->n; i++)
		if ((line == 0 || f[i].line == line) &&
			strcmp(f[i].rule, rule) == 0)
			f[i].is_ignored = true;
}

static void
report_unknown(struct lint *l, const char *name, unsigned line)
{
	struct tree_place at = {line, 1, 0, 0};
	struct finding f = {.level = "warning", .rule = "unknown-rule"};
	const char *near = ruletable_nearest(name);
	char message[200];

	snprintf(message, sizeof(message),
		"there is no rule of the name \"%.60s\"%s%s%s", name,
		near ? "; is it \"" : "", near ? near : "", near ? "\"?" : "");
	f.message = message;
	foundlist_add(l->found, &f, "", &at);
}

static void
apply(struct lint *l, const struct comment *c)
{
	const char *s = c->names;

	while (s < c->end) {
		size_t n = strcspn(s, " \t,\r\n#");
		if (s + n > c->end)
			n = (size_t)(c->end - s);
		if (n > 0) {
			char *name = mem_dup(s, n);
			if (name == NULL)
				l->found->failed = 1;
			else if (ruletable_find(name) == NULL)
				report_unknown(l, name, c->own_line);
			else
				ignore(l, name, c->line);
			free(name);
		}
		s += n;
		if (*s == '#')
			break;
		s++;
	}
}

/* The comment of the line ${s} to ${end}: whether there is one of ours. */
static bool
find_comment(const char *s, const char *end, unsigned line, struct comment *c)
{
	const char *hash = s, *p;

	while ((hash = memchr(hash, '#', (size_t)(end - hash))) != NULL) {
		p = hash + 1;
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		if ((size_t)(end - p) > strlen(mark) &&
			memcmp(p, mark, strlen(mark)) == 0)
			break;
		hash++;
	}
	if (hash == NULL)
		return false;
	p += strlen(mark);
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	c->own_line = line;
	c->end = end;
	if (end - p > 11 && memcmp(p, "ignore-file", 11) == 0) {
		c->line = 0;
		c->names = p + 11;
		return true;
	}
	if (end - p <= 6 || memcmp(p, "ignore", 6) != 0)
		return false;
	c->names = p + 6;
	while (s < hash && (*s == ' ' || *s == '\t'))
		s++;
	c->line = s == hash ? line + 1 : line;
	return true;
}

void
suppress_apply(struct lint *l)
{
	const char *s = l->text, *end = s + l->len;
	struct comment c;

	/* C strings are looked for below; a NUL ends what is looked at */
	for (unsigned line = 1; s < end && !l->is_json; line++) {
		const char *eol = memchr(s, '\n', (size_t)(end - s));
		if (eol == NULL)
			eol = end;
		if (find_comment(s, eol, line, &c))
			apply(l, &c);
		s = eol + 1;
	}
}
