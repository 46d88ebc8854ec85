#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "chunkrun.h"
#include "expiry.h"
#include "kv.h"
#include "kvreply.h"
#include "msg.h"
#include "reader.h"
#include "side.h"
#include "streamcopy.h"
#include "stringcopy.h"

static int
on_written(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct chunkrun *r = ctx;

	(void)k;
	r->writing -= (uint64_t)tag;
	if (!is_kvreply(reply, KVREPLY_ERROR) || r->failed)
		return 0;
	r->failed = true;
	(void)buf_puts(&r->c->why, reply->str);
	return 0;
}

void
chunkrun_write(
	struct chunkrun *r, const char *command, size_t more, uint64_t bytes)
{
	r->writing += bytes;
	r->c->bytes += bytes;
	kv_begin(r->c->to->kv, 2 + more, on_written, r, (uintptr_t)bytes);
	kv_text(r->c->to->kv, command);
	kv_word(r->c->to->kv, r->tmp, r->tmp_len);
}

void
chunkrun_write2(
	struct chunkrun *r, const char *command, const char *sub, size_t more)
{
	kv_begin(r->c->to->kv, 3 + more, on_written, r, 0);
	kv_text(r->c->to->kv, command);
	kv_text(r->c->to->kv, sub);
	kv_word(r->c->to->kv, r->tmp, r->tmp_len);
}

static uint64_t
bytes_of(const struct kvreply *const *item, size_t n)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += item[i]->len;
	return sum;
}

/* More elements would hold up the target. */
enum { AT_ONCE = 500, EXPIRY_TRIES = 20 };

/* All items, in commands of not too many. */
static void
write_items(void *ctx, const struct kvreply *const *item, size_t n)
{
	static const char *const commands[][2] = {{"string", "APPEND"},
		{"list", "RPUSH"}, {"set", "SADD"}, {"hash", "HSET"}};
	struct chunkrun *r = ctx;
	size_t i, k, part, most = AT_ONCE * r->reader.type->words;

	for (i = 0; strcmp(commands[i][0], r->reader.type->name) != 0;)
		i++;
	for (; n > 0; item += part, n -= part) {
		part = n < most ? n : most;
		chunkrun_write(r, commands[i][1], part, bytes_of(item, part));
		for (k = 0; k < part; k++)
			kv_word(r->c->to->kv, item[k]->str, item[k]->len);
	}
}

/* A field that expires. */
static void
write_time(void *ctx, const char *field, size_t len, int64_t at)
{
	struct chunkrun *r = ctx;
	struct kv *to = r->c->to->kv;

	if (!is_side_able(r->c->to, SIDE_HASH_TTL)) {
		r->c->lost_times++;
		return;
	}
	chunkrun_write(r, "HPEXPIREAT", 4, len);
	kv_int(to, at);
	kv_text(to, "FIELDS");
	kv_text(to, "1");
	kv_word(to, field, len);
}

/* Fields with values, and when they expire. */
static void
write_hash(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct chunkrun *r = ctx;

	write_items(ctx, item, n);
	if (!is_side_able(r->c->from, SIDE_HASH_TTL))
		return;
	r->times.take = write_time;
	r->times.ctx = r;
	if (fieldtimes_ask(&r->times, r->c->from->kv, r->c->k->key,
		    r->c->k->len, item, n) == -1) {
		r->failed = true;
		(void)buf_puts(&r->c->why, "out of memory");
	}
}

/* Members and scores change places. */
static void
write_zset(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct chunkrun *r = ctx;
	struct kv *to = r->c->to->kv;
	size_t i, part;

	for (; n > 0; item += part, n -= part) {
		part = n < 2 * AT_ONCE ? n : 2 * AT_ONCE;
		chunkrun_write(r, "ZADD", part, bytes_of(item, part));
		for (i = 0; i < part; i += 2) {
			kv_word(to, item[i + 1]->str, item[i + 1]->len);
			kv_word(to, item[i]->str, item[i]->len);
		}
	}
}

void
chunkrun_elements(
	struct chunkrun *r, const struct kvreply *const *item, size_t n)
{
	const char *type = r->reader.type->name;

	if (strcmp(type, "stream") == 0)
		streamcopy_sink(r, item, n);
	else if (strcmp(type, "zset") == 0)
		write_zset(r, item, n);
	else
		write_items(r, item, n);
}

void
chunkrun_time(struct chunkrun *r, const char *field, size_t len, int64_t at)
{
	write_time(r, field, len, at);
}

/* One command about a key, waited for. NULL: lost. */
static const struct kvreply *
ask_one(struct side *s, const char *command, const char *key, size_t len)
{
	kv_begin(s->kv, 2, NULL, NULL, 0);
	kv_text(s->kv, command);
	kv_word(s->kv, key, len);
	return kv_finish(s->kv);
}

/* Away with the temporary key. 0, or -1: lost. */
static int
give_up(struct chunkrun *r)
{
	const struct kvreply *reply =
		ask_one(r->c->to, "UNLINK", r->tmp, r->tmp_len);

	if (is_kvreply(reply, KVREPLY_ERROR))
		reply = ask_one(r->c->to, "DEL", r->tmp, r->tmp_len);
	if (is_kvreply(reply, KVREPLY_ERROR) && !r->failed) {
		/* nothing may be added to what an earlier run has left */
		r->failed = true;
		(void)buf_puts(&r->c->why, reply->str);
	}
	return reply != NULL ? 0 : -1;
}

static int
on_number(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	int64_t *n = (int64_t *)tag;

	(void)ctx;
	(void)k;
	*n = is_kvreply(reply, KVREPLY_INTEGER) ? reply->integer : -1;
	return 0;
}

/* Asks how many elements a key has; told once what is queued is answered. */
static void
measure(struct chunkrun *r, struct side *s, const char *key, size_t len,
	int64_t *n)
{
	kv_begin(s->kv, 2, on_number, NULL, (uintptr_t)n);
	kv_text(s->kv, r->reader.type->length);
	kv_word(s->kv, key, len);
}

static void
measure_source(struct chunkrun *r, int64_t *n)
{
	measure(r, r->c->from, r->c->k->key, r->c->k->len, n);
}

/* What TYPE says, into ${c->type}. 0, or -1: lost. */
static int
find_type(struct chunk *c)
{
	const struct kvreply *r =
		ask_one(c->from, "TYPE", c->k->key, c->k->len);

	if (r == NULL)
		return -1;
	snprintf(c->type, sizeof(c->type), "%s",
		r->str != NULL ? r->str : "none");
	return 0;
}

/* When it expires, ms since 1970; -1 never; -2 it is gone; -3 lost. */
static int64_t
find_expiry(struct chunk *c)
{
	struct kv *both[2] = {c->from->kv, c->to->kv};
	struct expiry e;

	expiry_ask(&e, c->from, c->k->key, c->k->len, EXPIRY_TRIES);
	while (kv_unanswered(both[0]) > 0 || kv_unanswered(both[1]) > 0)
		if (kv_pump(both, 2, 0.25) != KV_OK)
			return -3;
	return e.at;
}

/* Reads and writes until all is there. */
static enum kv_result
move(struct chunkrun *r)
{
	struct kv *both[2] = {r->c->from->kv, r->c->to->kv};
	enum kv_result rc = KV_OK;
	bool is_whole = strcmp(r->c->type, "string") == 0 && r->before >= 0 &&
			is_stringcopy_fit(r);

	if (is_whole)
		stringcopy_begin(r, (uint64_t)r->before);
	r->reader.ctx = r;
	r->reader.sink = is_whole                            ? stringcopy_sink
			 : strcmp(r->c->type, "zset") == 0   ? write_zset
			 : strcmp(r->c->type, "stream") == 0 ? streamcopy_sink
			 : strcmp(r->c->type, "hash") == 0   ? write_hash
							     : write_items;
	/* the end of a SET is still to come: it is not answered before */
	while (rc == KV_OK &&
		(!r->reader.is_read ||
			(!is_whole && kv_unanswered(both[1]) > 0))) {
		if (r->failed)
			r->reader.is_read = true;
		if (r->writing + kv_unsent(both[1]) < r->c->window)
			reader_ask(&r->reader);
		rc = kv_pump(both, 2, 0.25);
		if (r->c->tick != NULL)
			r->c->tick(r->c->ctx, r->c->bytes);
	}
	if (rc == KV_OK && is_whole && stringcopy_end(r) == -1)
		rc = KV_LOST;
	/* an answer may be on its way still */
	while (rc == KV_OK &&
		(kv_unanswered(both[0]) > 0 || kv_unanswered(both[1]) > 0))
		rc = kv_pump(both, 2, 0.25);
	return rc;
}

/* The same, with what else belongs to a stream. 0, or -1: lost. */
static int
move_all(struct chunkrun *r)
{
	int rc;

	if (strcmp(r->c->type, "stream") != 0) {
		rc = move(r) == KV_OK ? 0 : -1;
		fieldtimes_fini(&r->times);
		return rc;
	}
	rc = streamcopy_begin(r);
	if (rc == 0 && !r->failed) {
		rc = move(r) == KV_OK ? 0 : -1;
		if (rc == 0 && !r->failed)
			rc = streamcopy_end(r);
	}
	streamcopy_free(r);
	return rc;
}

/* What is said within a transaction is said again at its end. */
static int
on_queued(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	(void)ctx;
	(void)k;
	(void)reply;
	(void)tag;
	return 0;
}

static void
begin_rename(struct chunkrun *r, const char *command, kv_handler *handler)
{
	struct kv *to = r->c->to->kv;

	kv_begin(to, 3, handler, NULL, 0);
	kv_text(to, command);
	kv_word(to, r->tmp, r->tmp_len);
	kv_word(to, r->c->k->target, r->c->k->target_len);
}

/* Takes the name, whatever has it. What had it goes in the same moment, but
 * is freed in the background: RENAME alone would hold up the target for as long
 * as that takes. The answer to RENAME; NULL: lost. */
static const struct kvreply *
take_name(struct chunkrun *r)
{
	struct kv *to = r->c->to->kv;
	const struct kvreply *reply;

	kv_queue(to, on_queued, NULL, 0, "MULTI", NULL);
	kv_begin(to, 2, on_queued, NULL, 0);
	kv_text(to, "UNLINK");
	kv_word(to, r->c->k->target, r->c->k->target_len);
	begin_rename(r, "RENAME", on_queued);
	if ((reply = kv_call(to, "EXEC", NULL)) == NULL)
		return NULL;
	if (is_kvreply(reply, KVREPLY_ARRAY) && reply->n == 2)
		return reply->item[1];
	/* no transactions for us */
	begin_rename(r, "RENAME", NULL);
	return kv_finish(to);
}

/* Expiry and name, in one go; or away with it. 0, or -1: lost. */
static int
finish(struct chunkrun *r, int64_t expires)
{
	struct kv *to = r->c->to->kv;
	const struct kvreply *reply;

	if (r->failed)
		return give_up(r);
	if (expires >= 0) {
		chunkrun_write(r, "PEXPIREAT", 1, 0);
		kv_int(to, expires);
	}
	if (r->c->keeps) {
		begin_rename(r, "RENAMENX", NULL);
		reply = kv_finish(to);
	} else {
		reply = take_name(r);
	}
	if (reply == NULL)
		return -1;
	/* an expiry that has passed took the key with it */
	if (is_kvreply(reply, KVREPLY_ERROR) &&
		strstr(reply->str, "no such key") == NULL) {
		r->failed = true;
		(void)buf_puts(&r->c->why, reply->str);
	}
	r->kept = is_kvreply(reply, KVREPLY_INTEGER) && reply->integer == 0;
	return r->failed || r->kept ? give_up(r) : 0;
}

int
chunk_put_tmp(struct buf *b, const struct chunk *c)
{
	bool tagged = memchr(c->k->target, '{', c->k->target_len) != NULL;

	return (!tagged && buf_putc(b, '{') == -1) ||
			       buf_append(b, c->k->target, c->k->target_len) ==
				       -1 ||
			       (!tagged && buf_putc(b, '}') == -1) ||
			       buf_printf(b, ":rediscopy:%s", c->run) == -1
		       ? -1
		       : 0;
}

/* Whether what was read is what was there all the time. */
static bool
is_steady(const struct chunkrun *r)
{
	const struct reader_type *type = r->reader.type;
	bool scanned = type->is_ordered ? false : r->reader.is_scanned;

	if (r->before != r->after || r->reader.is_broken)
		return false;
	/* a scan may give an element twice */
	if (scanned || strcmp(type->name, "set") == 0 ||
		strcmp(type->name, "hash") == 0)
		return r->reader.at >= r->after;
	return r->reader.at == r->after;
}

/* Whether the target has fewer elements than it was given: it has evicted the
 * temporary key, or somebody has emptied it. Fields may have expired. */
static bool
is_short(const struct chunkrun *r)
{
	bool may_expire = strcmp(r->reader.type->name, "hash") == 0 &&
			  is_side_able(r->c->from, SIDE_HASH_TTL);

	return is_steady(r) && r->has < r->after && !may_expire;
}

static enum chunk_result
copy_once(struct chunk *c, const char *tmp, size_t tmp_len, bool scanned)
{
	const struct reader_type *type;
	struct chunkrun r = {.c = c, .tmp = tmp, .tmp_len = tmp_len};
	int64_t expires;

	/* an interrupted try may have left one */
	chunkrun_write(&r, "UNLINK", 0, 0);
	if (find_type(c) == -1)
		return CHUNK_LOST;
	if ((type = reader_type(c->type)) == NULL)
		return kv_drain(c->to->kv) != KV_OK   ? CHUNK_LOST
		       : strcmp(c->type, "none") == 0 ? CHUNK_VANISHED
						      : CHUNK_UNKNOWN;
	reader_init(&r.reader, c->from->kv, c->k->key, c->k->len, type);
	reader_tune(&r.reader, c->size, c->from->rtt);
	r.reader.is_scanned = scanned;
	c->bytes = c->lost_times = 0;
	measure_source(&r, &r.before);
	if (strcmp(c->type, "string") == 0 && kv_drain(c->from->kv) != KV_OK)
		return CHUNK_LOST;
	if (move_all(&r) == -1)
		return CHUNK_LOST;
	measure_source(&r, &r.after);
	measure(&r, c->to, tmp, tmp_len, &r.has);
	if ((expires = find_expiry(c)) == -3)
		return CHUNK_LOST;
	c->elements = (uint64_t)r.reader.at;
	/* a key of no elements is no key, but for strings and streams */
	if (expires == -2)
		return give_up(&r) == -1 ? CHUNK_LOST : CHUNK_VANISHED;
	if (!r.failed && is_short(&r)) {
		r.failed = c->is_short = true;
		(void)buf_puts(&c->why,
			"the target does not keep what it is given: does it "
			"evict keys, or does somebody delete them?");
	}
	if (finish(&r, expires) == -1)
		return CHUNK_LOST;
	if (r.kept)
		return CHUNK_KEPT;
	if (r.failed)
		return CHUNK_REFUSED;
	return is_steady(&r) ? CHUNK_COPIED : CHUNK_MOVING;
}

enum chunk_result
chunk_copy(struct chunk *c)
{
	enum { TRIES = 3 };
	enum chunk_result rc = CHUNK_LOST;
	struct buf tmp = BUF_INIT;
	int i;

	if (chunk_put_tmp(&tmp, c) == -1) {
		msg_error("out of memory");
		goto out;
	}
	for (i = 0; i < TRIES; i++) {
		/* what is read by index must hold still; a scan need not */
		buf_clear(&c->why);
		c->is_short = false;
		rc = copy_once(c, tmp.data, tmp.len, i > 0);
		if (rc == CHUNK_MOVING)
			c->keeps = false; /* what is there is ours */
		else if (!c->is_short)
			break;
	}
out:
	buf_fini(&tmp);
	return rc;
}
