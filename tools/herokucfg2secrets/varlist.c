#include "varlist.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "str.h"

struct var *
varlist_add(struct varlist *l, const char *name, size_t n)
{
	struct var *v;

	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 32;
		struct var *bigger = mem_resize(l->v, cap, sizeof(*bigger));

		if (!bigger)
			return NULL;
		l->v = bigger;
		l->cap = cap;
	}
	v = &l->v[l->n];
	memset(v, 0, sizeof(*v));
	v->value = (struct buf)BUF_SECRET;
	if (!(v->name = mem_dup(name, n)))
		return NULL;
	l->n++;
	return v;
}

static void
fini(struct var *v)
{
	buf_fini(&v->value);
	free(v->name);
	free(v->to);
}

void
varlist_drop_last(struct varlist *l)
{
	fini(&l->v[--l->n]);
}

void
varlist_fini(struct varlist *l)
{
	while (l->n)
		varlist_drop_last(l);
	free(l->v);
	l->v = NULL;
	l->cap = 0;
}

struct var *
varlist_find(const struct varlist *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->v[i].name, name) == 0)
			return &l->v[i];
	return NULL;
}

const char *
var_to(const struct var *v)
{
	return v->to ? v->to : v->name;
}

bool
is_var_carried(const struct var *v)
{
	return v->goes == GOES_SECRETS || v->goes == GOES_ENV;
}

/* By name, then by place: the members of one list. */
static int
by_name(const void *a, const void *b)
{
	const struct var *x = *(const struct var *const *)a;
	const struct var *y = *(const struct var *const *)b;
	int c = strcmp(x->name, y->name);

	return c ? c : (x > y) - (x < y);
}

static int
by_new_name(const void *a, const void *b)
{
	const struct var *x = *(const struct var *const *)a;
	const struct var *y = *(const struct var *const *)b;
	int c = strcmp(var_to(x), var_to(y));

	return c ? c : (x > y) - (x < y);
}

int
varlist_twice(const struct varlist *l, bool carried, const struct var **first,
	const struct var **second)
{
	const struct var **sorted;
	size_t n = 0, i;
	int rc = 0;

	if (!(sorted = mem_zalloc(l->n + 1, sizeof(*sorted))))
		return -1;
	for (i = 0; i < l->n; i++)
		if (!carried || is_var_carried(&l->v[i]))
			sorted[n++] = &l->v[i];
	qsort((void *)sorted, n, sizeof(*sorted),
		carried ? by_new_name : by_name);
	for (i = 1; i < n && !rc; i++) {
		const struct var *a = sorted[i - 1], *b = sorted[i];

		if (strcmp(carried ? var_to(a) : a->name,
			    carried ? var_to(b) : b->name) != 0)
			continue;
		*first = a;
		*second = b;
		rc = 1;
	}
	free((void *)sorted);
	return rc;
}

const char *
var_name_fault(const char *name)
{
	const char *p = name;

	if (!isalpha((unsigned char)*p) && *p != '_')
		return "its name does not begin with a letter or '_'";
	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	if (*p)
		return "its name has other characters than letters, digits "
		       "and '_'";
	if (str_starts(name, "FLY_"))
		return "names that begin with FLY_ belong to Fly.io";
	return NULL;
}
