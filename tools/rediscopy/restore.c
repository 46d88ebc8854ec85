#include "restore.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "env.h"
#include "functions.h"
#include "journal.h"
#include "json.h"
#include "jsonw.h"
#include "keyarchive.h"
#include "keyfilter.h"
#include "keyframe.h"
#include "kvaddr.h"
#include "kvreply.h"
#include "landing.h"
#include "msg.h"
#include "progress.h"
#include "reader.h"
#include "rediscopy.h"
#include "restorekeys.h"
#include "status.h"
#include "streammeta.h"
#include "tempkeys.h"

enum { CHECKPOINT_SECONDS = 1 };

static int
refuse(struct restore *r, const char *why)
{
	(void)keyarchive_refuse(r->in, why);
	return STATUS_MISUSE;
}

static int
replay(void *ctx, const struct json *record)
{
	struct restore *r = ctx;
	const struct json_val *v = json_root(record);
	const char *type = json_get_str(v, "type");
	const char *run = json_get_str(v, "run");
	const char *target = json_get_str(v, "target_run");
	int64_t keys;

	if (type == NULL)
		return 0;
	if (strcmp(type, "restore.begun") == 0 && run != NULL &&
		r->n_runs++ == 0)
		snprintf(r->run, sizeof(r->run), "%s", run);
	if (strcmp(type, "restore.checkpoint") == 0 && target != NULL &&
		json_int(json_get(v, "keys"), 0, INT64_MAX, &keys) == 0) {
		r->before = (uint64_t)keys;
		snprintf(r->target_run, sizeof(r->target_run), "%s", target);
	}
	return 0;
}

/* Which databases go where: as the options say, or all to the same number, or
 * the one there is to that of the URL. An exit status. */
static int
choose_databases(struct restore *r)
{
	const struct json_val *dbs =
		json_get(json_root(keyarchive_head(r->in)), "dbs");
	const struct json_val *v;
	int to = kvaddr_db(r->e.to.addr);
	int64_t db;

	if (r->e.dbs.n > 0)
		return STATUS_OK;
	for (v = json_first(dbs); v != NULL; v = json_next(v)) {
		if (json_int(v, 0, INT32_MAX, &db) == -1)
			return refuse(r, "not the head of an archive");
		if (to > 0 && r->e.dbs.n > 0) {
			msg_error("the archive has several databases, and the "
				  "target's URL names one: give --db N:M");
			return STATUS_MISUSE;
		}
		if (dbmap_add(&r->e.dbs, (int)db, to > 0 ? to : (int)db) == -1)
			return STATUS_TEMPORARY;
	}
	return STATUS_OK;
}

/* The run goes on record, and what killed ones have left goes away. */
static int
begin(struct restore *r)
{
	struct ends *e = &r->e;
	struct buf b = BUF_INIT;
	struct jsonw w;
	size_t i;

	/* what a server that was started anew had may be lost */
	if (e->to.server.run_id[0] == '\0' ||
		strcmp(r->target_run, e->to.server.run_id) != 0)
		r->before = 0;
	if (r->n_runs > 0) {
		snprintf(e->run, sizeof(e->run), "%.16s.%u", r->run,
			r->n_runs & 0xffff);
		for (i = 0; i < e->dbs.n; i++)
			if (side_select(&e->to, e->dbs.pair[i].to) == -1 ||
				tempkeys_sweep(&e->to, r->run) == -1)
				return STATUS_TEMPORARY;
	}
	jsonw_record(&w, &b, "restore.begun");
	jsonw_str(&w, "run", e->run);
	return recorder_put(&e->rec, &w, &b, true) == -1 ? STATUS_TEMPORARY
							 : STATUS_OK;
}

static int
open_target(struct restore *r)
{
	const char *id = json_get_str(json_root(keyarchive_head(r->in)), "id");
	struct buf source = BUF_INIT;
	int status = STATUS_TEMPORARY;

	if (buf_printf(&source, "archive:%s", id) == 0)
		status = ends_open_journal(&r->e, buf_str(&source),
			kvaddr_identity(r->e.to.addr), replay);
	buf_fini(&source);
	if (status == STATUS_OK)
		status = choose_databases(r);
	if (status == STATUS_OK)
		status = landing_check_empty(&r->e);
	if (status == STATUS_OK)
		status = begin(r);
	if (status == STATUS_OK &&
		(r->at_work = restorekeys_new(&r->e)) == NULL)
		status = STATUS_TEMPORARY;
	return status;
}

static int
checkpoint(struct restore *r, bool sure)
{
	double now = clock_mono(r->e.env->clock);
	struct buf b = BUF_INIT;
	struct jsonw w;

	progress_update(r->e.progress, 0, r->keys);
	if (r->e.journal == NULL ||
		(!sure && now - r->told < CHECKPOINT_SECONDS))
		return STATUS_OK;
	r->told = now;
	jsonw_record(&w, &b, "restore.checkpoint");
	jsonw_uint(&w, "keys", r->keys);
	jsonw_str(&w, "target_run", r->e.to.server.run_id);
	return recorder_put(&r->e.rec, &w, &b, true) == -1 ? STATUS_TEMPORARY
							   : STATUS_OK;
}

/* Those at work are done with. An exit status. */
static int
settle(struct restore *r)
{
	int status = restorekeys_finish(r->at_work);

	return status == STATUS_OK ? checkpoint(r, false) : status;
}

/* Of a database, once all of it is there. */
static int
end_database(struct restore *r)
{
	struct restorekeys_counts n;
	struct ends *e = &r->e;
	struct buf b = BUF_INIT;
	struct jsonw w;
	int64_t has;

	if (!r->has_pair)
		return STATUS_OK;
	if (settle(r) != STATUS_OK)
		return STATUS_TEMPORARY;
	n = restorekeys_take_counts(r->at_work);
	if ((has = side_keys(&e->to)) >= 0 &&
		(uint64_t)has + n.expiring < n.keys && n.skipped == 0)
		(void)recorder_tell(&e->rec, "error", "redis-keys-lost",
			"look at the target's eviction policy",
			"%llu keys were restored into database %d of the "
			"target, and it holds %lld",
			(unsigned long long)n.keys, e->dbs.pair[r->pair].to,
			(long long)has);
	e->rec.done += (int64_t)n.keys;
	e->rec.skipped += (int64_t)n.skipped;
	e->rec.bytes += n.bytes;
	r->has_pair = false;
	jsonw_record(&w, &b, "keys.restored");
	jsonw_int(&w, "db", e->dbs.pair[r->pair].from);
	jsonw_int(&w, "target_db", e->dbs.pair[r->pair].to);
	jsonw_uint(&w, "keys", n.keys);
	jsonw_uint(&w, "bytes", n.bytes);
	jsonw_uint(&w, "skipped", n.skipped);
	jsonw_uint(&w, "expired", n.expired);
	jsonw_uint(&w, "failed", n.failed);
	return recorder_put(&e->rec, &w, &b, true) == -1 ? STATUS_TEMPORARY
							 : STATUS_OK;
}

/* Whether the key is one of those that are asked for, and of which pair. */
static bool
is_wanted(const struct restore *r, const struct keyframe *f, size_t *pair)
{
	const struct rediscopy_options *o = r->e.opt;

	for (*pair = 0; *pair < r->e.dbs.n; ++*pair)
		if (r->e.dbs.pair[*pair].from == f->db)
			break;
	return *pair < r->e.dbs.n &&
	       (o->type == NULL || strcmp(o->type, f->type) == 0) &&
	       is_keyfilter_wanted((void *)(uintptr_t)o, f->key, f->len);
}

static int
take_key(struct restore *r, const struct keyframe *f)
{
	size_t pair;
	int status = STATUS_OK;

	if (r->is_open)
		return refuse(r, "a key begins before the one before it ends");
	r->is_open = true;
	r->is_stream = strcmp(f->type, "stream") == 0;
	r->has_meta = r->wants_meta = false;
	r->skips =
		r->only_read || r->keys < r->before || !is_wanted(r, f, &pair);
	if (r->skips)
		return STATUS_OK;
	if (r->has_pair && r->pair != pair)
		status = end_database(r);
	else if (is_restorekeys_full(r->at_work))
		status = settle(r);
	if (status == STATUS_OK && !r->has_pair &&
		side_select(&r->e.to, r->e.dbs.pair[pair].to) == -1)
		status = STATUS_TEMPORARY;
	r->has_pair = true;
	r->pair = pair;
	return status == STATUS_OK ? restorekeys_begin(r->at_work, f, pair)
				   : status;
}

/* Whether the elements are what the key's type has. */
static bool
is_fit(const struct restore *r, const struct keyframe *f)
{
	size_t i, k;

	for (i = 0; i < f->n; i++) {
		const struct kvreply *x = f->item[i];

		if (!r->is_stream && !is_kvreply(x, KVREPLY_STRING))
			return false;
		if (!r->is_stream)
			continue;
		if (!is_kvreply(x, KVREPLY_ARRAY) || x->n != 2 ||
			!is_kvreply(x->item[0], KVREPLY_STRING) ||
			!is_kvreply(x->item[1], KVREPLY_ARRAY))
			return false;
		for (k = 0; k < x->item[1]->n; k++)
			if (!is_kvreply(x->item[1]->item[k], KVREPLY_STRING))
				return false;
	}
	return f->n % r->words == 0 && (!r->is_stream || r->has_meta);
}

/* Whether the target has the library already, as it is or as it may stay: 1,
 * 0; -1: lost. */
static int
has_function(struct restore *r, const char *name, const struct kvreply *code)
{
	const struct kvreply *has = kv_call(r->e.to.kv, "FUNCTION", "LIST",
		"LIBRARYNAME", name, "WITHCODE", NULL);

	if (has == NULL)
		return -1;
	if (!is_kvreply(has, KVREPLY_ARRAY) || has->n == 0)
		return 0;
	if (strcmp(r->e.opt->policy, "skip") == 0)
		return 1;
	has = kvreply_pair(has->item[0], "library_code");
	return is_kvreply(has, KVREPLY_STRING) && has->len == code->len &&
	       memcmp(has->str, code->str, code->len) == 0;
}

static int
take_function(struct restore *r, const struct keyframe *f)
{
	const struct rediscopy_options *o = r->e.opt;
	const struct kvreply *code = f->item[1];
	struct buf text = BUF_INIT;
	int has, status;

	if (r->is_open)
		return refuse(r, "a library in the middle of a key");
	if (r->only_read || o->matches.n + o->excludes.n > 0 ||
		o->type != NULL || o->dbs.n > 0)
		return STATUS_OK;
	if ((has = has_function(r, f->key, code)) != 0)
		return has == 1 ? STATUS_OK : STATUS_TEMPORARY;
	if (buf_append(&text, code->str, code->len) == -1)
		return STATUS_TEMPORARY;
	status = functions_load(
		&r->e, f->key, &text, strcmp(o->policy, "replace") == 0);
	buf_fini(&text);
	/* the keys go on; the finding makes the answer no */
	return status == STATUS_NO ? STATUS_OK : status;
}

static int
take_part(struct restore *r, const struct keyframe *f)
{
	if (!r->is_open)
		return refuse(r, "a part of no key");
	switch (f->kind) {
	case KEYFRAME_META:
		if (r->has_meta)
			return refuse(r, "a stream's groups stand twice");
		r->wants_meta = true;
		return r->is_stream ? STATUS_OK : refuse(r, "no stream has it");
	case KEYFRAME_ELEMENTS:
		if (!is_fit(r, f))
			return refuse(r, "not the elements of its type");
		return r->skips ? STATUS_OK
				: restorekeys_elements(r->at_work, f);
	case KEYFRAME_TIMES:
		return r->skips ? STATUS_OK : restorekeys_times(r->at_work, f);
	case KEYFRAME_DROP:
		r->is_open = false;
		return r->skips ? STATUS_OK : restorekeys_drop(r->at_work);
	default:
		if (r->is_stream && !r->has_meta)
			return refuse(r, "a stream without its groups");
		r->is_open = false;
		r->keys++;
		return r->skips ? STATUS_OK : restorekeys_end(r->at_work, f);
	}
}

static int
take_meta(struct restore *r, const struct kvreply *reply)
{
	struct streammeta m;

	r->wants_meta = false;
	r->has_meta = true;
	if (streammeta_read(&m, reply) == -1)
		return refuse(r, "not what a stream is");
	if (!r->skips)
		return restorekeys_meta(r->at_work, &m);
	streammeta_fini(&m);
	return STATUS_OK;
}

static int
take(struct restore *r, const struct kvreply *reply)
{
	struct keyframe f;

	if (r->wants_meta)
		return take_meta(r, reply);
	if (keyframe_read(&f, reply) == -1)
		return refuse(r, "not what an archive of keys has");
	if (f.kind == KEYFRAME_FUNCTION)
		return take_function(r, &f);
	if (f.kind != KEYFRAME_KEY)
		return take_part(r, &f);
	r->words = reader_type(f.type)->words;
	return take_key(r, &f);
}

/* All of the archive. An exit status. */
static int
read_all(struct restore *r)
{
	const struct kvreply *reply;
	int rc, status = STATUS_OK;

	while (status == STATUS_OK &&
		(rc = keyarchive_next(r->in, &reply)) == 1)
		status = take(r, reply);
	if (status == STATUS_OK && rc == -1)
		status = STATUS_MISUSE;
	if (status == STATUS_OK &&
		(r->is_open || r->keys != keyarchive_keys(r->in)))
		status = refuse(r, "it has other keys than it says");
	return status;
}

static int
restore_all(struct restore *r)
{
	int status = open_target(r), end;

	if (status != STATUS_OK)
		return status;
	progress_start(r->e.progress, 0, "keys", 0);
	status = read_all(r);
	/* what came before the damage is right */
	if (r->is_open && status == STATUS_MISUSE && !r->skips &&
		restorekeys_drop(r->at_work) != STATUS_OK)
		status = STATUS_TEMPORARY;
	if (status == STATUS_OK || status == STATUS_MISUSE) {
		end = end_database(r);
		if (end == STATUS_OK && status == STATUS_OK)
			end = checkpoint(r, true);
		status = end == STATUS_OK ? status : end;
	}
	progress_finish(r->e.progress, 0);
	if (status == STATUS_OK && (r->e.rec.failed > 0 || r->e.rec.errors > 0))
		status = STATUS_NO;
	return status;
}

/* The answer of a run that has no target. */
static int
only_read(const struct rediscopy_options *o, struct env *env)
{
	struct restore r;
	int status;

	memset(&r, 0, sizeof(r));
	r.e.opt = o;
	r.only_read = true;
	recorder_init(&r.e.rec, env, "rediscopy", "restore");
	status = keyarchive_open(env->in, env->in_name, &r.in) == -1
			 ? STATUS_MISUSE
			 : read_all(&r);
	if (status == STATUS_OK)
		msg_note("the archive is whole: %llu keys",
			(unsigned long long)r.keys);
	r.e.rec.done = (int64_t)r.keys;
	keyarchive_close(r.in);
	return recorder_end(&r.e.rec, status);
}

int
restore_run(const void *options, struct env *env)
{
	const struct rediscopy_options *o = options;
	struct restore r;
	int status;

	if (isatty(env->in)) {
		msg_error("the archive would come from the terminal: give it "
			  "as < FILE");
		return STATUS_MISUSE;
	}
	if (o->only_check)
		return only_read(o, env);
	memset(&r, 0, sizeof(r));
	status = ends_open_one(&r.e, o, env, "restore", false);
	if (status == STATUS_OK &&
		keyarchive_open(env->in, env->in_name, &r.in) == -1)
		status = STATUS_MISUSE;
	if (status == STATUS_OK)
		status = restore_all(&r);
	status = ends_end(&r.e, status);
	restorekeys_free(r.at_work);
	keyarchive_close(r.in);
	ends_close(&r.e);
	return status;
}
