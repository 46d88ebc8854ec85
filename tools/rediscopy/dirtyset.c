#include <stdint.h>
#include <string.h>

#include "dirtyset.h"
#include "keylist.h"

/* What a key costs besides its bytes: an entry, slots of the index, growth. */
enum { OVERHEAD = 96 };

int
dirtyset_init(struct dirtyset *d, size_t most)
{
	memset(d, 0, sizeof(*d));
	d->most = most;
	d->keys = keylist_new();
	return d->keys != NULL ? 0 : -1;
}

void
dirtyset_fini(struct dirtyset *d)
{
	keylist_free(d->keys);
	memset(d, 0, sizeof(*d));
}

void
dirtyset_add(struct dirtyset *d, int db, const char *key, size_t len)
{
	if (d->is_over || is_keylist_member(d->keys, key, len, (uint64_t)db))
		return;
	d->bytes += len + OVERHEAD;
	if (d->bytes <= d->most &&
		keylist_add(d->keys, key, len, (uint64_t)db, NULL) == 0)
		return;
	dirtyset_clear(d);
	d->is_over = true;
}

void
dirtyset_take(struct dirtyset *d, struct keylist **list)
{
	struct keylist *keys = d->keys;

	d->keys = *list;
	d->bytes = 0;
	*list = keys;
}

void
dirtyset_clear(struct dirtyset *d)
{
	keylist_clear(d->keys);
	d->bytes = 0;
	d->is_over = false;
}

size_t
dirtyset_count(const struct dirtyset *d)
{
	return keylist_count(d->keys);
}
