#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "chunkrun.h"
#include "keydigest.h"
#include "keylist.h"
#include "kv.h"
#include "kvreply.h"
#include "manykeys.h"
#include "mem.h"
#include "msg.h"
#include "reader.h"
#include "side.h"
#include "status.h"
#include "streamcopy.h"
#include "streammeta.h"

/* Keys at a time, and the memory that they may have together. */
enum { MANY = 1000, TOGETHER = 4 << 20 };

struct job {
	struct manykeys *m;
	struct keylist_item item;
	struct chunk chunk;
	struct chunk_key names;
	struct chunkrun run;
	struct buf name, tmp; /* on the target */
	struct keydigest digest;
	struct keydigest_tap tap;
	int64_t has; /* elements on the target */
	bool is_begun, is_gone, is_kept, failed;
};

struct batch {
	struct manykeys *m;
	struct job *job;
	size_t n;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return STATUS_TEMPORARY;
}

/* Anew, if it has changed meanwhile: what was written goes first. */
static void
on_begin(void *ctx)
{
	struct job *j = ctx;

	streamcopy_free(&j->run);
	j->run.stream = NULL;
	j->run.reader.type = reader_type(j->digest.type);
	chunkrun_write(&j->run, "UNLINK", 0, 0);
	j->chunk.bytes = 0;
}

static void
on_elements(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct job *j = ctx;

	if (!j->failed)
		chunkrun_elements(&j->run, item, n);
}

static void
on_time(void *ctx, const char *field, size_t len, int64_t at)
{
	struct job *j = ctx;

	chunkrun_time(&j->run, field, len, at);
}

static void
on_meta(void *ctx, struct streammeta *m)
{
	struct job *j = ctx;

	j->failed = streamcopy_given(&j->run, m) == -1 || j->failed;
	memset(m, 0, sizeof(*m)); /* taken, or freed */
}

static int
begin_job(struct job *j, struct manykeys *m, size_t i)
{
	static const struct keydigest_tap tap = {
		on_begin, on_elements, on_time, on_meta, NULL};
	const char *name;
	size_t len;

	j->m = m;
	j->item = keylist_get(m->list, i);
	name = j->item.key;
	len = j->item.len;
	if ((m->target_key != NULL &&
		    m->target_key(m->ctx, j->item.key, j->item.len, &name,
			    &len) == -1) ||
		buf_append(&j->name, name, len) == -1)
		return -1;
	j->names = (struct chunk_key){
		j->item.key, buf_str(&j->name), j->item.len, j->name.len};
	j->chunk.from = m->from;
	j->chunk.to = m->to;
	j->chunk.k = &j->names;
	j->chunk.run = m->run;
	if (chunk_put_tmp(&j->tmp, &j->chunk) == -1)
		return -1;
	j->run.c = &j->chunk;
	j->run.tmp = j->tmp.data;
	j->run.tmp_len = j->tmp.len;
	j->tap = tap;
	j->tap.ctx = j;
	if (keydigest_begin(&j->digest, m->from, j->item.key, j->item.len) ==
		-1)
		return -1;
	j->is_begun = true;
	j->digest.has_times = is_side_able(m->from, SIDE_HASH_TTL);
	j->digest.size = j->item.size;
	j->digest.tap = &j->tap;
	return 0;
}

/* Whether what was read may be gone from the target by itself. */
static bool
may_expire(const struct job *j)
{
	return strcmp(j->digest.type, "hash") == 0 &&
	       is_side_able(j->m->from, SIDE_HASH_TTL);
}

/* Whether it has evicted some, or somebody has deleted them. */
static bool
is_short(const struct job *j)
{
	return j->has < j->digest.elements && !may_expire(j);
}

static int
on_named(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct job *j = ctx;

	(void)k;
	(void)tag;
	/* of a transaction, which was refused as a whole otherwise */
	if (is_kvreply(r, KVREPLY_ARRAY) && r->n == 2)
		r = r->item[1];
	j->is_kept = is_kvreply(r, KVREPLY_INTEGER) && r->integer == 0;
	/* an expiry that has passed took the key with it */
	j->failed = !is_kvreply_ok(r) && !is_kvreply(r, KVREPLY_INTEGER) &&
		    !(is_kvreply(r, KVREPLY_ERROR) &&
			    strstr(r->str, "no such key") != NULL &&
			    (j->digest.expires >= 0 || may_expire(j)));
	return 0;
}

static void
put_words(struct job *j, const char *command, const struct buf *one,
	const struct buf *two, kv_handler *handler)
{
	struct kv *to = j->m->to->kv;

	kv_begin(to, two != NULL ? 3 : 2, handler, j, 0);
	kv_text(to, command);
	kv_word(to, one->data, one->len);
	if (two != NULL)
		kv_word(to, two->data, two->len);
}

/* What had the name is freed in the background, as in chunk.c. */
static void
give_name(struct job *j)
{
	struct kv *to = j->m->to->kv;

	if (j->digest.expires >= 0) {
		chunkrun_write(&j->run, "PEXPIREAT", 1, 0);
		kv_int(to, j->digest.expires);
	}
	if (j->m->keeps || !j->m->replaces) {
		put_words(j, j->m->keeps ? "RENAMENX" : "RENAME", &j->tmp,
			&j->name, on_named);
		return;
	}
	kv_queue(to, kv_ignore, NULL, 0, "MULTI", NULL);
	put_words(j, "UNLINK", &j->name, NULL, kv_ignore);
	put_words(j, "RENAME", &j->tmp, &j->name, kv_ignore);
	kv_queue(to, on_named, j, 0, "EXEC", NULL);
}

static int
on_length(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct job *j = ctx;

	(void)k;
	(void)tag;
	j->has = is_kvreply(r, KVREPLY_INTEGER) ? r->integer : -1;
	return 0;
}

/* Asks how many elements the target has kept. */
static void
measure(struct job *j)
{
	const struct reader_type *type = reader_type(j->digest.type);

	if (type != NULL)
		put_words(j, type->length, &j->tmp, NULL, on_length);
}

/* What was read of it makes a key, or not; or is not to be relied upon. */
static void
judge(struct job *j)
{
	const struct keydigest *d = &j->digest;
	bool holds = strcmp(d->type, "string") == 0 ||
		     strcmp(d->type, "stream") == 0;

	j->failed = j->failed || d->failed || d->is_unreadable ||
		    j->run.failed || j->chunk.lost_times > 0;
	if (j->failed)
		return;
	/* it was made between two questions */
	j->failed = d->expiry.at == -2 && strcmp(d->type, "none") != 0;
	j->is_gone =
		strcmp(d->type, "none") == 0 || (!holds && d->elements == 0);
	j->failed = j->failed || (!j->is_gone && is_short(j));
}

static int
end_job(struct job *j)
{
	struct manykeys *m = j->m;
	struct keylist *list = NULL;

	j->failed = j->failed || j->run.failed;
	if (j->failed || j->is_gone || j->is_kept)
		put_words(j, "UNLINK", &j->tmp, NULL, kv_ignore);
	if (j->failed) {
		list = m->left;
	} else if (j->is_gone) {
		list = m->vanished;
		m->n_vanished++;
	} else if (j->is_kept) {
		m->skipped++;
	} else {
		m->copied++;
		m->bytes += j->chunk.bytes;
	}
	return list == NULL ? 0
			    : keylist_add(list, j->item.key, j->item.len,
				      j->item.size, NULL);
}

static int
drain(const struct manykeys *m)
{
	struct kv *both[2] = {m->from->kv, m->to->kv};

	while (kv_unanswered(both[0]) + kv_unanswered(both[1]) > 0)
		if (kv_pump(both, 2, 0.25) != KV_OK)
			return -1;
	return 0;
}

static int
copy(struct batch *b, size_t at)
{
	struct manykeys *m = b->m;
	struct kv *both[2] = {m->from->kv, m->to->kv};
	const struct keydigest_many all = {&b->job[0].digest, sizeof(b->job[0]),
		b->n, both, 2, m->tick, m->ctx};
	size_t i;

	for (i = 0; i < b->n; i++)
		if (begin_job(&b->job[i], m, at + i) == -1)
			return no_memory();
	if (keydigest_read(&all) == -1)
		return STATUS_TEMPORARY;
	for (i = 0; i < b->n; i++)
		if (b->job[i].run.stream != NULL)
			streamcopy_close(&b->job[i].run);
	for (i = 0; i < b->n; i++)
		measure(&b->job[i]);
	if (drain(m) == -1)
		return STATUS_TEMPORARY;
	for (i = 0; i < b->n; i++) {
		judge(&b->job[i]);
		if (!b->job[i].failed && !b->job[i].is_gone)
			give_name(&b->job[i]);
	}
	if (drain(m) == -1)
		return STATUS_TEMPORARY;
	for (i = 0; i < b->n; i++)
		if (end_job(&b->job[i]) == -1)
			return no_memory();
	return drain(m) == -1 ? STATUS_TEMPORARY : STATUS_OK;
}

static void
free_job(struct job *j)
{
	streamcopy_free(&j->run);
	if (j->is_begun)
		keydigest_fini(&j->digest);
	buf_fini(&j->chunk.why);
	buf_fini(&j->name);
	buf_fini(&j->tmp);
}

/* How many from there on may be under way together. */
static size_t
count_together(const struct manykeys *m, size_t at)
{
	size_t n, most = keylist_count(m->list) - at;
	uint64_t sum = 0;

	for (n = 0; n < most && n < MANY; n++) {
		/* one that nobody has measured is taken alone */
		uint64_t size = keylist_get(m->list, at + n).size;

		sum += size > 0 ? size : TOGETHER;
		if (sum > TOGETHER && n > 0)
			break;
	}
	return n;
}

int
manykeys_copy(struct manykeys *m, size_t at, size_t *n)
{
	struct batch b = {.m = m, .n = count_together(m, at)};
	int status;
	size_t i;

	*n = b.n;
	if ((b.job = mem_zalloc(b.n, sizeof(*b.job))) == NULL)
		return no_memory();
	status = copy(&b, at);
	/* after a failure what still waits for an answer is never told: both
	 * sessions are opened anew */
	for (i = 0; i < b.n; i++)
		free_job(&b.job[i]);
	free(b.job);
	return status;
}
