#include "foundlist.h"

#include <ctype.h>
#include <stdlib.h>

#include "mem.h"
#include "record.h"
#include "ruletable.h"
#include "tree.h"

static void
fini(struct found *f)
{
	free(f->level);
	free(f->rule);
	free(f->message);
	free(f->path);
}

void
foundlist_fini(struct foundlist *l)
{
	for (size_t i = 0; i < l->n; i++)
		fini(&l->item[i]);
	free(l->item);
	memset(l, 0, sizeof(*l));
}

/* One line: what a message quotes may hold anything. */
static char *
one_line(const char *s)
{
	char *copy = mem_strdup(s);

	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			*p = ' ';
	return copy;
}

/* Doubles stand close together. */
static bool
has_found(const struct foundlist *l, const struct found *f)
{
	for (size_t i = l->n > 64 ? l->n - 64 : 0; i < l->n; i++)
		if (strcmp(l->item[i].rule, f->rule) == 0 &&
			strcmp(l->item[i].path, f->path) == 0 &&
			strcmp(l->item[i].message, f->message) == 0)
			return true;
	return false;
}

bool
foundlist_has(const struct foundlist *l, const char *rule, const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->item[i].rule, rule) == 0 &&
			strcmp(l->item[i].path, path) == 0)
			return true;
	return false;
}

void
foundlist_add(struct foundlist *l, const struct finding *f, const char *path,
	const struct tree_place *at)
{
	struct found *item = mem_resize(l->item, l->n + 1, sizeof(*item));
	const struct rule *rule = ruletable_find(f->rule);

	if (item == NULL) {
		l->failed = 1;
		return;
	}
	l->item = item;
	item += l->n;
	memset(item, 0, sizeof(*item));
	item->level = mem_strdup(f->level);
	item->rule = mem_strdup(f->rule);
	item->message = one_line(f->message);
	item->path = mem_strdup(path);
	item->fix = rule != NULL ? rule->fix : NULL;
	if (at != NULL) {
		item->line = at->line;
		item->column = at->column;
		item->begin = at->begin;
		item->end = at->end;
	}
	if (!item->level || !item->rule || !item->message || !item->path) {
		fini(item);
		l->failed = 1;
	} else if (has_found(l, item))
		fini(item);
	else
		l->n++;
}

static int
compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	int c = strcmp(x->rule, y->rule);
	return c != 0 ? c : strcmp(x->message, y->message);
}

void
foundlist_sort(struct foundlist *l)
{
	if (l->n > 0)
		qsort(l->item, l->n, sizeof(*l->item), compare);
}

size_t
foundlist_count(const struct foundlist *l, const char *level)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += !l->item[i].is_ignored &&
		     strcmp(l->item[i].level, level) == 0;
	return n;
}
