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

/* One that the target alone has: what the target calls it, once: SCAN may tell
 * a key twice while deleting shrinks the table. 0 or -1. */
static int
note_extra(struct syncing *s, const struct compare_diff *d)
{
	const char *name = d->key;
	size_t len = d->len;

	if (d->from != NULL && s->v.options.target_key != NULL &&
		s->v.options.target_key(&s->v, d->key, d->len, &name, &len))
		return -1;
	if (is_keylist_member(s->v.extra, name, len, 0))
		return 0;
	s->found++;
	return keylist_add(s->v.extra, name, len, 0, NULL);
}

static int
note_differing(struct syncing *s, const struct compare_diff *d)
{
	s->found++;
	return keylist_add(s->v.differing, d->key, d->len, 0, NULL);
}

static struct syncing *
of_verifying(struct verifying *v)
{
	return (struct syncing *)((char *)v - offsetof(struct syncing, v));
}

static int
differs(void *ctx, const struct compare_diff *d)
{
	struct verifying *v = ctx;
	struct syncing *s = of_verifying(v);
	bool extra = d->what == COMPARE_EXTRA;

	if (extra && v->e->opt->no_delete)
		return 0;
	if (v->e->opt->dry_run) {
		s->found++;
		return verifying_put(v, d);
	}
	if ((extra ? note_extra(s, d) : note_differing(s, d)) == 0)
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
	int status, tries = 0;
	bool lost;

	for (;;) {
		/* what was seen to already is equal now */
		memset(&c.counts, 0, sizeof(c.counts));
		memset(&c.mark, 0, sizeof(c.mark));
		s->found = s->settled;
		s->v.has_moved = false;
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
		lost = is_kv_lost(e->from.kv) || is_kv_lost(e->to.kv);
		if (s->stopped != STATUS_OK)
			return s->stopped;
		if (status != STATUS_TEMPORARY || tries++ >= TRIES ||
			(!lost && !s->v.has_moved))
			return status;
		if (lost && (status = ends_again(e)) != STATUS_OK)
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

/* Fewer keys than this need no permission to go. */
enum { FEW = 100 };

/* Whether so many are to be deleted that it wants to be meant. Of a part of the
 * keys their numbers say nothing. */
static bool
is_too_much(struct syncing *s)
{
	const struct rediscopy_options *o = s->c.e.opt;
	int64_t from = side_keys(&s->c.e.from), to;

	if (from == 0)
		return true;
	if (o->max_delete >= 0)
		return s->all_deleted + keylist_count(s->v.extra) >
		       (uint64_t)o->max_delete;
	if (o->prefix != NULL || o->matches.n > 0 || o->excludes.n > 0 ||
		o->type != NULL)
		return false;
	to = side_keys(&s->c.e.to);
	return to > FEW && from < to / 10;
}

/* A source that has lost its keys, or is the wrong one, is not followed. */
static bool
is_source_doubtful(struct syncing *s)
{
	if (s->may_empty || keylist_count(s->v.extra) == 0 || !is_too_much(s))
		return false;
	s->is_refused = true;
	s->kept += keylist_count(s->v.extra);
	return true;
}

static void
tell_kept(struct syncing *s)
{
	struct ends *e = &s->c.e;

	if (s->kept == 0)
		return;
	e->rec.failed += (int64_t)s->kept;
	if (side_keys(&e->from) == 0)
		(void)recorder_tell(&e->rec, "error", "redis-source-empty",
			"are --from and --to swapped? if it is meant, empty "
			"the target with FLUSHDB",
			"database %d of the source holds no keys: the %lld of "
			"the target are not deleted",
			e->from.db, (long long)s->kept);
	else
		(void)recorder_tell(&e->rec, "error", "redis-many-deletes",
			"are --from and --to swapped? if it is meant, say "
			"--max-delete N",
			"%lld keys that the target alone has are not deleted: "
			"the source has %lld keys in all",
			(long long)s->kept, (long long)side_keys(&e->from));
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

/* What was found goes over, or away; once a key could not be copied, none is
 * deleted. STATUS_OK: go on; else the status to end with. */
static int
settle(struct syncing *s)
{
	struct ends *e = &s->c.e;
	int64_t failed = e->rec.failed;
	int status = copying_keys(&s->c, s->v.differing);

	/* each has its record, and does not keep the others back */
	if (status == STATUS_NO && e->rec.failed > failed) {
		s->has_failed = true;
		status = STATUS_OK;
	}
	if (status == STATUS_OK && !s->has_failed && !is_source_doubtful(s))
		status = syncing_delete(s, s->v.extra);
	keylist_clear(s->v.differing);
	keylist_clear(s->v.extra);
	return status;
}

static int
work_off(void *ctx)
{
	struct verifying *v = ctx;
	struct syncing *s = of_verifying(v);
	struct ends *e = v->e;
	bool from = side_moved(&e->from), to = side_moved(&e->to);
	int status = settle(s);

	s->settled = s->found;
	/* it would scan in another order */
	v->has_moved = e->from.moved || e->to.moved;
	e->from.moved = e->from.moved || from;
	e->to.moved = e->to.moved || to;
	s->stopped = status;
	return status == STATUS_OK && !v->has_moved ? 0 : -1;
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
	s->deleted = s->kept = 0;
	s->settled = found;
	s->has_failed = false;
	s->stopped = STATUS_OK;
	if (ends_select(e, s->c.pair) == -1)
		return STATUS_TEMPORARY;
	status = compare(s, &counts);
	if (status == STATUS_OK && !e->opt->dry_run)
		status = settle(s);
	tell_kept(s);
	if (status == STATUS_OK && (s->has_failed || s->kept > 0))
		status = STATUS_NO;
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
	s->v.options.work_off = work_off;
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
