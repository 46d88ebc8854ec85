#include <string.h>

#include "buf.h"
#include "clock.h"
#include "compare.h"
#include "copying.h"
#include "ends.h"
#include "env.h"
#include "functions.h"
#include "jsonw.h"
#include "keydigest.h"
#include "keyfilter.h"
#include "keylist.h"
#include "kvreply.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"
#include "verifying.h"

enum { TRIES = 10, DELETED_AT_ONCE = 1000 };
#define QUIET_SECONDS 0.3

struct syncing {
	struct copying c;
	struct verifying v; /* its lists: to be copied, to be deleted */
	uint64_t deleted;   /* in this pass of this database */
	uint64_t found;     /* in this pass */
	int64_t pass;
};

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
		status = compare_run(&c);
		*counts = c.counts;
		if (status != STATUS_TEMPORARY || tries++ >= TRIES ||
			(!is_kv_lost(e->from.kv) && !is_kv_lost(e->to.kv)))
			return status;
		if ((status = ends_again(e)) != STATUS_OK)
			return status;
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

	if (keylist_count(s->v.extra) == 0 || side_keys(&e->from) != 0)
		return false;
	e->rec.failed += (int64_t)keylist_count(s->v.extra);
	(void)recorder_tell(&e->rec, "error", "redis-source-empty",
		"if that is meant, empty the target with FLUSHDB",
		"database %d of the source holds no keys: the %lld of the "
		"target are not deleted",
		e->from.db, (long long)keylist_count(s->v.extra));
	return true;
}

/* Keys that the target alone has. Deleting one twice does no harm. */
static int
delete_extra(struct syncing *s)
{
	struct kv *to = s->c.e.to.kv;
	enum kv_result rc = KV_OK;
	size_t i, n = keylist_count(s->v.extra);

	for (i = 0; rc == KV_OK && i < n; i++) {
		struct keylist_item k = keylist_get(s->v.extra, i);

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
put_database(struct syncing *s, uint64_t compared, uint64_t found,
	uint64_t copied, double seconds)
{
	struct ends *e = &s->c.e;
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "keys.synced");
	jsonw_int(&w, "db", e->dbs.pair[s->c.pair].from);
	jsonw_int(&w, "target_db", e->dbs.pair[s->c.pair].to);
	jsonw_int(&w, "pass", s->pass);
	jsonw_uint(&w, "compared", compared);
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
			status = is_source_empty(s) ? STATUS_NO
						    : delete_extra(s);
	}
	if ((status == STATUS_OK || status == STATUS_NO) &&
		put_database(s, counts.keys, s->found - found,
			s->c.total.copied - copied,
			clock_mono(e->env->clock) - begun) == -1)
		return STATUS_TEMPORARY;
	return status;
}

/* Passes, until one finds nothing if that is asked for. */
static int
sync_all(struct syncing *s)
{
	struct ends *e = &s->c.e;
	const struct rediscopy_options *o = e->opt;
	int64_t most = o->until_quiet ? o->passes : 1;
	int status = STATUS_OK, quiet = 0;

	for (s->pass = 1; s->pass <= most + quiet; s->pass++) {
		s->found = 0;
		for (s->c.pair = 0; s->c.pair < e->dbs.n; s->c.pair++)
			if ((status = sync_database(s)) != STATUS_OK)
				return status;
		/* a writer may be between two writes: twice makes it quiet */
		quiet = s->found == 0 ? quiet + 1 : 0;
		if (quiet > 1 || (quiet > 0 && !o->until_quiet))
			return STATUS_OK;
		if (o->until_quiet)
			clock_sleep(e->env->clock, QUIET_SECONDS);
	}
	if (o->dry_run)
		return STATUS_NO;
	if (!o->until_quiet)
		return STATUS_OK;
	(void)recorder_tell(&e->rec, "error", "redis-not-quiet",
		"stop what writes to the source, and sync again",
		"something still differed in pass %lld", (long long)most);
	return STATUS_NO;
}

int
sync_run(const void *options, struct env *env)
{
	struct syncing s;
	uint64_t functions_found = 0;
	int status = STATUS_TEMPORARY, functions = STATUS_OK;

	memset(&s, 0, sizeof(s));
	if (copying_init(&s.c) == -1)
		goto out;
	status = ends_open(&s.c.e, options, env, "sync", NULL);
	if (status == STATUS_OK && verifying_prepare(&s.v, &s.c.e) == -1)
		status = STATUS_TEMPORARY;
	if (status == STATUS_OK) {
		s.v.options.differs = differs;
		s.v.options.extra = !s.c.e.opt->no_delete;
		copying_prepare(&s.c);
		status = sync_all(&s);
		if (status == STATUS_OK || status == STATUS_NO)
			functions = functions_run(&s.c.e,
				s.c.e.opt->dry_run ? FUNCTIONS_COMPARE
						   : FUNCTIONS_REPLACE,
				&functions_found);
		if (status == STATUS_OK)
			status = functions;
		s.c.e.rec.failed += (int64_t)functions_found;
		s.c.e.rec.done = (int64_t)s.c.total.copied;
		s.c.e.rec.bytes = s.c.total.bytes;
	}
	status = ends_end(&s.c.e, status);
	verifying_fini(&s.v);
out:
	ends_close(&s.c.e);
	copying_fini(&s.c);
	return status;
}
