#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "compare.h"
#include "env.h"
#include "jsonw.h"
#include "keydigest.h"
#include "keylist.h"
#include "keystate.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"
#include "syncing.h"

enum { TRIES = 10, DELETED_AT_ONCE = 1000 };

/* One that the target alone has: what the target calls it. 0 or -1. */
static int
note_extra(struct syncing *s, const struct compare_diff *d)
{
	const char *name = d->key;
	size_t len = d->len;

	if (d->from != NULL && s->v.options.target_key != NULL &&
		s->v.options.target_key(&s->v, d->key, d->len, &name, &len))
		return -1;
	return keylist_add(s->v.extra, name, len, 0, NULL);
}

static int
differs(void *ctx, const struct compare_diff *d)
{
	struct verifying *v = ctx;
	struct syncing *s =
		(struct syncing *)((char *)v - offsetof(struct syncing, v));
	bool extra = d->what == COMPARE_EXTRA;

	if (extra && v->e->opt->no_delete)
		return 0;
	s->found++;
	if (v->e->opt->dry_run)
		return verifying_put(v, d);
	if ((extra ? note_extra(s, d)
		   : keylist_add(v->differing, d->key, d->len, 0, NULL)) == 0)
		return 0;
	msg_error("out of memory");
	return -1;
}

/* What the last pass has seen of this database, or NULL. */
static struct keystate *
recall(const struct syncing *s)
{
	return s->c.pair < s->n_seen ? s->seen[s->c.pair] : NULL;
}

/* What this one sees. NULL: it will not be known. */
static struct keystate *
begin_seen(struct syncing *s)
{
	int64_t n = s->remembers ? side_keys(&s->c.e.from) : -1;

	struct keystate *seen;

	if (n < 0)
		return NULL;
	if ((seen = keystate_new(s->c.e.opt->journal, (uint64_t)n)) == NULL)
		s->remembers = false;
	return seen;
}

/* In place of what the last pass has seen. */
static void
remember(struct syncing *s, struct keystate *seen)
{
	size_t n = s->c.pair + 1;
	struct keystate **grown;

	if (n > s->n_seen && seen != NULL) {
		if ((grown = mem_resize(s->seen, n, sizeof(*grown))) == NULL) {
			keystate_free(seen);
			return;
		}
		s->seen = grown;
		for (; s->n_seen < n; s->n_seen++)
			s->seen[s->n_seen] = NULL;
	}
	if (n > s->n_seen)
		return;
	keystate_free(s->seen[n - 1]);
	s->seen[n - 1] = seen;
}

void
syncing_forget(struct syncing *s)
{
	while (s->n_seen > 0)
		keystate_free(s->seen[--s->n_seen]);
}

/* Finds what differs; a lost connection is made anew, and all begun again. */
static int
compare(struct syncing *s, struct compare_counts *counts)
{
	struct ends *e = &s->c.e;
	struct compare c = {.opt = &s->v.options,
		.from = &e->from,
		.to = &e->to,
		.clock = e->env->clock};
	uint64_t found = s->found;
	int status, tries = 0;

	for (;;) {
		memset(&c.counts, 0, sizeof(c.counts));
		s->found = found;
		keylist_clear(s->v.differing);
		keylist_clear(s->v.extra);
		c.before = recall(s);
		c.seen = begin_seen(s);
		status = compare_run(&c);
		*counts = c.counts;
		if (status == STATUS_OK)
			remember(s, c.seen);
		else
			keystate_free(c.seen);
		if (status != STATUS_TEMPORARY || tries++ >= TRIES ||
			(!is_kv_lost(e->from.kv) && !is_kv_lost(e->to.kv)))
			return status;
		if ((status = ends_again(e)) != STATUS_OK)
			return status;
		/* it may have lost its keys; the caller asks who has moved */
		s->may_empty = s->may_empty && !e->from.moved;
		if (e->from.moved || e->to.moved)
			syncing_forget(s);
	}
}

static int
on_deleted(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct syncing *s = ctx;

	(void)k;
	(void)tag;
	if (is_kvreply(r, KVREPLY_INTEGER)) {
		s->deleted += (uint64_t)r->integer;
		s->all_deleted += (uint64_t)r->integer;
		return 0;
	}
	msg_error("target: UNLINK: %s", r->str != NULL ? r->str : "refused");
	return -1;
}

/* A source that has lost everything, or is the wrong one, is not followed. */
static bool
is_source_empty(struct syncing *s)
{
	struct ends *e = &s->c.e;

	if (s->may_empty || keylist_count(s->v.extra) == 0 ||
		side_keys(&e->from) != 0)
		return false;
	s->is_refused = true;
	e->rec.failed += (int64_t)keylist_count(s->v.extra);
	(void)recorder_tell(&e->rec, "error", "redis-source-empty",
		"are --from and --to swapped? if it is meant, empty the target "
		"with FLUSHDB",
		"database %d of the source holds no keys: the %lld of the "
		"target are not deleted",
		e->from.db, (long long)keylist_count(s->v.extra));
	return true;
}

/* Deleting one twice does no harm. */
int
syncing_delete(struct syncing *s, const struct keylist *list)
{
	struct kv *to = s->c.e.to.kv;
	enum kv_result rc = KV_OK;
	size_t i, n = keylist_count(list);

	for (i = 0; rc == KV_OK && i < n; i++) {
		struct keylist_item k = keylist_get(list, i);

		kv_begin(to, 2, on_deleted, s, 0);
		kv_text(to, "UNLINK");
		kv_word(to, k.key, k.len);
		if (i % DELETED_AT_ONCE == DELETED_AT_ONCE - 1)
			rc = kv_drain(to);
	}
	if (rc == KV_OK)
		rc = kv_drain(to);
	return rc == KV_OK     ? STATUS_OK
	       : rc == KV_LOST ? STATUS_TEMPORARY
			       : STATUS_NO;
}

static int
put_database(struct syncing *s, const struct compare_counts *n, uint64_t found,
	uint64_t copied, double seconds)
{
	struct ends *e = &s->c.e;
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "keys.synced");
	jsonw_int(&w, "db", e->dbs.pair[s->c.pair].from);
	jsonw_int(&w, "target_db", e->dbs.pair[s->c.pair].to);
	jsonw_int(&w, "pass", s->pass);
	if (s->reason != NULL)
		jsonw_str(&w, "reason", s->reason);
	jsonw_uint(&w, "compared", n->keys);
	jsonw_uint(&w, "unchanged", n->unchanged);
	jsonw_uint(&w, "differing", found);
	jsonw_uint(&w, "copied", copied);
	jsonw_uint(&w, "deleted", s->deleted);
	jsonw_bool(&w, "dry_run", e->opt->dry_run);
	jsonw_num(&w, "seconds", seconds);
	return recorder_put(&e->rec, &w, &b, true);
}

static int
sync_database(struct syncing *s)
{
	struct ends *e = &s->c.e;
	double begun = clock_mono(e->env->clock);
	uint64_t copied = s->c.total.copied, found = s->found;
	struct compare_counts counts;
	int status;

	s->v.pair = s->c.pair;
	s->deleted = 0;
	if (ends_select(e, s->c.pair) == -1)
		return STATUS_TEMPORARY;
	status = compare(s, &counts);
	if (status == STATUS_OK && !e->opt->dry_run) {
		status = copying_keys(&s->c, s->v.differing);
		if (status == STATUS_OK)
			status = is_source_empty(s)
					 ? STATUS_NO
					 : syncing_delete(s, s->v.extra);
	}
	if ((status == STATUS_OK || status == STATUS_NO) &&
		put_database(s, &counts, s->found - found,
			s->c.total.copied - copied,
			clock_mono(e->env->clock) - begun) == -1)
		return STATUS_TEMPORARY;
	return status;
}

int
syncing_all(struct syncing *s)
{
	int status = STATUS_OK;

	s->found = 0;
	for (s->c.pair = 0; s->c.pair < s->c.e.dbs.n; s->c.pair++)
		if ((status = sync_database(s)) != STATUS_OK) {
			syncing_forget(s);
			break;
		}
	return status;
}

int
syncing_open(struct syncing *s, const struct rediscopy_options *options,
	struct env *env, const char *verb,
	int (*replay)(void *ctx, const struct json *record))
{
	int status;

	memset(s, 0, sizeof(*s));
	if (copying_init(&s->c) == -1)
		return STATUS_TEMPORARY;
	status = ends_open(&s->c.e, options, env, verb, replay);
	if (status != STATUS_OK)
		return status;
	if (verifying_prepare(&s->v, &s->c.e) == -1)
		return STATUS_TEMPORARY;
	s->v.options.differs = differs;
	s->v.options.extra = !options->no_delete;
	copying_prepare(&s->c);
	return STATUS_OK;
}

void
syncing_close(struct syncing *s)
{
	syncing_forget(s);
	free(s->seen);
	verifying_fini(&s->v);
	ends_close(&s->c.e);
	copying_fini(&s->c);
}
