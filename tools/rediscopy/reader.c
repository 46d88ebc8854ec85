#include <stdio.h>
#include <string.h>

#include "kv.h"
#include "kvreply.h"
#include "reader.h"

/*
 * Steps that a server does not notice: some hundred elements or kilobytes,
 * whichever is less, adapted to the size of the elements. The first are small,
 * since nobody knows how large the elements are.
 */
enum {
	STRING_STEP = 1 << 20,
	FEW = 2,
	GROWTH = 4,
	BYTES = 256 << 10,
	FAR_BYTES = 1 << 20,
	SMALL = 4 << 20, /* a key whose parts cannot be too large */
	MOST = 2000
};

static uint64_t
bytes_of(const struct kvreply *list)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < list->n; i++)
		n += list->item[i]->kind == KVREPLY_ARRAY
			     ? bytes_of(list->item[i])
			     : list->item[i]->len;
	return n;
}

/* Whether the items are what their type says. */
static bool
is_fit(const struct reader *r, const struct kvreply *list)
{
	bool nested = strcmp(r->type->name, "stream") == 0;
	const struct kvreply *fields;
	size_t i, k;

	for (i = 0; i < list->n; i++) {
		fields = nested ? list->item[i]->item[1] : NULL;
		if (!nested && !is_kvreply(list->item[i], KVREPLY_STRING))
			return false;
		if (nested && !is_kvreply(fields, KVREPLY_ARRAY))
			return false;
		for (k = 0; nested && k < fields->n; k++)
			if (!is_kvreply(fields->item[k], KVREPLY_STRING))
				return false;
	}
	return list->n % r->type->words == 0;
}

/* Hands over the items; the next step from what they tell. */
static void
give(struct reader *r, const struct kvreply *list)
{
	size_t n = list->n / r->type->words;
	uint64_t each = n > 0 ? bytes_of(list) / n + 1 : 1;
	int64_t step = (int64_t)(r->bytes / each);
	int64_t most = r->step < MOST / GROWTH ? r->step * GROWTH : MOST;

	if (!is_fit(r, list)) {
		r->is_broken = r->is_read = true;
		return;
	}
	r->at += (int64_t)n;
	r->step = step < 1 ? 1 : step > most ? most : step;
	if (n > 0)
		r->sink(r->ctx, list->item, n * r->type->words);
}

static int
on_read(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct reader *r = ctx;

	(void)k;
	(void)tag;
	r->is_asking = false;
	/* an error: it has another type by now */
	if (!is_kvreply(reply, r->type->step == STRING_STEP ? KVREPLY_STRING
							    : KVREPLY_ARRAY))
		r->is_broken = r->is_read = true;
	else
		r->type->take(r, reply);
	return 0;
}

static void
begin(struct reader *r, const char *command, size_t more)
{
	r->is_asking = true;
	kv_begin(r->kv, 2 + more, on_read, r, 0);
	kv_text(r->kv, command);
	kv_word(r->kv, r->key, r->len);
}

static void
ask_range(struct reader *r, const char *command, const char *option)
{
	begin(r, command, option != NULL ? 3 : 2);
	kv_int(r->kv, r->at);
	kv_int(r->kv, r->at + r->step - 1);
	if (option != NULL)
		kv_text(r->kv, option);
}

static void
ask_scan(struct reader *r, const char *command)
{
	begin(r, command, 3);
	kv_text(r->kv, r->cursor);
	kv_text(r->kv, "COUNT");
	kv_int(r->kv, r->step);
}

/* The list of an answer to *SCAN. */
static void
take_scan(struct reader *r, const struct kvreply *reply)
{
	const struct kvreply *next = reply->n == 2 ? reply->item[0] : NULL;

	if (next == NULL || next->str == NULL ||
		next->len >= sizeof(r->cursor) ||
		!is_kvreply(reply->item[1], KVREPLY_ARRAY)) {
		r->is_broken = r->is_read = true;
		return;
	}
	memcpy(r->cursor, next->str, next->len + 1);
	r->is_read = strcmp(r->cursor, "0") == 0;
	give(r, reply->item[1]);
}

/* A list of the elements asked for: fewer are the last. */
static void
take_range(struct reader *r, const struct kvreply *reply)
{
	r->is_read = (int64_t)(reply->n / r->type->words) < r->step;
	give(r, reply);
}

static void
ask_string(struct reader *r)
{
	ask_range(r, "GETRANGE", NULL);
}

static void
take_string(struct reader *r, const struct kvreply *reply)
{
	bool first = r->at == 0;

	r->is_read = (int64_t)reply->len < r->step;
	r->at += (int64_t)reply->len;
	/* an empty string is one too */
	if (reply->len > 0 || first)
		r->sink(r->ctx, &reply, 1);
}

static void
ask_list(struct reader *r)
{
	ask_range(r, "LRANGE", NULL);
}

static void
ask_set(struct reader *r)
{
	ask_scan(r, "SSCAN");
}

static void
ask_hash(struct reader *r)
{
	ask_scan(r, "HSCAN");
}

/* From the highest score down: each is then inserted at the head, which is
 * the cheapest. */
static void
ask_zset(struct reader *r)
{
	if (r->is_scanned)
		ask_scan(r, "ZSCAN");
	else
		ask_range(r, "ZREVRANGE", "WITHSCORES");
}

static void
take_zset(struct reader *r, const struct kvreply *reply)
{
	if (r->is_scanned)
		take_scan(r, reply);
	else
		take_range(r, reply);
}

/* The first ID behind "ms-seq", which exclusive ranges (6.2) are not needed
 * for. */
static void
next_id(const char *id, char *out, size_t size)
{
	unsigned long long ms = 0, seq = 0;

	if (sscanf(id, "%20llu-%20llu", &ms, &seq) != 2) {
		snprintf(out, size, "-");
		return;
	}
	if (++seq == 0)
		ms++;
	snprintf(out, size, "%llu-%llu", ms, seq);
}

static void
ask_stream(struct reader *r)
{
	char from[sizeof(r->last)];

	next_id(r->last, from, sizeof(from));
	begin(r, "XRANGE", 4);
	kv_text(r->kv, from);
	kv_text(r->kv, "+");
	kv_text(r->kv, "COUNT");
	kv_int(r->kv, r->step);
}

/* Entries: arrays of an ID and of fields with values. */
static void
take_stream(struct reader *r, const struct kvreply *reply)
{
	const struct kvreply *e;
	size_t i;

	for (i = 0; i < reply->n; i++) {
		e = reply->item[i];
		if (!is_kvreply(e, KVREPLY_ARRAY) || e->n != 2 ||
			e->item[0]->str == NULL ||
			e->item[0]->len >= sizeof(r->last)) {
			r->is_broken = r->is_read = true;
			return;
		}
		memcpy(r->last, e->item[0]->str, e->item[0]->len + 1);
	}
	take_range(r, reply);
}

const struct reader_type *
reader_type(const char *name)
{
	static const struct reader_type types[] = {
		{"string", "STRLEN", STRING_STEP, true, 1, ask_string,
			take_string},
		{"list", "LLEN", FEW, true, 1, ask_list, take_range},
		{"set", "SCARD", FEW, false, 1, ask_set, take_scan},
		{"hash", "HLEN", FEW, false, 2, ask_hash, take_scan},
		{"zset", "ZCARD", FEW, false, 2, ask_zset, take_zset},
		{"stream", "XLEN", FEW, true, 1, ask_stream, take_stream},
	};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

void
reader_init(struct reader *r, struct kv *kv, const char *key, size_t len,
	const struct reader_type *type)
{
	memset(r, 0, sizeof(*r));
	r->kv = kv;
	r->key = key;
	r->len = len;
	r->type = type;
	r->step = type->step;
	r->bytes = BYTES;
	memcpy(r->cursor, "0", 2);
}

void
reader_tune(struct reader *r, uint64_t size, double seconds)
{
	const double far = 0.005;

	if (seconds > far)
		r->bytes = FAR_BYTES;
	if (size > 0 && size <= SMALL && r->step < MOST)
		r->step = MOST;
}

void
reader_ask(struct reader *r)
{
	if (!r->is_asking && !r->is_read)
		r->type->ask(r);
}
