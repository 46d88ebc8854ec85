#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "keylist.h"
#include "mem.h"

struct entry {
	size_t at, len, note;
	uint64_t size;
};

struct keylist {
	struct buf text; /* keys and notes, each with a NUL behind it */
	struct entry *entry;
	size_t n, cap;
};

struct keylist *
keylist_new(void)
{
	return mem_zalloc(1, sizeof(struct keylist));
}

void
keylist_free(struct keylist *l)
{
	if (l == NULL)
		return;
	buf_fini(&l->text);
	free(l->entry);
	free(l);
}

int
keylist_add(struct keylist *l, const char *key, size_t len, uint64_t size,
	const char *note)
{
	size_t before = l->text.len, cap = l->cap ? l->cap * 2 : 16;
	struct entry e = {before, len, before + len + 1, size}, *grown;

	if (l->n == l->cap) {
		grown = mem_resize(l->entry, cap, sizeof(*grown));
		if (grown == NULL)
			return -1;
		l->entry = grown;
		l->cap = cap;
	}
	if (buf_append(&l->text, key, len) == -1 ||
		buf_putc(&l->text, '\0') == -1 ||
		buf_puts(&l->text, note != NULL ? note : "") == -1 ||
		buf_putc(&l->text, '\0') == -1) {
		l->text.len = before;
		return -1;
	}
	l->entry[l->n++] = e;
	return 0;
}

size_t
keylist_count(const struct keylist *l)
{
	return l->n;
}

struct keylist_item
keylist_get(const struct keylist *l, size_t i)
{
	const struct entry *e = &l->entry[i];
	struct keylist_item item = {
		l->text.data + e->at, e->len, e->size, l->text.data + e->note};

	return item;
}

void
keylist_clear(struct keylist *l)
{
	buf_clear(&l->text);
	l->n = 0;
}
