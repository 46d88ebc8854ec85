#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "tomlindex.h"
#include "tree.h"

void
tomlindex_init(struct tomlindex *i, uint64_t seed)
{
	memset(i, 0, sizeof(*i));
	i->seed = seed;
}

void
tomlindex_fini(struct tomlindex *i)
{
	free((void *)i->slot);
	i->slot = NULL;
}

static uint64_t
mix(uint64_t h)
{
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	h *= UINT64_C(0xd6e8feb86659fd93);
	return h ^ h >> 32;
}

static size_t
hash(const struct tomlindex *i, const struct tree *table, const char *key,
	size_t len)
{
	uint64_t h = mix(i->seed ^ (uint64_t)(uintptr_t)table), word;

	for (; len >= 8; key += 8, len -= 8) {
		memcpy(&word, key, 8);
		h = mix(h ^ word);
	}
	word = 0;
	memcpy(&word, key, len);
	return (size_t)mix(h ^ word ^ (uint64_t)len << 56);
}

/* Where the member is, or would go. */
static struct tree **
locate(const struct tomlindex *i, const struct tree *table, const char *key,
	size_t len)
{
	size_t at = hash(i, table, key, len);
	struct tree **s;

	for (;; at++) {
		s = &i->slot[at & (i->size - 1)];
		if (*s == NULL ||
			((*s)->parent == table && (*s)->key_len == len &&
				memcmp((*s)->key, key, len) == 0))
			return s;
	}
}

struct tree *
tomlindex_find(const struct tomlindex *i, const struct tree *table,
	const char *key, size_t len)
{
	return i->size > 0 ? *locate(i, table, key, len) : NULL;
}

static int
grow(struct tomlindex *i)
{
	struct tomlindex bigger = *i;
	size_t k;

	bigger.size = i->size > 0 ? i->size * 2 : 64;
	bigger.slot = mem_zalloc(bigger.size, sizeof(struct tree *));
	if (bigger.slot == NULL)
		return -1;
	for (k = 0; k < i->size; k++) {
		struct tree *t = i->slot[k];
		if (t != NULL)
			*locate(&bigger, t->parent, t->key, t->key_len) = t;
	}
	free((void *)i->slot);
	*i = bigger;
	return 0;
}

int
tomlindex_add(struct tomlindex *i, struct tree *t)
{
	if (i->n >= i->size / 2 && grow(i) == -1)
		return -1;
	*locate(i, t->parent, t->key, t->key_len) = t;
	i->n++;
	return 0;
}
