#include "flyplace.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

void
flyplaces_fini(struct flyplaces *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->item[i].path);
	free(p->item);
	memset(p, 0, sizeof(*p));
}

void
flyplaces_add(struct flyplaces *p, const char *path, const struct tree *t)
{
	struct flyplace *item = p->item;

	if (p->n == p->room) {
		size_t room = p->room > 0 ? 2 * p->room : 64;
		item = mem_resize(item, room, sizeof(*item));
		if (item == NULL)
			goto err;
		p->item = item;
		p->room = room;
	}
	item += p->n;
	if ((item->path = mem_strdup(path)) == NULL)
		goto err;
	item->t = t;
	item->at = p->n++;
	p->is_sorted = false;
	return;

err:
	p->failed = 1;
}

static int
compare(const void *a, const void *b)
{
	const struct flyplace *x = a, *y = b;
	int c = strcmp(x->path, y->path);

	if (c != 0)
		return c;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* The first of that path, which is ${len} bytes long. */
static const struct flyplace *
search(const struct flyplaces *p, const char *path, size_t len)
{
	size_t low = 0, high = p->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		int c = strncmp(p->item[mid].path, path, len);
		if (c == 0 && p->item[mid].path[len] != '\0')
			c = 1;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < p->n && strncmp(p->item[low].path, path, len) == 0 &&
		p->item[low].path[len] == '\0')
		return &p->item[low];
	return NULL;
}

const struct tree *
flyplaces_find(struct flyplaces *p, const char *path, bool *is_exact)
{
	const struct flyplace *found = NULL;
	size_t len = strlen(path);

	if (!p->is_sorted && p->n > 0)
		qsort(p->item, p->n, sizeof(*p->item), compare);
	p->is_sorted = true;
	if (is_exact != NULL)
		*is_exact = true;
	while (len > 0 && (found = search(p, path, len)) == NULL) {
		if (is_exact != NULL)
			*is_exact = false;
		while (len > 0 && path[--len] != '.')
			;
	}
	return found != NULL ? found->t : NULL;
}
