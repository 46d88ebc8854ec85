#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "keylist.h"
#include "mem.h"

/* bytes */
enum { FULL = 1 << 20 };

struct entry {
	size_t at, len, note;
	uint64_t size;
};

struct keylist {
	struct buf text; /* keys and notes, each with a NUL behind it */
	struct entry *entry;
	size_t n, cap;
	/* a hash table of positions plus one, made when it is first asked;
	 * ${n_slots} a power of two, the first ${indexed} entries are in it */
	size_t *slot;
	size_t n_slots, indexed;
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
	free(l->slot);
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

bool
is_keylist_full(const struct keylist *l)
{
	return l->text.len + l->n * sizeof(*l->entry) >= FULL;
}

static bool
is_same(const struct keylist *l, size_t i, const char *key, size_t len,
	uint64_t size)
{
	const struct entry *e = &l->entry[i];

	return e->size == size && e->len == len &&
	       memcmp(l->text.data + e->at, key, len) == 0;
}

/* FNV-1a */
static uint64_t
hash(const char *key, size_t len, uint64_t size)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ size;

	while (len-- > 0)
		h = (h ^ (unsigned char)*key++) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

/* The slot that holds such an entry, or the free one where it belongs. */
static size_t *
find_slot(const struct keylist *l, const char *key, size_t len, uint64_t size)
{
	size_t mask = l->n_slots - 1, i = hash(key, len, size) & mask;

	while (l->slot[i] != 0 && !is_same(l, l->slot[i] - 1, key, len, size))
		i = (i + 1) & mask;
	return &l->slot[i];
}

/* Brings the table up to date, at most half full. 0 or -1 (ENOMEM). */
static int
index_all(struct keylist *l)
{
	size_t n = l->n_slots != 0 ? l->n_slots : 64, *slot;

	while (n < l->n * 2)
		n *= 2;
	if (n != l->n_slots) {
		if ((slot = mem_zalloc(n, sizeof(*slot))) == NULL)
			return -1;
		free(l->slot);
		l->slot = slot;
		l->n_slots = n;
		l->indexed = 0;
	}
	for (; l->indexed < l->n; l->indexed++) {
		const struct entry *e = &l->entry[l->indexed];

		*find_slot(l, l->text.data + e->at, e->len, e->size) =
			l->indexed + 1;
	}
	return 0;
}

bool
is_keylist_member(struct keylist *l, const char *key, size_t len, uint64_t size)
{
	size_t i;

	if (index_all(l) == 0)
		return *find_slot(l, key, len, size) != 0;
	/* without memory, slowly */
	for (i = 0; i < l->n; i++)
		if (is_same(l, i, key, len, size))
			return true;
	return false;
}

void
keylist_clear(struct keylist *l)
{
	buf_clear(&l->text);
	free(l->slot);
	l->slot = NULL;
	l->n = l->n_slots = l->indexed = 0;
}
