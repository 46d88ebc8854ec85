#include <string.h>

#include "follow.h"
#include "keyfilter.h"
#include "keylist.h"
#include "kv.h"
#include "kvreply.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"

int
followdrain_judge(struct follow *f, int status, int64_t failed)
{
	if (status != STATUS_NO || f->s.is_refused ||
		f->s.c.e.rec.failed == failed)
		return status;
	f->has_failed = true;
	return STATUS_OK;
}

/* The type of a listed key: those of another are not meant. */
static int
on_type(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct follow *f = ctx;
	struct keylist_item key = keylist_get(f->work, (size_t)tag);

	(void)k;
	if (r->str != NULL && strcmp(r->str, f->s.c.e.opt->type) != 0 &&
		strcmp(r->str, "none") != 0)
		return 0;
	return keylist_add(f->batch, key.key, key.len, 0, NULL);
}

/* Those of the work that are of that database into the batch. 0, or -1: lost,
 * or no memory. */
static int
choose(struct follow *f, int db)
{
	struct kv *from = f->s.c.e.from.kv;
	size_t i;

	keylist_clear(f->batch);
	keylist_clear(f->gone);
	for (i = 0; i < keylist_count(f->work); i++) {
		struct keylist_item key = keylist_get(f->work, i);

		if (key.size != (uint64_t)db)
			continue;
		if (f->s.c.e.opt->type == NULL) {
			if (keylist_add(f->batch, key.key, key.len, 0, NULL) ==
				-1)
				return -1;
			continue;
		}
		kv_begin(from, 2, on_type, f, (uintptr_t)i);
		kv_text(from, "TYPE");
		kv_word(from, key.key, key.len);
	}
	return kv_drain(from) == KV_OK ? 0 : -1;
}

/* Keys that the source has no more. */
static int
delete_gone(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	struct keylist *names = f->batch;
	size_t i;

	keylist_clear(names);
	for (i = 0; i < keylist_count(f->gone); i++) {
		struct keylist_item key = keylist_get(f->gone, i);

		if (keyfilter_target(e->opt, e->dbs.pair[f->s.c.pair].from,
			    f->s.c.name, key.key, key.len) == -1 ||
			keylist_add(names, f->s.c.name->data, f->s.c.name->len,
				0, NULL) == -1) {
			msg_error("out of memory");
			return STATUS_TEMPORARY;
		}
	}
	return syncing_delete(&f->s, names);
}

static int
drain_pair(struct follow *f, size_t pair)
{
	struct ends *e = &f->s.c.e;
	uint64_t before = f->s.c.total.copied;
	int64_t failed = e->rec.failed;
	int status;

	f->s.c.pair = f->s.v.pair = pair;
	if (ends_select(e, pair) == -1 ||
		choose(f, e->dbs.pair[pair].from) == -1)
		return STATUS_TEMPORARY;
	if (keylist_count(f->batch) == 0)
		return STATUS_OK;
	f->s.c.vanished = f->gone;
	status = copying_keys(&f->s.c, f->batch);
	f->s.c.vanished = NULL;
	f->copied += f->s.c.total.copied - before;
	status = followdrain_judge(f, status, failed);
	/* another server, or one started anew: what it lacks may be lost */
	if (e->from.moved)
		return STATUS_TEMPORARY;
	return status == STATUS_OK ? delete_gone(f) : status;
}

int
followdrain_run(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	int status = STATUS_OK;
	size_t i;

	f->drained_since = f->events.first;
	dirtyset_take(&f->events.dirty, &f->work);
	for (i = 0; status == STATUS_OK && i < e->dbs.n; i++)
		status = drain_pair(f, i);
	for (i = 0; status != STATUS_OK && i < keylist_count(f->work); i++) {
		struct keylist_item key = keylist_get(f->work, i);

		dirtyset_add(&f->events.dirty, (int)key.size, key.key, key.len);
	}
	if (status != STATUS_OK)
		f->events.first = f->drained_since;
	f->drained_since = 0;
	keylist_clear(f->work);
	return status;
}
