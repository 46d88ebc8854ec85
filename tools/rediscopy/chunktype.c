#include <string.h>

#include "chunk.h"
#include "chunktype.h"
#include "kv.h"
#include "kvreply.h"
#include "side.h"

/*
 * Steps that neither server notices: a few hundred elements or some hundred
 * kilobytes, whichever is less, adapted to the size of the elements.
 */
enum { STRING_STEP = 1 << 20, MANY = 500, BYTES = 256 << 10, MOST = 2000 };

static uint64_t
bytes_of(const struct kvreply *list)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < list->n; i++)
		n += list->item[i]->len;
	return n;
}

/* The next step, from what ${n} elements of ${bytes} tell. */
static void
adapt(struct chunkrun *r, size_t n, uint64_t bytes)
{
	uint64_t each = n > 0 ? bytes / n + 1 : 1;
	int64_t step = (int64_t)(BYTES / each);

	r->step = step < 1 ? 1 : step > MOST ? MOST : step;
}

/* All of the list's items as the further words of a write. */
static void
write_list(struct chunkrun *r, const char *command, const struct kvreply *list)
{
	uint64_t bytes = bytes_of(list);
	struct kv *to = chunkrun_to(r);
	size_t i;

	if (list->n == 0)
		return;
	chunkrun_write(r, command, list->n, bytes);
	for (i = 0; i < list->n; i++)
		kv_word(to, list->item[i]->str, list->item[i]->len);
}

static void
ask_string(struct chunkrun *r)
{
	chunkrun_ask(r, "GETRANGE", 2);
	kv_int(chunkrun_from(r), r->at);
	kv_int(chunkrun_from(r), r->at + r->step - 1);
}

static void
take_string(struct chunkrun *r, const struct kvreply *reply)
{
	r->is_read = (int64_t)reply->len < r->step;
	if (reply->len > 0 || r->at == 0) {
		chunkrun_write(r, "APPEND", 1, reply->len);
		kv_word(chunkrun_to(r), reply->str, reply->len);
	}
	r->at += (int64_t)reply->len;
	r->c->elements = (uint64_t)r->at;
}

static void
ask_list(struct chunkrun *r)
{
	chunkrun_ask(r, "LRANGE", 2);
	kv_int(chunkrun_from(r), r->at);
	kv_int(chunkrun_from(r), r->at + r->step - 1);
}

static void
take_list(struct chunkrun *r, const struct kvreply *reply)
{
	r->is_read = (int64_t)reply->n < r->step;
	write_list(r, "RPUSH", reply);
	r->at += (int64_t)reply->n;
	r->c->elements += reply->n;
	adapt(r, reply->n, bytes_of(reply));
}

static void
ask_scan(struct chunkrun *r, const char *command)
{
	chunkrun_ask(r, command, 3);
	kv_text(chunkrun_from(r), r->cursor);
	kv_text(chunkrun_from(r), "COUNT");
	kv_int(chunkrun_from(r), r->step);
}

/* The list of an answer to *SCAN; NULL: it is none. */
static const struct kvreply *
scanned(struct chunkrun *r, const struct kvreply *reply)
{
	const struct kvreply *next = reply->n == 2 ? reply->item[0] : NULL;

	if (next == NULL || next->str == NULL ||
		next->len >= sizeof(r->cursor) ||
		!is_kvreply(reply->item[1], KVREPLY_ARRAY)) {
		r->failed = r->is_read = true;
		return NULL;
	}
	memcpy(r->cursor, next->str, next->len + 1);
	r->is_read = strcmp(r->cursor, "0") == 0;
	return reply->item[1];
}

static void
ask_set(struct chunkrun *r)
{
	ask_scan(r, "SSCAN");
}

static void
take_set(struct chunkrun *r, const struct kvreply *reply)
{
	const struct kvreply *list = scanned(r, reply);

	if (list == NULL)
		return;
	write_list(r, "SADD", list);
	r->c->elements += list->n;
	adapt(r, list->n, bytes_of(list));
}

static void
ask_hash(struct chunkrun *r)
{
	ask_scan(r, "HSCAN");
}

static void
take_hash(struct chunkrun *r, const struct kvreply *reply)
{
	const struct kvreply *list = scanned(r, reply);

	if (list == NULL)
		return;
	write_list(r, "HSET", list);
	r->c->elements += list->n / 2;
	adapt(r, list->n / 2, bytes_of(list));
}

/* From the highest score down: each is inserted at the head, which is the
 * cheapest. Where it changes meanwhile, by ZSCAN. */
static void
ask_zset(struct chunkrun *r)
{
	if (r->is_scanned) {
		ask_scan(r, "ZSCAN");
		return;
	}
	chunkrun_ask(r, "ZREVRANGE", 3);
	kv_int(chunkrun_from(r), r->at);
	kv_int(chunkrun_from(r), r->at + r->step - 1);
	kv_text(chunkrun_from(r), "WITHSCORES");
}

static void
take_zset(struct chunkrun *r, const struct kvreply *reply)
{
	const struct kvreply *list = r->is_scanned ? scanned(r, reply) : reply;
	struct kv *to = chunkrun_to(r);
	size_t i;

	if (list == NULL)
		return;
	if (!r->is_scanned)
		r->is_read = (int64_t)list->n < 2 * r->step;
	if (list->n >= 2)
		chunkrun_write(r, "ZADD", list->n / 2 * 2, bytes_of(list));
	for (i = 0; i + 1 < list->n; i += 2) {
		kv_word(to, list->item[i + 1]->str, list->item[i + 1]->len);
		kv_word(to, list->item[i]->str, list->item[i]->len);
	}
	r->at += (int64_t)(list->n / 2);
	r->c->elements += list->n / 2;
	adapt(r, list->n / 2, bytes_of(list));
}

const struct chunktype *
chunktype_find(const char *name)
{
	static const struct chunktype types[] = {
		{"string", "STRLEN", STRING_STEP, ask_string, take_string},
		{"list", "LLEN", MANY, ask_list, take_list},
		{"set", "SCARD", MANY, ask_set, take_set},
		{"hash", "HLEN", MANY, ask_hash, take_hash},
		{"zset", "ZCARD", MANY, ask_zset, take_zset},
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}
