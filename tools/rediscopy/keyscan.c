#include <stdlib.h>
#include <string.h>

#include "keyfilter.h"
#include "keylist.h"
#include "keyscan.h"
#include "kv.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "rediscopy.h"
#include "side.h"
#include "status.h"

static int
no_memory(void)
{
	msg_error("out of memory");
	return STATUS_TEMPORARY;
}

int
keyscan_init(struct keyscan *s, struct side *side,
	const struct rediscopy_options *opt)
{
	memset(s, 0, sizeof(*s));
	s->side = side;
	s->opt = opt;
	memcpy(s->cursor, "0", 2);
	return (s->keys = keylist_new()) != NULL ? 0 : -1;
}

void
keyscan_fini(struct keyscan *s)
{
	keylist_free(s->keys);
	free(s->size);
	memset(s, 0, sizeof(*s));
}

static int
on_size(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct keyscan *s = ctx;

	(void)k;
	if (is_kvreply(r, KVREPLY_INTEGER))
		s->size[tag] = (uint64_t)r->integer;
	return 0;
}

/* How large the keys are. An exit status. */
static int
measure(struct keyscan *s)
{
	size_t i, n = keylist_count(s->keys);

	free(s->size);
	if ((s->size = mem_zalloc(n + 1, sizeof(*s->size))) == NULL)
		return no_memory();
	for (i = 0; i < n; i++) {
		struct keylist_item k = keylist_get(s->keys, i);

		s->size[i] = UINT64_MAX;
		if (!is_side_able(s->side, SIDE_MEMORY))
			continue;
		kv_begin(s->side->kv, 3, on_size, s, i);
		kv_text(s->side->kv, "MEMORY");
		kv_text(s->side->kv, "USAGE");
		kv_word(s->side->kv, k.key, k.len);
	}
	return kv_drain(s->side->kv) == KV_OK ? STATUS_OK : STATUS_TEMPORARY;
}

static void
ask_scan(struct keyscan *s)
{
	const struct side_scan scan = {.cursor = s->cursor,
		.count = 1000,
		.match = keyfilter_match(s->opt),
		.type = s->type != NULL ? s->type : s->opt->type};

	side_scan(s->side, &scan, NULL, NULL);
}

int
keyscan_next(struct keyscan *s)
{
	const struct kvreply *r, *keys;
	size_t i;

	ask_scan(s);
	if ((r = kv_finish(s->side->kv)) == NULL)
		return STATUS_TEMPORARY;
	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n != 2 ||
		r->item[0]->str == NULL ||
		r->item[0]->len >= sizeof(s->cursor) ||
		!is_kvreply(r->item[1], KVREPLY_ARRAY)) {
		msg_error("%s: SCAN: %s", s->side->what,
			is_kvreply(r, KVREPLY_ERROR) ? r->str
						     : "no list of keys");
		return STATUS_NO;
	}
	memcpy(s->cursor, r->item[0]->str, r->item[0]->len + 1);
	keys = r->item[1];
	s->is_done = strcmp(s->cursor, "0") == 0;
	keylist_clear(s->keys);
	for (i = 0; i < keys->n; i++) {
		const struct kvreply *k = keys->item[i];

		if (!is_kvreply(k, KVREPLY_STRING))
			continue;
		if (!is_keyfilter_wanted(
			    (void *)(uintptr_t)s->opt, k->str, k->len))
			s->filtered++;
		else if (keylist_add(s->keys, k->str, k->len, 0, NULL) == -1)
			return no_memory();
	}
	return measure(s);
}
