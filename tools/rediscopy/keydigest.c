#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keydigest.h"
#include "kv.h"
#include "kvreply.h"
#include "mem.h"
#include "multiset.h"
#include "side.h"
#include "streampel.h"

/* A scan may give an element twice while the server grows its table. */
enum { TRIES = 5, EXPIRY_TRIES = 20 };

static void
add_number(struct keydigest *d, uint64_t v)
{
	unsigned char le[8];
	int i;

	for (i = 0; i < 8; i++)
		le[i] = (unsigned char)(v >> 8 * i);
	multiset_row_update(d->row, le, sizeof(le));
}

/* With its length, so that nothing can be moved between two. */
static void
add_bytes(struct keydigest *d, const char *p, size_t n)
{
	add_number(d, n);
	multiset_row_update(d->row, p, n);
}

/* A score as the double that it is: servers write them differently. */
static void
add_score(struct keydigest *d, const char *text)
{
	double v = strtod(text, NULL);
	uint64_t bits;

	if (v == 0)
		v = 0; /* minus zero is the same score */
	memcpy(&bits, &v, sizeof(bits));
	add_number(d, bits);
}

static void
take_ordered(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct keydigest *d = ctx;
	size_t i;

	for (i = 0; i < n; i++)
		add_bytes(d, item[i]->str, item[i]->len);
}

/* A string comes in pieces, of which nobody knows the borders. */
static void
take_string(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct keydigest *d = ctx;

	(void)n;
	multiset_row_update(d->row, item[0]->str, item[0]->len);
}

static void
take_set(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct keydigest *d = ctx;
	size_t i;

	for (i = 0; i < n; i++) {
		add_bytes(d, item[i]->str, item[i]->len);
		multiset_row_end(d->row, &d->sum);
	}
}

static void
take_time(void *ctx, const char *field, size_t len, int64_t at)
{
	struct keydigest *d = ctx;

	add_bytes(d, field, len);
	add_number(d, (uint64_t)at);
	multiset_row_end(d->row, &d->time_sum);
	if (d->tap != NULL)
		d->tap->time(d->tap->ctx, field, len, at);
}

static void
take_hash(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct keydigest *d = ctx;
	size_t i;

	for (i = 0; i < n; i += 2) {
		add_bytes(d, item[i]->str, item[i]->len);
		add_bytes(d, item[i + 1]->str, item[i + 1]->len);
		multiset_row_end(d->row, &d->sum);
	}
	d->times.take = take_time;
	d->times.ctx = d;
	/* answered before the length is, for which it is asked later */
	if (d->has_times && fieldtimes_ask(&d->times, d->side->kv, d->key,
				    d->len, item, n) == -1)
		d->failed = true;
}

static void
take_zset(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct keydigest *d = ctx;
	size_t i;

	for (i = 0; i < n; i += 2) {
		add_bytes(d, item[i]->str, item[i]->len);
		add_score(d, item[i + 1]->str);
		multiset_row_end(d->row, &d->sum);
	}
}

static void
take_stream(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct keydigest *d = ctx;
	size_t i, k;

	for (i = 0; i < n; i++) {
		const struct kvreply *fields = item[i]->item[1];

		add_bytes(d, item[i]->item[0]->str, item[i]->item[0]->len);
		add_number(d, fields->n);
		for (k = 0; k < fields->n; k++)
			add_bytes(
				d, fields->item[k]->str, fields->item[k]->len);
	}
}

/* What was read goes into the digest, and to who else wants it. */
static void
take(void *ctx, const struct kvreply *const *item, size_t n)
{
	static const struct {
		const char *type;
		void (*sink)(void *, const struct kvreply *const *, size_t);
	} sinks[] = {{"string", take_string}, {"list", take_ordered},
		{"set", take_set}, {"hash", take_hash}, {"zset", take_zset},
		{"stream", take_stream}};
	struct keydigest *d = ctx;
	size_t i;

	for (i = 0; strcmp(sinks[i].type, d->type) != 0;)
		i++;
	sinks[i].sink(d, item, n);
	if (d->tap != NULL)
		d->tap->elements(d->tap->ctx, item, n);
}

static void
start(struct keydigest *d)
{
	const struct reader_type *type = reader_type(d->type);

	d->is_started = true;
	if (type == NULL) {
		d->is_unreadable = d->is_done = true;
		return;
	}
	reader_init(&d->reader, d->side->kv, d->key, d->len, type);
	d->reader.sink = take;
	d->reader.ctx = d;
	reader_tune(&d->reader, d->size, d->side->rtt);
	d->reader.is_scanned = d->tries > 1;
	d->sum = (struct multiset)MULTISET_INIT;
	multiset_row_end(d->row, &d->sum); /* nothing is left in it */
	d->sum = d->time_sum = (struct multiset)MULTISET_INIT;
	if (d->tap != NULL)
		d->tap->begin(d->tap->ctx);
}

static int on_type(
	void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag);

static void
ask_type(struct keydigest *d)
{
	kv_begin(d->side->kv, 2, on_type, d, 0);
	kv_text(d->side->kv, "TYPE");
	kv_word(d->side->kv, d->key, d->len);
}

static int
on_type(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct keydigest *d = ctx;

	(void)k;
	(void)tag;
	/* its questions are asked again: nothing is begun before the answer */
	if (!d->expiry.is_done) {
		ask_type(d);
		return 0;
	}
	d->expires = d->expiry.at >= 0 ? d->expiry.at : -1;
	snprintf(d->type, sizeof(d->type), "%s",
		is_kvreply(r, KVREPLY_STATUS) ? r->str : "?");
	if (strcmp(d->type, "none") == 0)
		d->is_done = true;
	else
		start(d);
	return 0;
}

static int
on_length(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct keydigest *d = ctx;

	(void)k;
	(void)tag;
	d->is_counting = false;
	d->length = is_kvreply(r, KVREPLY_INTEGER) ? r->integer : -1;
	d->elements = d->reader.at;
	if (!d->reader.is_broken && d->length == d->reader.at) {
		d->is_done = true;
		return 0;
	}
	/* it changes, or an element came twice: once more */
	if (++d->tries > TRIES) {
		d->is_done = d->failed = true;
		return 0;
	}
	d->is_started = d->is_meta = false;
	return 0;
}

static void
drop_pel(struct keydigest *d)
{
	if (d->pel != NULL)
		streampel_fini(d->pel);
	free(d->pel);
	d->pel = NULL;
}

/* What a stream is besides its entries; counters are left out where a server
 * may not have them. */
static void
take_meta(struct keydigest *d)
{
	struct streammeta *m = &d->pel->meta;
	size_t i, j;

	d->failed = d->failed || d->pel->failed;
	add_number(d, m->last.ms);
	add_number(d, m->last.seq);
	multiset_row_end(d->row, &d->sum);
	for (i = 0; i < m->n_groups; i++) {
		const struct streammeta_group *g = &m->group[i];

		add_bytes(d, g->name.text, g->name.len);
		add_number(d, g->last.ms);
		add_number(d, g->last.seq);
		multiset_row_end(d->row, &d->sum);
		for (j = 0; j < g->n_consumers; j++) {
			add_bytes(d, g->name.text, g->name.len);
			add_bytes(d, g->consumer[j].text, g->consumer[j].len);
			multiset_row_end(d->row, &d->sum);
		}
		for (j = 0; j < g->n_pending; j++) {
			const struct streammeta_pending *p = &g->pending[j];

			add_bytes(d, g->name.text, g->name.len);
			add_bytes(d, g->consumer[p->consumer].text,
				g->consumer[p->consumer].len);
			add_number(d, p->id.ms);
			add_number(d, p->id.seq);
			add_number(d, (uint64_t)p->time);
			add_number(d, (uint64_t)p->count);
			multiset_row_end(d->row, &d->sum);
		}
	}
	if (d->tap != NULL && !d->failed)
		d->tap->meta(d->tap->ctx, m);
	drop_pel(d);
}

/* Asks for it. Whether all of it is there. */
static bool
is_meta_taken(struct keydigest *d)
{
	if (d->is_meta)
		return true;
	if (d->pel == NULL) {
		if ((d->pel = mem_alloc(sizeof(*d->pel))) == NULL) {
			d->failed = d->is_done = true;
			return false;
		}
		streampel_begin(d->pel, d->side->kv, d->key, d->len);
	}
	if (!d->pel->is_done)
		return false;
	take_meta(d);
	return d->is_meta = true;
}

int
keydigest_begin(
	struct keydigest *d, struct side *side, const char *key, size_t len)
{
	memset(d, 0, sizeof(*d));
	d->side = side;
	d->key = key;
	d->len = len;
	d->expires = -1;
	if ((d->row = multiset_row_new()) == NULL)
		return -1;
	expiry_ask(&d->expiry, side, key, len, EXPIRY_TRIES);
	ask_type(d);
	return 0;
}

void
keydigest_step(struct keydigest *d)
{
	struct kv *kv = d->side->kv;

	if (d->is_done || d->is_counting || d->type[0] == '\0')
		return;
	if (!d->is_started)
		start(d);
	/* before the entries, as who makes the stream anew must know */
	if (d->reader.type != NULL && strcmp(d->type, "stream") == 0 &&
		!is_meta_taken(d))
		return;
	if (!d->reader.is_read) {
		reader_ask(&d->reader);
		return;
	}
	if (d->reader.is_asking)
		return;
	/* the elements that stand in order make one row */
	if (d->reader.type->is_ordered)
		multiset_row_end(d->row, &d->sum);
	d->is_counting = true;
	kv_begin(kv, 2, on_length, d, 0);
	kv_text(kv, d->reader.type->length);
	kv_word(kv, d->key, d->len);
}

/* How many are not done. */
static size_t
step_all(const struct keydigest_many *all)
{
	size_t i, left = 0;

	for (i = 0; i < all->n; i++) {
		void *at = (char *)all->first + i * all->stride;
		struct keydigest *d = at;

		keydigest_step(d);
		left += !d->is_done;
	}
	return left;
}

static size_t
unanswered(const struct keydigest_many *all)
{
	size_t i, n = 0;

	for (i = 0; i < all->n_kv; i++)
		n += kv_unanswered(all->kv[i]);
	return n;
}

int
keydigest_read(const struct keydigest_many *all)
{
	enum kv_result rc = KV_OK;
	size_t left, waiting;

	do {
		left = step_all(all);
		waiting = unanswered(all);
		if (left > 0 || waiting > 0)
			rc = kv_pump(
				all->kv, all->n_kv, waiting > 0 ? 0.25 : 0);
		if (all->tick != NULL)
			all->tick(all->ctx);
	} while (rc == KV_OK && (left > 0 || waiting > 0));
	return rc == KV_OK ? 0 : -1;
}

void
keydigest_fini(struct keydigest *d)
{
	multiset_row_free(d->row);
	fieldtimes_fini(&d->times);
	drop_pel(d);
	d->row = NULL;
}

bool
is_keydigest_equal(
	const struct keydigest *a, const struct keydigest *b, int64_t ms)
{
	int64_t apart = a->expires > b->expires ? a->expires - b->expires
						: b->expires - a->expires;

	if (a->failed || b->failed || strcmp(a->type, b->type) != 0)
		return false;
	if (strcmp(a->type, "none") == 0)
		return true;
	return (a->expires < 0) == (b->expires < 0) && apart <= ms &&
	       a->elements == b->elements &&
	       is_multiset_equal(&a->sum, &b->sum) &&
	       is_multiset_equal(&a->time_sum, &b->time_sum);
}
