#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "chunktype.h"
#include "kv.h"
#include "kvreply.h"
#include "msg.h"
#include "num.h"
#include "side.h"

struct kv *
chunkrun_from(const struct chunkrun *r)
{
	return r->c->from->kv;
}

struct kv *
chunkrun_to(const struct chunkrun *r)
{
	return r->c->to->kv;
}

static int
on_read(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct chunkrun *r = ctx;
	const struct chunktype *type = (const struct chunktype *)tag;

	(void)k;
	r->is_asking = false;
	if (is_kvreply(reply, KVREPLY_ERROR) ||
		is_kvreply(reply, KVREPLY_NIL)) {
		/* another type by now, or gone: length and type tell */
		r->is_read = true;
		return 0;
	}
	type->take(r, reply);
	return 0;
}

void
chunkrun_ask(struct chunkrun *r, const char *command, size_t more)
{
	const struct chunktype *type = chunktype_find(r->c->type);

	r->is_asking = true;
	kv_begin(chunkrun_from(r), 2 + more, on_read, r, (uintptr_t)type);
	kv_text(chunkrun_from(r), command);
	kv_word(chunkrun_from(r), r->c->k->key, r->c->k->len);
}

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
	struct chunkrun *r, const char *command, size_t more, size_t bytes)
{
	r->writing += bytes;
	r->c->bytes += bytes;
	kv_begin(chunkrun_to(r), 2 + more, on_written, r, (uintptr_t)bytes);
	kv_text(chunkrun_to(r), command);
	kv_word(chunkrun_to(r), r->tmp, r->tmp_len);
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

/* The number that a command about the key gives: -1 none, -2 lost. */
static int64_t
measure(struct chunk *c, const char *command)
{
	const struct kvreply *r =
		ask_one(c->from, command, c->k->key, c->k->len);

	return r == NULL                        ? -2
	       : is_kvreply(r, KVREPLY_INTEGER) ? r->integer
						: -1;
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
	const struct kvreply *r;
	int64_t seconds = 0, micros = 0, left;

	if (is_side_able(c->from, SIDE_PEXPIRETIME)) {
		r = ask_one(c->from, "PEXPIRETIME", c->k->key, c->k->len);
		return r == NULL ? -3 : r->integer;
	}
	if ((r = kv_call(c->from->kv, "TIME", NULL)) == NULL)
		return -3;
	if (is_kvreply(r, KVREPLY_ARRAY) && r->n == 2) {
		(void)num_int(r->item[0]->str, 0, INT64_MAX / 1000, &seconds);
		(void)num_int(r->item[1]->str, 0, 999999, &micros);
	}
	r = ask_one(c->from, "PTTL", c->k->key, c->k->len);
	if (r == NULL)
		return -3;
	left = r->integer;
	return left < 0 ? left : seconds * 1000 + micros / 1000 + left;
}

/* Reads and writes until all is there. */
static enum kv_result
move(struct chunkrun *r, const struct chunktype *type)
{
	struct kv *both[2] = {chunkrun_from(r), chunkrun_to(r)};
	enum kv_result rc = KV_OK;

	while (rc == KV_OK && (!r->is_read || r->is_asking || r->writing > 0 ||
				      kv_unanswered(both[1]) > 0)) {
		if (r->failed)
			r->is_read = true;
		if (!r->is_read && !r->is_asking && r->writing < r->c->window)
			type->ask(r);
		rc = kv_pump(both, 2, 0.25);
		if (r->c->tick != NULL)
			r->c->tick(r->c->ctx, r->c->bytes);
	}
	return rc;
}

/* Expiry and name, in one go; or away with it. */
static int
finish(struct chunkrun *r, int64_t expires, bool keep)
{
	struct kv *to = chunkrun_to(r);
	const struct kvreply *reply;

	if (!keep || r->failed) {
		kv_begin(to, 2, NULL, NULL, 0);
		kv_text(to, "UNLINK");
		kv_word(to, r->tmp, r->tmp_len);
		return kv_finish(to) != NULL ? 0 : -1;
	}
	if (expires >= 0) {
		chunkrun_write(r, "PEXPIREAT", 1, 0);
		kv_int(to, expires);
	}
	kv_begin(to, 3, NULL, NULL, 0);
	kv_text(to, "RENAME");
	kv_word(to, r->tmp, r->tmp_len);
	kv_word(to, r->c->k->target, r->c->k->target_len);
	if ((reply = kv_finish(to)) == NULL)
		return -1;
	/* an expiry that has passed took the key with it */
	if (is_kvreply(reply, KVREPLY_ERROR) &&
		strstr(reply->str, "no such key") == NULL) {
		r->failed = true;
		(void)buf_puts(&r->c->why, reply->str);
	}
	return 0;
}

/* A name in the same slot of a cluster. */
static int
put_name(struct buf *b, const struct chunk *c)
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

static enum chunk_result
copy_once(struct chunk *c, const char *tmp, size_t tmp_len, bool scanned)
{
	const struct chunktype *type;
	struct chunkrun r = {.c = c,
		.tmp = tmp,
		.tmp_len = tmp_len,
		.cursor = "0",
		.is_scanned = scanned};
	int64_t expires, after;
	bool same;

	if (find_type(c) == -1)
		return CHUNK_LOST;
	if (strcmp(c->type, "none") == 0)
		return CHUNK_VANISHED;
	if ((type = chunktype_find(c->type)) == NULL)
		return CHUNK_UNKNOWN;
	r.step = type->step;
	c->elements = c->bytes = 0;
	if ((r.length = measure(c, type->length)) == -2 ||
		ask_one(c->to, "UNLINK", tmp, tmp_len) == NULL ||
		move(&r, type) != KV_OK || (expires = find_expiry(c)) == -3 ||
		(after = measure(c, type->length)) == -2)
		return CHUNK_LOST;
	/* a key of no elements is no key */
	if (expires == -2 || (after == 0 && strcmp(c->type, "string") != 0)) {
		return finish(&r, -1, false) == -1 ? CHUNK_LOST
						   : CHUNK_VANISHED;
	}
	same = after == r.length && (int64_t)c->elements >= after &&
	       (scanned || (int64_t)c->elements == after ||
		       strcmp(c->type, "set") == 0 ||
		       strcmp(c->type, "hash") == 0);
	if (finish(&r, expires, true) == -1)
		return CHUNK_LOST;
	if (r.failed)
		return CHUNK_REFUSED;
	return same ? CHUNK_COPIED : CHUNK_MOVING;
}

enum chunk_result
chunk_copy(struct chunk *c)
{
	enum { TRIES = 3 };
	enum chunk_result rc = CHUNK_LOST;
	struct buf tmp = BUF_INIT;
	int i;

	buf_clear(&c->why);
	if (put_name(&tmp, c) == -1) {
		msg_error("out of memory");
		goto out;
	}
	for (i = 0; i < TRIES; i++) {
		/* what is read by index must hold still; a scan need not */
		rc = copy_once(c, tmp.data, tmp.len, i > 0);
		if (rc != CHUNK_MOVING)
			break;
	}
out:
	buf_fini(&tmp);
	return rc;
}
