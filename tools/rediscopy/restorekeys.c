#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "chunkrun.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "jsonw.h"
#include "keydigest.h"
#include "keyfilter.h"
#include "keyframe.h"
#include "kv.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "rediscopy.h"
#include "restorekeys.h"
#include "status.h"
#include "streamcopy.h"
#include "streammeta.h"

enum { MANY = 1000, WINDOW = 4 << 20, OLD_TOLERANCE = 2 };

/* A key. */
struct job {
	struct restorekeys *k;
	struct chunk chunk;
	struct chunk_key names;
	struct chunkrun run;
	struct buf key, name, tmp; /* in the archive, on the target */
	struct keydigest have;
	int64_t expires, elements;
	struct multiset sum, time_sum;
	size_t pair;
	bool is_proven, is_expired, is_reading;
};

struct restorekeys {
	struct ends *e;
	struct job *job;
	size_t n;
	uint64_t bytes; /* that these have */
	struct restorekeys_counts counts;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return STATUS_TEMPORARY;
}

struct restorekeys *
restorekeys_new(struct ends *e)
{
	struct restorekeys *k = mem_zalloc(1, sizeof(*k));

	if (k == NULL)
		return NULL;
	k->e = e;
	if ((k->job = mem_zalloc(MANY, sizeof(*k->job))) == NULL) {
		free(k);
		return NULL;
	}
	return k;
}

static void
free_jobs(struct restorekeys *k)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		struct job *j = &k->job[i];

		streamcopy_free(&j->run);
		if (j->is_reading)
			keydigest_fini(&j->have);
		buf_fini(&j->chunk.why);
		buf_fini(&j->key);
		buf_fini(&j->name);
		buf_fini(&j->tmp);
		memset(j, 0, sizeof(*j));
	}
	k->n = 0;
	k->bytes = 0;
}

void
restorekeys_free(struct restorekeys *k)
{
	if (k == NULL)
		return;
	free_jobs(k);
	free(k->job);
	free(k);
}

static struct job *
last(struct restorekeys *k)
{
	return &k->job[k->n - 1];
}

int
restorekeys_begin(struct restorekeys *k, const struct keyframe *f, size_t pair)
{
	struct job *j = &k->job[k->n++];

	memset(j, 0, sizeof(*j));
	j->k = k;
	j->pair = pair;
	j->expires = f->expires;
	if (buf_append(&j->key, f->key, f->len) == -1 ||
		keyfilter_target(k->e->opt, k->e->dbs.pair[pair].from, &j->name,
			f->key, f->len) == -1)
		return no_memory();
	j->names = (struct chunk_key){
		buf_str(&j->key), buf_str(&j->name), j->key.len, j->name.len};
	j->chunk.to = &k->e->to;
	j->chunk.k = &j->names;
	j->chunk.run = k->e->run;
	if (chunk_put_tmp(&j->tmp, &j->chunk) == -1)
		return no_memory();
	j->run.c = &j->chunk;
	j->run.tmp = j->tmp.data;
	j->run.tmp_len = j->tmp.len;
	j->run.reader.type = reader_type(f->type);
	return STATUS_OK;
}

/* Not more is under way than there is room for. */
static int
wait_for_room(struct restorekeys *k)
{
	struct kv *to = k->e->to.kv;

	while (last(k)->run.writing > WINDOW || kv_unsent(to) > WINDOW)
		if (kv_pump(&to, 1, 0.25) != KV_OK)
			return STATUS_TEMPORARY;
	return STATUS_OK;
}

int
restorekeys_meta(struct restorekeys *k, struct streammeta *m)
{
	return streamcopy_given(&last(k)->run, m) == -1 ? no_memory()
							: STATUS_OK;
}

int
restorekeys_elements(struct restorekeys *k, const struct keyframe *f)
{
	chunkrun_elements(&last(k)->run, f->item, f->n);
	return wait_for_room(k);
}

int
restorekeys_times(struct restorekeys *k, const struct keyframe *f)
{
	size_t i;

	for (i = 0; i < f->n; i += 2)
		chunkrun_time(&last(k)->run, f->item[i]->str, f->item[i]->len,
			f->item[i + 1]->integer);
	return wait_for_room(k);
}

static void
ask(struct restorekeys *k, const char *command, const struct buf *key)
{
	kv_begin(k->e->to.kv, 2, NULL, NULL, 0);
	kv_text(k->e->to.kv, command);
	kv_word(k->e->to.kv, key->data, key->len);
}

/* It comes anew. */
int
restorekeys_drop(struct restorekeys *k)
{
	struct job *j = last(k);

	if (kv_drain(k->e->to.kv) != KV_OK)
		return STATUS_TEMPORARY;
	ask(k, "DEL", &j->tmp);
	if (kv_finish(k->e->to.kv) == NULL)
		return STATUS_TEMPORARY;
	streamcopy_free(&j->run);
	buf_fini(&j->chunk.why);
	buf_fini(&j->key);
	buf_fini(&j->name);
	buf_fini(&j->tmp);
	memset(j, 0, sizeof(*j));
	k->n--;
	return STATUS_OK;
}

int
restorekeys_end(struct restorekeys *k, const struct keyframe *f)
{
	struct job *j = last(k);

	j->elements = f->elements;
	j->sum = f->sum;
	j->time_sum = f->time_sum;
	if (j->run.stream != NULL) {
		streamcopy_close(&j->run);
		streamcopy_free(&j->run);
	}
	if (j->expires >= 0) {
		chunkrun_write(&j->run, "PEXPIREAT", 1, 0);
		kv_int(k->e->to.kv, j->expires);
	}
	k->bytes += j->chunk.bytes;
	return STATUS_OK;
}

bool
is_restorekeys_full(const struct restorekeys *k)
{
	return k->n == MANY || k->bytes > WINDOW;
}

static void
on_tick(void *ctx)
{
	ends_tick(ctx);
}

/* Reads back what is there now. An exit status. */
static int
read_back(struct restorekeys *k)
{
	struct kv *to = k->e->to.kv;
	const struct keydigest_many all = {
		&k->job->have, sizeof(*k->job), k->n, &to, 1, on_tick, k->e};
	size_t i;

	for (i = 0; i < k->n; i++) {
		struct job *j = &k->job[i];

		if (keydigest_begin(
			    &j->have, &k->e->to, j->tmp.data, j->tmp.len) == -1)
			return no_memory();
		j->is_reading = true;
		j->have.has_times = is_side_able(&k->e->to, SIDE_HASH_TTL);
	}
	return keydigest_read(&all) == 0 ? STATUS_OK : STATUS_TEMPORARY;
}

/* Whether it is what the archive has. */
static bool
is_right(const struct restorekeys *k, const struct job *j)
{
	int64_t apart = j->have.expires - j->expires;
	int64_t most =
		is_side_able(&k->e->to, SIDE_PEXPIRETIME) ? 0 : OLD_TOLERANCE;

	return !j->have.failed &&
	       strcmp(j->have.type, j->run.reader.type->name) == 0 &&
	       (j->have.expires < 0) == (j->expires < 0) && apart <= most &&
	       apart >= -most && j->have.elements == j->elements &&
	       is_multiset_equal(&j->have.sum, &j->sum) &&
	       (!j->have.has_times ||
		       is_multiset_equal(&j->have.time_sum, &j->time_sum));
}

static int
fail(struct restorekeys *k, struct job *j, const char *why)
{
	k->counts.failed++;
	return ends_put_failed(k->e, k->e->dbs.pair[j->pair].from, j->key.data,
		j->key.len, why);
}

static int
on_named(void *ctx, struct kv *kv, const struct kvreply *r, uintptr_t tag)
{
	struct restorekeys *k = ctx;
	struct job *j = (struct job *)tag;
	bool kept = is_kvreply(r, KVREPLY_INTEGER) && r->integer == 0;

	(void)kv;
	if (is_kvreply(r, KVREPLY_ERROR)) {
		j->is_proven = false;
		/* an expiry that has passed just now */
		if (strstr(r->str, "no such key") != NULL && j->expires >= 0)
			k->counts.expired++;
		else
			return fail(k, j, r->str);
		return 0;
	}
	k->counts.skipped += kept;
	j->is_proven = !kept;
	return 0;
}

/* What is right gets its name. */
static void
give_name(struct restorekeys *k, struct job *j)
{
	struct kv *to = k->e->to.kv;
	bool keeps = strcmp(k->e->opt->policy, "skip") == 0;

	kv_begin(to, 3, on_named, k, (uintptr_t)j);
	kv_text(to, keeps ? "RENAMENX" : "RENAME");
	kv_word(to, j->tmp.data, j->tmp.len);
	kv_word(to, j->name.data, j->name.len);
}

static void
throw_away(struct restorekeys *k, const struct job *j)
{
	kv_begin(k->e->to.kv, 2, kv_ignore, NULL, 0);
	kv_text(k->e->to.kv, "DEL");
	kv_word(k->e->to.kv, j->tmp.data, j->tmp.len);
}

/* What the server has said against it, or what it is not. */
static int
judge(struct restorekeys *k, struct job *j)
{
	int64_t now = (int64_t)(clock_wall(k->e->env->clock) * 1000);

	if (j->run.failed)
		return fail(k, j, buf_str(&j->chunk.why));
	j->is_expired = j->expires >= 0 && j->expires <= now &&
			strcmp(j->have.type, "none") == 0;
	if (j->is_expired) {
		k->counts.expired++;
		return 0;
	}
	j->is_proven = is_right(k, j);
	if (!j->is_proven)
		return fail(
			k, j, "what is read back is not what the archive has");
	if (j->chunk.lost_times > 0)
		return recorder_tell(&k->e->rec, "warning",
			"redis-field-expiry-lost",
			"take a target of Redis 7.4 or Valkey 9",
			"%llu fields of a hash expire, which the target does "
			"not know: they stay",
			(unsigned long long)j->chunk.lost_times);
	return 0;
}

int
restorekeys_finish(struct restorekeys *k)
{
	struct kv *to = k->e->to.kv;
	int status = STATUS_OK;
	size_t i;

	if (k->n == 0)
		return STATUS_OK;
	if (kv_drain(to) != KV_OK)
		return STATUS_TEMPORARY;
	status = read_back(k);
	for (i = 0; status == STATUS_OK && i < k->n; i++)
		if (judge(k, &k->job[i]) == -1)
			status = STATUS_TEMPORARY;
	for (i = 0; status == STATUS_OK && i < k->n; i++)
		if (k->job[i].is_proven)
			give_name(k, &k->job[i]);
	if (status == STATUS_OK && kv_drain(to) != KV_OK)
		status = STATUS_TEMPORARY;
	for (i = 0; status == STATUS_OK && i < k->n; i++) {
		struct job *j = &k->job[i];

		if (!j->is_proven) {
			throw_away(k, j);
			continue;
		}
		k->counts.keys++;
		k->counts.expiring += j->expires >= 0;
		k->counts.bytes += j->chunk.bytes;
	}
	if (status == STATUS_OK && kv_drain(to) != KV_OK)
		status = STATUS_TEMPORARY;
	/* handlers that wait for what is freed here are never called: after a
	 * failure the session is closed */
	if (status == STATUS_OK)
		free_jobs(k);
	return status;
}

struct restorekeys_counts
restorekeys_take_counts(struct restorekeys *k)
{
	struct restorekeys_counts n = k->counts;

	memset(&k->counts, 0, sizeof(k->counts));
	return n;
}
