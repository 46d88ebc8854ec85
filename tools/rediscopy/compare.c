#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "compare.h"
#include "keydigest.h"
#include "keylist.h"
#include "keystate.h"
#include "kv.h"
#include "kvpayload.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "pace.h"
#include "side.h"
#include "status.h"

enum {
	NEAR_ITEMS = 2000,
	MAX_ITEMS = 16 << 10,
	ITEMS_A_SECOND = 200000,
	MAX_BYTES = 4 << 20,
	SLOTS = 256,    /* keys compared by value at a time */
	LONGEST = 4096, /* suspects that are waited with */
	CURSOR = 24
};

/* A key whose payloads are compared. */
struct item {
	struct item *next;           /* among the ready ones */
	struct item *before, *after; /* among all */
	int64_t expires[2];
	char *payload; /* the source's, until the target's has come */
	size_t payload_len;
	uint64_t size;
	bool is_read; /* counted in the run's bytes */
	size_t len;
	char key[];
};

struct slot {
	struct keydigest from, to;
	char *key, *target;
	size_t len, target_len;
	bool is_used, is_target_asked, is_looked_back;
};

struct run {
	struct compare *c;
	char cursor[CURSOR];
	bool is_scanning, is_scanned, failed, refused;
	struct item *all;
	struct item *ready, **ready_end; /* measured, to be read */
	size_t n_items, items;           /* under way, and at most */
	uint64_t bytes;                  /* payloads asked for and held */
	struct keylist *suspect;         /* to be compared by value */
	size_t next;                     /* of the suspects */
	struct pace pace;
	uint64_t matched; /* keys that the last comparison has seen */
	struct slot slot[SLOTS];
	size_t n_slots; /* in use */
};

static int
no_memory(struct run *r)
{
	msg_error("out of memory");
	r->failed = true;
	return -1;
}

/* The name on the target. 0 or -1. */
static int
name_on_target(struct run *r, const char *key, size_t len, const char **out,
	size_t *out_len)
{
	const struct compare_options *o = r->c->opt;

	*out = key;
	*out_len = len;
	return o->target_key != NULL
		       ? o->target_key(o->ctx, key, len, out, out_len)
		       : 0;
}

static void
drop_item(struct run *r, struct item *i)
{
	if (i->before != NULL)
		i->before->after = i->after;
	else
		r->all = i->after;
	if (i->after != NULL)
		i->after->before = i->before;
	if (i->is_read)
		r->bytes -= i->size;
	r->n_items--;
	free(i->payload);
	free(i);
}

static int
suspect(struct run *r, struct item *i)
{
	int rc = keylist_add(r->suspect, i->key, i->len, 0, NULL);

	drop_item(r, i);
	return rc == -1 ? no_memory(r) : 0;
}

/* A value as a number, never 0, which stands for one that is not proven. */
static uint64_t
number_of(uint64_t digest, int64_t expires)
{
	uint64_t v = digest ^ (uint64_t)expires * UINT64_C(0x9e3779b97f4a7c15);

	return v != 0 ? v : 1;
}

static uint64_t
number_of_value(const struct keydigest *d)
{
	struct multiset type = MULTISET_INIT;

	/* a set of one and a list of one have the same elements */
	multiset_add(&type, d->type, strlen(d->type));
	return number_of(d->sum.lo ^ d->sum.hi << 1 ^ d->time_sum.lo << 2 ^
				 type.lo ^ (uint64_t)d->elements,
		d->expires);
}

/* Whether the last comparison has proven the key with this value. */
static bool
is_unchanged(struct run *r, const char *key, size_t len, uint64_t value)
{
	struct compare *c = r->c;
	uint64_t old = 0;
	bool known = c->before != NULL &&
		     keystate_get(c->before, key, len, &old) == 1;
	bool same = known && old == value;

	/* a scan may give a key twice: it counts once */
	if (c->seen != NULL &&
		keystate_put(c->seen, key, len, same ? value : 0) == 1)
		r->matched += known;
	if (same) {
		c->counts.keys++;
		c->counts.unchanged++;
	}
	return same;
}

static void
note_proven(struct run *r, const char *key, size_t len, uint64_t value)
{
	if (r->c->seen != NULL)
		(void)keystate_put(r->c->seen, key, len, value);
}

static bool
is_same_expiry(const struct run *r, const struct item *i)
{
	int64_t a = i->expires[0], b = i->expires[1];

	/* what was not there yet, or not told, is no expiry that is known */
	if (a < 0 || b < 0)
		return a == -1 && b == -1;
	return (a > b ? a - b : b - a) <= r->c->opt->tolerance;
}

static int
on_target_dump(
	void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct run *r = ctx;
	struct item *i = (struct item *)tag;
	size_t body = i->payload_len > KVPAYLOAD_FOOTER
			      ? i->payload_len - KVPAYLOAD_FOOTER
			      : 0;

	(void)k;
	if (body > 0 && is_kvreply(reply, KVREPLY_STRING) &&
		reply->len == i->payload_len &&
		memcmp(reply->str, i->payload, body) == 0 &&
		is_same_expiry(r, i)) {
		r->c->counts.keys++;
		r->c->counts.by_dump++;
		note_proven(r, i->key, i->len,
			number_of(kvpayload_checksum(reply->str, reply->len),
				i->expires[0]));
		drop_item(r, i);
		return 0;
	}
	return suspect(r, i);
}

static int
on_expiry(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct run *r = ctx;
	struct item *i = (struct item *)tag;

	i->expires[k == r->c->to->kv] =
		is_kvreply(reply, KVREPLY_INTEGER) ? reply->integer : -2;
	return 0;
}

static void
ask(struct run *r, struct side *side, const char *command, const char *key,
	size_t len, kv_handler *handler, struct item *i)
{
	kv_begin(side->kv, 2, handler, r, (uintptr_t)i);
	kv_text(side->kv, command);
	kv_word(side->kv, key, len);
}

static int
on_source_dump(
	void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct run *r = ctx;
	struct item *i = (struct item *)tag;
	const char *key;
	size_t len;

	(void)k;
	if (!is_kvreply(reply, KVREPLY_STRING))
		return suspect(r, i);
	if (is_unchanged(r, i->key, i->len,
		    number_of(kvpayload_checksum(reply->str, reply->len),
			    i->expires[0]))) {
		drop_item(r, i);
		return 0;
	}
	if ((i->payload = mem_dup(reply->str, reply->len)) == NULL)
		return no_memory(r);
	i->payload_len = reply->len;
	if (name_on_target(r, i->key, i->len, &key, &len) == -1)
		return no_memory(r);
	ask(r, r->c->to, "PEXPIRETIME", key, len, on_expiry, i);
	ask(r, r->c->to, "DUMP", key, len, on_target_dump, i);
	return 0;
}

/* MEMORY USAGE: big ones are not asked for their payload. */
static int
on_size(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct run *r = ctx;
	struct item *i = (struct item *)tag;

	(void)k;
	if (!is_kvreply(reply, KVREPLY_INTEGER) ||
		(uint64_t)reply->integer > r->c->opt->big)
		return suspect(r, i);
	i->size = (uint64_t)reply->integer;
	i->next = NULL;
	*r->ready_end = i;
	r->ready_end = &i->next;
	return 0;
}

/* Asks for as many payloads as there is room for. */
static void
read_ready(struct run *r)
{
	struct item *i;

	while ((i = r->ready) != NULL && r->bytes < MAX_BYTES) {
		if ((r->ready = i->next) == NULL)
			r->ready_end = &r->ready;
		i->is_read = true;
		r->bytes += i->size;
		ask(r, r->c->from, "PEXPIRETIME", i->key, i->len, on_expiry, i);
		ask(r, r->c->from, "DUMP", i->key, i->len, on_source_dump, i);
	}
}

/* An item of that name, among all. NULL: no memory. */
static struct item *
new_item(struct run *r, const struct kvreply *key)
{
	struct item *i = mem_zalloc(1, sizeof(*i) + key->len + 1);

	if (i == NULL)
		return NULL;
	memcpy(i->key, key->str, key->len);
	i->len = key->len;
	if ((i->after = r->all) != NULL)
		i->after->before = i;
	r->all = i;
	r->n_items++;
	return i;
}

static int
add_item(struct run *r, const struct kvreply *key)
{
	const struct compare_options *o = r->c->opt;
	struct item *i;

	if (o->is_wanted != NULL && !o->is_wanted(o->ctx, key->str, key->len))
		return 0;
	if (!o->same_payloads)
		return keylist_add(r->suspect, key->str, key->len, 0, NULL) ==
				       -1
			       ? no_memory(r)
			       : 0;
	if ((i = new_item(r, key)) == NULL)
		return no_memory(r);
	kv_begin(r->c->from->kv, 3, on_size, r, (uintptr_t)i);
	kv_text(r->c->from->kv, "MEMORY");
	kv_text(r->c->from->kv, "USAGE");
	kv_word(r->c->from->kv, i->key, i->len);
	return 0;
}

/* The answer to SCAN: the cursor goes on, and each key is added. */
static int
take_scan(struct run *r, const struct kvreply *reply, const char *what,
	int (*add)(struct run *r, const struct kvreply *key))
{
	const struct kvreply *keys;
	size_t i;

	r->is_scanning = false;
	if (!is_kvreply(reply, KVREPLY_ARRAY) || reply->n != 2 ||
		reply->item[0]->str == NULL || reply->item[0]->len >= CURSOR ||
		!is_kvreply(reply->item[1], KVREPLY_ARRAY)) {
		msg_error("%s: SCAN: %s", what,
			is_kvreply(reply, KVREPLY_ERROR) ? reply->str
							 : "no list of keys");
		r->failed = true;
		r->refused = is_kvreply_error(reply, "NOPERM") ||
			     is_kvreply_error(reply, "ERR");
		return -1;
	}
	memcpy(r->cursor, reply->item[0]->str, reply->item[0]->len + 1);
	r->is_scanned = strcmp(r->cursor, "0") == 0;
	keys = reply->item[1];
	for (i = 0; i < keys->n; i++)
		if (is_kvreply(keys->item[i], KVREPLY_STRING) &&
			add(r, keys->item[i]) == -1)
			return -1;
	return 0;
}

static int
on_scan(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	(void)k;
	(void)tag;
	return take_scan(ctx, reply, "source", add_item);
}

static void
scan(struct run *r, const struct side *side, kv_handler *handler,
	const char *match)
{
	const struct side_scan next = {.cursor = r->cursor,
		.count = side_scan_count(side),
		.match = match,
		.type = r->c->opt->type};

	side_scan(side, &next, handler, r);
	r->is_scanning = true;
}

/* What a pair of digests says. */
static int
judge(struct run *r, struct slot *s)
{
	const struct compare_options *o = r->c->opt;
	struct compare_diff d = {
		COMPARE_VALUE, s->key, s->len, &s->from, &s->to};

	/* gone from the source meanwhile: there is nothing to compare, but
	 * the target must not have it either */
	if (strcmp(s->from.type, "none") == 0 &&
		strcmp(s->to.type, "none") == 0)
		return 0;
	r->c->counts.keys++;
	if (is_keydigest_equal(&s->from, &s->to, o->tolerance) &&
		!s->from.is_unreadable) {
		r->c->counts.by_value++;
		note_proven(r, s->key, s->len, number_of_value(&s->from));
		return 0;
	}
	if (strcmp(s->from.type, "none") == 0)
		d.what = COMPARE_EXTRA;
	else if (strcmp(s->to.type, "none") == 0)
		d.what = COMPARE_MISSING;
	else if (strcmp(s->from.type, s->to.type) != 0)
		d.what = COMPARE_TYPE;
	else if (s->from.is_unreadable)
		d.what = COMPARE_UNREADABLE;
	else if (s->from.elements == s->to.elements &&
		 is_multiset_equal(&s->from.sum, &s->to.sum))
		d.what = COMPARE_EXPIRY;
	r->c->counts.differing++;
	return o->differs(o->ctx, &d);
}

static void
free_slot(struct run *r, struct slot *s)
{
	keydigest_fini(&s->from);
	keydigest_fini(&s->to);
	free(s->key);
	free(s->target);
	memset(s, 0, sizeof(*s));
	r->n_slots--;
}

static bool
has_times(const struct run *r)
{
	return is_side_able(r->c->from, SIDE_HASH_TTL) &&
	       is_side_able(r->c->to, SIDE_HASH_TTL);
}

static int
ask_target(struct run *r, struct slot *s)
{
	s->is_target_asked = true;
	if (keydigest_begin(&s->to, r->c->to, s->target, s->target_len) == -1)
		return no_memory(r);
	s->to.has_times = has_times(r);
	return 0;
}

static int
fill_slot(struct run *r, struct slot *s, const struct keylist *list)
{
	struct keylist_item k = keylist_get(list, r->next++);
	const char *name;
	size_t len;

	if (name_on_target(r, k.key, k.len, &name, &len) == -1)
		return no_memory(r);
	s->is_used = true;
	r->n_slots++;
	s->key = mem_dup(k.key, k.len);
	s->target = mem_dup(name, len);
	s->len = k.len;
	s->target_len = len;
	if (s->key == NULL || s->target == NULL ||
		keydigest_begin(&s->from, r->c->from, s->key, s->len) == -1)
		return no_memory(r);
	s->from.has_times = has_times(r);
	/* the target has to wait if it may not be needed */
	return r->c->before == NULL ? ask_target(r, s) : 0;
}

/* The source's digest is there: 1 if it says enough, 0, or -1. */
static int
look_back(struct run *r, struct slot *s)
{
	const struct keydigest *d = &s->from;

	if (strcmp(d->type, "none") != 0 && !d->is_unreadable && !d->failed &&
		is_unchanged(r, s->key, s->len, number_of_value(d)))
		return 1;
	return s->is_target_asked ? 0 : ask_target(r, s);
}

/* 0 or -1. */
static int
step_slot(struct run *r, struct slot *s)
{
	int rc;

	keydigest_step(&s->from);
	if (s->from.is_done && !s->is_looked_back) {
		s->is_looked_back = true;
		if ((rc = look_back(r, s)) != 0) {
			free_slot(r, s);
			return rc == 1 ? 0 : -1;
		}
	}
	if (!s->is_target_asked)
		return 0;
	keydigest_step(&s->to);
	if (!s->from.is_done || !s->to.is_done)
		return 0;
	rc = judge(r, s);
	free_slot(r, s);
	return rc;
}

/* Goes on with the keys that are compared by value. 0 or -1. */
static int
step_slots(struct run *r, const struct keylist *list)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < SLOTS; i++) {
		struct slot *s = &r->slot[i];

		if (s->is_used)
			rc = step_slot(r, s);
		if (rc == 0 && !s->is_used && r->next < keylist_count(list))
			rc = fill_slot(r, s, list);
	}
	return rc;
}

static int
pump(struct run *r)
{
	struct kv *both[2] = {r->c->from->kv, r->c->to->kv};
	/* with nothing under way there is nothing to wait for */
	bool idle = kv_unanswered(both[0]) + kv_unanswered(both[1]) == 0;
	enum kv_result rc = kv_pump(both, 2, idle ? 0 : 0.25);

	if (r->c->opt->tick != NULL)
		r->c->opt->tick(r->c->opt->ctx);
	pace_keep(&r->pace, both[0], r->c->clock, r->c->opt->tick,
		r->c->opt->ctx);
	return rc == KV_OK && !r->failed ? 0 : -1;
}

/* The list's keys by value, all of them. */
static int
by_value(struct run *r, const struct keylist *list)
{
	r->next = 0;
	while (r->next < keylist_count(list) || r->n_slots > 0)
		if (step_slots(r, list) == -1 || pump(r) == -1)
			return -1;
	return 0;
}

static bool
is_full(const struct run *r)
{
	const struct compare_options *o = r->c->opt;

	return o->is_full != NULL && o->is_full(o->ctx);
}

/* What was told is seen to: nothing is under way, and all keys before the
 * cursor have been compared. 0 or -1. */
static int
work_off(struct run *r, bool is_backward)
{
	struct compare_mark *m = &r->c->mark;

	if (r->c->opt->work_off(r->c->opt->ctx) == -1)
		return -1;
	m->is_set = true;
	m->is_backward = is_backward;
	m->counts = r->c->counts;
	memcpy(m->cursor, r->cursor, sizeof(m->cursor));
	return 0;
}

/* From the beginning, or from where it was. */
static void
begin_scan(struct run *r, bool is_backward)
{
	const struct compare_mark *m = &r->c->mark;
	bool goes_on = m->is_set && m->is_backward == is_backward;

	snprintf(r->cursor, sizeof(r->cursor), "%s", goes_on ? m->cursor : "0");
	r->is_scanned = false;
}

/* Every key of the source. */
static int
forward(struct run *r)
{
	begin_scan(r, false);
	while (!r->is_scanned || r->is_scanning || r->n_items > 0) {
		if (!r->is_scanned && !r->is_scanning &&
			r->n_items < r->items &&
			keylist_count(r->suspect) < LONGEST)
			scan(r, r->c->from, on_scan, r->c->opt->match);
		read_ready(r);
		if (pump(r) == -1)
			return -1;
		/* the last ones are looked at below */
		if (keylist_count(r->suspect) < LONGEST || r->n_items > 0 ||
			r->is_scanning || r->is_scanned)
			continue;
		if (by_value(r, r->suspect) == -1)
			return -1;
		keylist_clear(r->suspect);
		if (is_full(r) && work_off(r, false) == -1)
			return -1;
	}
	return by_value(r, r->suspect);
}

/* Whether the source has what the target has. */
static int
on_exists(void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	struct run *r = ctx;
	struct item *i = (struct item *)tag;
	struct compare_diff d = {COMPARE_EXTRA, i->key, i->len, NULL, NULL};
	int rc = 0;

	(void)k;
	if (is_kvreply(reply, KVREPLY_INTEGER) && reply->integer == 0) {
		r->c->counts.extra++;
		rc = r->c->opt->differs(r->c->opt->ctx, &d);
	}
	drop_item(r, i);
	return rc;
}

static int
add_target_key(struct run *r, const struct kvreply *key)
{
	const struct compare_options *o = r->c->opt;
	const char *name = key->str;
	size_t len = key->len;
	struct item *i;
	int rc = 0;

	if (o->source_key != NULL)
		rc = o->source_key(o->ctx, key->str, key->len, &name, &len);
	if (rc == -2 ||
		(o->is_wanted != NULL && !o->is_wanted(o->ctx, name, len)))
		return 0;
	if (rc == -1 || (i = new_item(r, key)) == NULL)
		return no_memory(r);
	ask(r, r->c->from, "EXISTS", name, len, on_exists, i);
	return 0;
}

static int
on_target_scan(
	void *ctx, struct kv *k, const struct kvreply *reply, uintptr_t tag)
{
	(void)k;
	(void)tag;
	return take_scan(ctx, reply, "target", add_target_key);
}

/* Every key of the target. */
static int
backward(struct run *r)
{
	bool full;

	begin_scan(r, true);
	while (!r->is_scanned || r->is_scanning || r->n_items > 0) {
		full = is_full(r);
		if (full && !r->is_scanned && !r->is_scanning &&
			r->n_items == 0) {
			if (work_off(r, true) == -1)
				return -1;
			continue;
		}
		if (!full && !r->is_scanned && !r->is_scanning &&
			r->n_items < r->items)
			scan(r, r->c->to, on_target_scan, NULL);
		if (pump(r) == -1)
			return -1;
	}
	return 0;
}

static int
run_all(struct compare *c, const struct keylist *list)
{
	struct run *r = mem_zalloc(1, sizeof(*r));
	double items;
	size_t i;
	bool all, refused;
	int rc;

	if (r == NULL || (r->suspect = keylist_new()) == NULL) {
		free(r);
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	r->c = c;
	r->ready_end = &r->ready;
	pace_init(&r->pace, c->opt->byte_rate, clock_mono(c->clock));
	pace_skip(&r->pace, c->from->kv);
	items = NEAR_ITEMS + ITEMS_A_SECOND * 2 * (c->from->rtt + c->to->rtt);
	r->items = items < MAX_ITEMS ? (size_t)items : MAX_ITEMS;
	rc = list != NULL                            ? by_value(r, list)
	     : c->mark.is_set && c->mark.is_backward ? 0
						     : forward(r);
	/* none that was there is gone, and the target had no others */
	all = c->before != NULL && keystate_count(c->before) > 0 &&
	      r->matched == keystate_count(c->before);
	if (rc == 0 && list == NULL && c->opt->extra && !all)
		rc = backward(r);
	while (r->all != NULL)
		drop_item(r, r->all);
	for (i = 0; i < SLOTS; i++)
		if (r->slot[i].is_used)
			free_slot(r, &r->slot[i]);
	keylist_free(r->suspect);
	refused = r->refused;
	free(r);
	return rc == 0 ? STATUS_OK : refused ? STATUS_NO : STATUS_TEMPORARY;
}

int
compare_run(struct compare *c)
{
	return run_all(c, NULL);
}

int
compare_keys(struct compare *c, const struct keylist *list)
{
	return run_all(c, list);
}
