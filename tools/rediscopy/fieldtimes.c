#include <string.h>

#include "fieldtimes.h"
#include "keylist.h"
#include "kv.h"
#include "kvreply.h"

static int
on_times(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct fieldtimes *f = ctx;
	struct keylist_item field;
	size_t i, n = (size_t)tag;

	(void)k;
	for (i = 0; i < n; i++) {
		field = keylist_get(f->fields, f->taken++);
		if (is_kvreply(r, KVREPLY_ARRAY) && i < r->n &&
			is_kvreply(r->item[i], KVREPLY_INTEGER) &&
			r->item[i]->integer >= 0)
			f->take(f->ctx, field.key, field.len,
				r->item[i]->integer);
	}
	if (f->taken == keylist_count(f->fields)) {
		keylist_clear(f->fields);
		f->taken = 0;
	}
	return 0;
}

int
fieldtimes_ask(struct fieldtimes *f, struct kv *kv, const char *key, size_t len,
	const struct kvreply *const *item, size_t n)
{
	size_t i, count = n / 2;

	if (count == 0)
		return 0;
	if (f->fields == NULL && (f->fields = keylist_new()) == NULL)
		return -1;
	for (i = 0; i < count; i++)
		if (keylist_add(f->fields, item[2 * i]->str, item[2 * i]->len,
			    0, NULL) == -1)
			return -1;
	kv_begin(kv, 4 + count, on_times, f, (uintptr_t)count);
	kv_text(kv, "HPEXPIRETIME");
	kv_word(kv, key, len);
	kv_text(kv, "FIELDS");
	kv_int(kv, (int64_t)count);
	for (i = 0; i < count; i++)
		kv_word(kv, item[2 * i]->str, item[2 * i]->len);
	return 0;
}

void
fieldtimes_fini(struct fieldtimes *f)
{
	keylist_free(f->fields);
	memset(f, 0, sizeof(*f));
}
