#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "str.h"
#include "toc.h"

/* Kinds by their description; the longer of two with one beginning first. */
static const struct {
	const char *desc;
	enum toc_stage stage;
} kinds[] = {
	{"SCHEMA", TOC_SCHEMA},
	{"EXTENSION", TOC_EXTENSION},
	{"COMMENT - EXTENSION", TOC_EXTENSION},
	{"TABLE DATA", TOC_DATA},
	{"SEQUENCE SET", TOC_DATA},
	{"SEQUENCE OWNED BY", TOC_BEFORE},
	{"BLOB METADATA", TOC_DATA},
	{"BLOB COMMENTS", TOC_DATA},
	{"BLOBS", TOC_DATA},
	{"BLOB", TOC_DATA},
	{"COMMENT - LARGE OBJECT", TOC_DATA},
	{"COMMENT LARGE OBJECT", TOC_DATA},
	{"COMMENT - BLOB", TOC_DATA},
	{"STATISTICS DATA", TOC_DATA},
	{"MATERIALIZED VIEW DATA", TOC_DATA},
	{"FK CONSTRAINT", TOC_FKEY},
	{"CHECK CONSTRAINT", TOC_LATE},
	{"CONSTRAINT", TOC_INDEX},
	{"INDEX ATTACH", TOC_ATTACH},
	{"INDEX", TOC_INDEX},
	{"EVENT TRIGGER", TOC_EVENT},
	{"COMMENT - EVENT TRIGGER", TOC_EVENT},
	{"TRIGGER", TOC_LATE},
	{"POLICY", TOC_LATE},
	{"ROW SECURITY", TOC_LATE},
	{"PUBLICATION TABLES IN SCHEMA", TOC_LATE},
	{"PUBLICATION TABLE", TOC_LATE},
	{"PUBLICATION", TOC_LATE},
	{"SUBSCRIPTION TABLE", TOC_SUBSCRIPTION},
	{"SUBSCRIPTION", TOC_SUBSCRIPTION},
	{"COMMENT - SUBSCRIPTION", TOC_SUBSCRIPTION},
	{"RULE", TOC_EARLY},
	{"STATISTICS", TOC_EARLY},
};

/* "123" at ${*p}, followed by a blank or ';'. 0 or -1. */
static int
number(const char **p, uint32_t *out)
{
	uint64_t v = 0;
	const char *s = *p;

	if (*s < '0' || *s > '9')
		return -1;
	for (; *s >= '0' && *s <= '9'; s++)
		if ((v = v * 10 + (uint64_t)(*s - '0')) > UINT32_MAX)
			return -1;
	if (*s != ' ' && *s != ';')
		return -1;
	*out = (uint32_t)v;
	*p = s + 1;
	return 0;
}

static bool
has_word(const char *s, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - s) >= n && memcmp(s, word, n) == 0 &&
	       (s + n == end || s[n] == ' ');
}

/* Entries whose kind does not tell: comments follow what they are on. */
static enum toc_stage
stage_of(const char *desc, const char *end, bool post, const char **kind)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (has_word(desc, end, kinds[i].desc)) {
			*kind = kinds[i].desc;
			return kinds[i].stage;
		}
	*kind = "";
	if (!post)
		return TOC_BEFORE;
	/* a comment or privilege on a late thing; else a postponed object */
	if (has_word(desc, end, "COMMENT") || has_word(desc, end, "ACL") ||
		has_word(desc, end, "DEFAULT ACL") ||
		has_word(desc, end, "SECURITY LABEL"))
		return TOC_LATE;
	return TOC_EARLY;
}

/* Whether the kind is found only behind the data. */
static bool
is_post(enum toc_stage s)
{
	return s == TOC_INDEX || s == TOC_ATTACH || s == TOC_FKEY ||
	       s == TOC_LATE || s == TOC_EVENT || s == TOC_SUBSCRIPTION ||
	       s == TOC_EARLY;
}

static int
parse_line(const char *line, size_t len, bool *post, struct toc_entry *e)
{
	const char *p = line, *end = line + len;
	uint32_t id, tableoid;

	if (number(&p, &id) || p >= end || *p++ != ' ' ||
		number(&p, &tableoid) || number(&p, &e->oid))
		return -1;
	e->line = line;
	e->len = len;
	e->stage = stage_of(p, end, *post, &e->desc);
	/* extended statistics and publications sort as post-data too */
	if (is_post(e->stage) && e->desc[0])
		*post = true;
	return 0;
}

int
toc_parse(const char *text, struct toc *t, unsigned *bad)
{
	unsigned line = 0;
	size_t cap = 0;
	char *p;
	bool post = false;

	*bad = 0;
	*t = (struct toc){NULL, 0, NULL};
	if (!(t->text = mem_strdup(text)))
		return -1;
	for (p = t->text; *p;) {
		size_t n = strcspn(p, "\n");

		line++;
		if (n && *p != ';') {
			if (t->n == cap) {
				struct toc_entry *e = mem_resize(t->entry,
					cap ? cap * 2 : 64, sizeof(*e));

				if (!e)
					goto err;
				t->entry = e;
				cap = cap ? cap * 2 : 64;
			}
			if (parse_line(p, n, &post, &t->entry[t->n])) {
				*bad = line;
				goto err;
			}
			t->n++;
		}
		p += n + (p[n] == '\n');
	}
	return 0;
err:
	toc_fini(t);
	return -1;
}

void
toc_fini(struct toc *t)
{
	free(t->entry);
	free(t->text);
	*t = (struct toc){NULL, 0, NULL};
}

int
toc_put(const struct toc *t, enum toc_stage stage, struct buf *out)
{
	int n = 0;
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (t->entry[i].stage != stage)
			continue;
		if (buf_append(out, t->entry[i].line, t->entry[i].len) ||
			buf_putc(out, '\n'))
			return -1;
		n++;
	}
	return n;
}
