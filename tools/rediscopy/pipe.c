#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "keylist.h"
#include "kv.h"
#include "kvpayload.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "pipe.h"
#include "ratelimit.h"
#include "reader.h"
#include "side.h"
#include "status.h"

enum {
	SCAN_COUNT = 1000,
	MAX_ITEMS = 16 << 10, /* under way: enough for 100 ms away */
	ELEMENT = 128,        /* bytes that an element is taken to have */
	OVERHEAD = 128,       /* bytes that a key costs on the wire besides */
	CURSOR = 24
};

/* The keys of one answer to SCAN. */
struct batch {
	struct batch *next;
	size_t left;        /* not done yet */
	char after[CURSOR]; /* where to go on behind them */
	bool is_last;
};

struct item {
	struct item *next;           /* among the ready ones */
	struct item *before, *after; /* among all */
	struct batch *batch;
	uint64_t size;   /* bytes of memory on the source */
	int64_t now;     /* the source's time, ms, of servers before 7.0 */
	int64_t expires; /* ms since 1970, -1: never */
	size_t sent;     /* bytes to the target */
	size_t len;
	char key[];
};

struct pipe_state {
	struct pipe *p;
	struct batch *first, *last;
	struct item *ready, **ready_end; /* measured, to be read */
	struct item *all;
	char cursor[CURSOR];
	bool is_scanning, is_scanned;
	size_t n_items;
	uint64_t reading, writing; /* bytes asked for, bytes not acknowledged */
	struct ratelimit bytes, commands;
	double not_before;
	const struct keylist *list; /* instead of what SCAN finds */
	size_t listed;              /* of these, begun */
	int status;                 /* why a handler has stopped */
	bool times, measures;
};

static int
no_memory(struct pipe_state *s)
{
	msg_error("out of memory");
	s->status = STATUS_TEMPORARY;
	return -1;
}

/* Tells how far it is safe to say that all has arrived. */
static int
advance(struct pipe_state *s)
{
	struct batch *b;
	int rc = 0;

	while (rc == 0 && (b = s->first) != NULL && b->left == 0) {
		s->first = b->next;
		if (s->first == NULL)
			s->last = NULL;
		if (s->p->opt->safe != NULL && !b->is_last)
			rc = s->p->opt->safe(s->p->opt->ctx, b->after);
		free(b);
	}
	if (rc == -1)
		s->status = STATUS_TEMPORARY;
	return rc;
}

static int
done(struct pipe_state *s, struct item *i)
{
	i->batch->left--;
	s->n_items--;
	if (i->before != NULL)
		i->before->after = i->after;
	else
		s->all = i->after;
	if (i->after != NULL)
		i->after->before = i->before;
	free(i);
	return advance(s);
}

static int
put_aside(struct pipe_state *s, struct keylist *list, struct item *i,
	const char *why)
{
	if (keylist_add(list, i->key, i->len, i->size, why) == -1)
		return no_memory(s);
	return done(s, i);
}

/* It was there, or it was named, and is gone. */
static int
vanished(struct pipe_state *s, struct item *i)
{
	s->p->counts.vanished++;
	if (s->p->vanished != NULL)
		return put_aside(s, s->p->vanished, i, "");
	return done(s, i);
}

/* Errors of the target that no other key would fare better with. */
static bool
is_hopeless(const struct kvreply *r)
{
	return is_kvreply_error(r, "OOM") || is_kvreply_error(r, "MISCONF") ||
	       is_kvreply_error(r, "NOPERM") ||
	       strstr(r->str, "quota exceeded") != NULL ||
	       strstr(r->str, "requests limit exceeded") != NULL;
}

/* Errors of a state that the target may soon be out of. */
static bool
is_passing(const struct kvreply *r)
{
	return is_kvreply_error(r, "READONLY") ||
	       is_kvreply_error(r, "NOREPLICAS") ||
	       is_kvreply_error(r, "BUSY") || is_kvreply_error(r, "LOADING");
}

static int
on_restored(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct pipe_state *s = ctx;
	struct item *i = (struct item *)tag;

	(void)k;
	s->writing -= i->sent;
	if (is_kvreply_ok(r)) {
		s->p->counts.copied++;
		s->p->counts.bytes += i->sent;
		return done(s, i);
	}
	if (is_kvreply_error(r, "BUSYKEY")) {
		s->p->counts.skipped++;
		return done(s, i);
	}
	if (!is_kvreply(r, KVREPLY_ERROR))
		return put_aside(s, s->p->refused, i, "not answered with OK");
	if (is_hopeless(r) || is_passing(r)) {
		msg_error("target: takes no more: %s", r->str);
		s->status = is_hopeless(r) ? STATUS_NO : STATUS_TEMPORARY;
		return -1;
	}
	return put_aside(s, s->p->refused, i, r->str);
}

/* The payload goes on, under another version if it must. */
static int
restore(struct pipe_state *s, struct item *i, const struct kvreply *r)
{
	struct kv *to = s->p->to->kv;
	const struct pipe_options *o = s->p->opt;
	bool replace = o->policy == PIPE_REPLACE;
	unsigned char footer[KVPAYLOAD_FOOTER];
	int type = kvpayload_type(r->str, r->len), stamp = s->p->stamp[type];
	const char *key = i->key;
	size_t len = i->len, body = r->len - KVPAYLOAD_FOOTER;

	if (stamp < 0)
		return put_aside(s, s->p->refused, i, "its type");
	if (o->target_key != NULL &&
		o->target_key(o->ctx, i->key, i->len, &key, &len) == -1)
		return no_memory(s);
	if (stamp > 0) {
		/* in place: the reply is ours until the next one */
		kvpayload_footer(r->str, body, stamp, footer);
		memcpy((char *)(uintptr_t)r->str + body, footer,
			sizeof(footer));
	}
	i->sent = r->len + len + OVERHEAD;
	s->writing += i->sent;
	kv_begin(to, 4 + (replace ? 1u : 0u) + (i->expires >= 0 ? 1u : 0u),
		on_restored, s, (uintptr_t)i);
	kv_word(to, "RESTORE", 7);
	kv_word(to, key, len);
	kv_int(to, i->expires >= 0 ? i->expires : 0);
	kv_word(to, r->str, r->len);
	if (replace)
		kv_word(to, "REPLACE", 7);
	if (i->expires >= 0)
		kv_word(to, "ABSTTL", 6);
	return 0;
}

static int
on_dumped(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct pipe_state *s = ctx;
	struct item *i = (struct item *)tag;

	(void)k;
	s->reading -= i->size + OVERHEAD;
	if (is_kvreply(r, KVREPLY_NIL))
		return vanished(s, i);
	if (!is_kvreply(r, KVREPLY_STRING) || r->len <= KVPAYLOAD_FOOTER)
		return put_aside(s, s->p->refused, i,
			is_kvreply(r, KVREPLY_ERROR) ? r->str : "no payload");
	return restore(s, i, r);
}

/* PEXPIRETIME, or PTTL behind TIME. */
static int
on_expiry(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct pipe_state *s = ctx;
	struct item *i = (struct item *)tag;

	(void)k;
	i->expires = -1;
	if (is_kvreply(r, KVREPLY_INTEGER) && r->integer >= 0)
		i->expires = s->times ? r->integer : i->now + r->integer;
	return 0;
}

static int
on_time(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct item *i = (struct item *)tag;
	int64_t seconds = 0, micros = 0;

	(void)ctx;
	(void)k;
	if (is_kvreply(r, KVREPLY_ARRAY) && r->n == 2 &&
		r->item[0]->str != NULL && r->item[1]->str != NULL) {
		(void)num_int(r->item[0]->str, 0, INT64_MAX / 1000, &seconds);
		(void)num_int(r->item[1]->str, 0, 999999, &micros);
	}
	i->now = seconds * 1000 + micros / 1000;
	return 0;
}

/* The expiry is asked for first, so that the payload can go on at once. */
static void
read_item(struct pipe_state *s, struct item *i)
{
	struct kv *from = s->p->from->kv;

	s->reading += i->size + OVERHEAD;
	if (!s->times)
		kv_queue(from, on_time, s, (uintptr_t)i, "TIME", NULL);
	kv_begin(from, 2, on_expiry, s, (uintptr_t)i);
	if (s->times)
		kv_word(from, "PEXPIRETIME", 11);
	else
		kv_word(from, "PTTL", 4);
	kv_word(from, i->key, i->len);
	kv_begin(from, 2, on_dumped, s, (uintptr_t)i);
	kv_word(from, "DUMP", 4);
	kv_word(from, i->key, i->len);
}

static void
make_ready(struct pipe_state *s, struct item *i)
{
	i->next = NULL;
	*s->ready_end = i;
	s->ready_end = &i->next;
}

static int
on_measured(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct pipe_state *s = ctx;
	struct item *i = (struct item *)tag;

	(void)k;
	if (is_kvreply(r, KVREPLY_NIL))
		return vanished(s, i);
	if (is_kvreply(r, KVREPLY_INTEGER))
		i->size = (uint64_t)r->integer;
	if (i->size > s->p->opt->big)
		return put_aside(s, s->p->big, i, "");
	make_ready(s, i);
	return 0;
}

/* Where MEMORY USAGE is not to be had: elements, of which none is measured. */
static int
on_counted(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct pipe_state *s = ctx;
	struct item *i = (struct item *)tag;

	(void)k;
	if (is_kvreply(r, KVREPLY_INTEGER))
		i->size *= (uint64_t)r->integer;
	if (i->size > s->p->opt->big)
		return put_aside(s, s->p->big, i, "");
	make_ready(s, i);
	return 0;
}

static int
on_typed(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct pipe_state *s = ctx;
	struct item *i = (struct item *)tag;
	const struct reader_type *type =
		is_kvreply(r, KVREPLY_STATUS) ? reader_type(r->str) : NULL;

	if (type == NULL) {
		make_ready(s, i);
		return 0;
	}
	i->size = strcmp(type->name, "string") == 0 ? 1 : ELEMENT;
	kv_begin(k, 2, on_counted, s, tag);
	kv_text(k, type->length);
	kv_word(k, i->key, i->len);
	return 0;
}

static void
measure(struct pipe_state *s, struct item *i)
{
	struct kv *from = s->p->from->kv;

	if (!s->measures) {
		kv_begin(from, 2, on_typed, s, (uintptr_t)i);
		kv_word(from, "TYPE", 4);
	} else {
		kv_begin(from, 3, on_measured, s, (uintptr_t)i);
		kv_word(from, "MEMORY", 6);
		kv_word(from, "USAGE", 5);
	}
	kv_word(from, i->key, i->len);
}

static int
add_item(struct pipe_state *s, struct batch *b, const char *key, size_t len)
{
	struct item *i;

	s->p->counts.seen++;
	if (s->p->opt->is_wanted != NULL &&
		!s->p->opt->is_wanted(s->p->opt->ctx, key, len)) {
		s->p->counts.filtered++;
		return 0;
	}
	if ((i = mem_zalloc(1, sizeof(*i) + len + 1)) == NULL)
		return no_memory(s);
	memcpy(i->key, key, len);
	i->len = len;
	i->batch = b;
	if ((i->after = s->all) != NULL)
		i->after->before = i;
	s->all = i;
	b->left++;
	s->n_items++;
	measure(s, i);
	return 0;
}

static int
on_scanned(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct pipe_state *s = ctx;
	const struct kvreply *keys;
	struct batch *b;
	size_t i;

	(void)k;
	(void)tag;
	s->is_scanning = false;
	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n != 2 ||
		r->item[0]->str == NULL || r->item[0]->len >= CURSOR ||
		!is_kvreply(r->item[1], KVREPLY_ARRAY)) {
		msg_error("source: SCAN: %s", is_kvreply(r, KVREPLY_ERROR)
						      ? r->str
						      : "no list of keys");
		s->status = STATUS_NO;
		return -1;
	}
	if ((b = mem_zalloc(1, sizeof(*b))) == NULL)
		return no_memory(s);
	memcpy(b->after, r->item[0]->str, r->item[0]->len + 1);
	memcpy(s->cursor, b->after, CURSOR);
	s->is_scanned = b->is_last = strcmp(b->after, "0") == 0;
	if (s->last != NULL)
		s->last->next = b;
	else
		s->first = b;
	s->last = b;
	keys = r->item[1];
	for (i = 0; i < keys->n; i++)
		if (keys->item[i]->str != NULL &&
			add_item(s, b, keys->item[i]->str,
				keys->item[i]->len) == -1)
			return -1;
	return advance(s);
}

static void
scan(struct pipe_state *s)
{
	const struct pipe_options *o = s->p->opt;
	struct kv *from = s->p->from->kv;

	kv_begin(from,
		4 + (o->match != NULL ? 2u : 0u) + (o->type != NULL ? 2u : 0u),
		on_scanned, s, 0);
	kv_word(from, "SCAN", 4);
	kv_text(from, s->cursor);
	kv_word(from, "COUNT", 5);
	kv_int(from, SCAN_COUNT);
	if (o->match != NULL) {
		kv_word(from, "MATCH", 5);
		kv_text(from, o->match);
	}
	if (o->type != NULL) {
		kv_word(from, "TYPE", 4);
		kv_text(from, o->type);
	}
	s->is_scanning = true;
}

/* Keys that the caller has named. 0 or -1. */
static int
take_listed(struct pipe_state *s)
{
	while (s->n_items < MAX_ITEMS && s->listed < keylist_count(s->list)) {
		struct keylist_item k = keylist_get(s->list, s->listed++);

		if (add_item(s, s->first, k.key, k.len) == -1)
			return -1;
	}
	s->is_scanned = s->listed == keylist_count(s->list);
	return 0;
}

/* Queues what there is room for. 0 or -1. */
static int
fill(struct pipe_state *s)
{
	const struct pipe_options *o = s->p->opt;
	double now = clock_mono(s->p->clock), wait, more;
	struct item *i;

	/* ahead of the reading, so that there is always something to read */
	if (s->list != NULL && take_listed(s) == -1)
		return -1;
	if (!s->is_scanning && !s->is_scanned && s->n_items < MAX_ITEMS)
		scan(s);
	while (now >= s->not_before && (i = s->ready) != NULL &&
		s->reading < o->window && s->writing < o->window) {
		if ((s->ready = i->next) == NULL)
			s->ready_end = &s->ready;
		read_item(s, i);
		wait = ratelimit_take(&s->bytes, i->size + OVERHEAD, now);
		more = ratelimit_take(&s->commands, 1, now);
		s->not_before = now + (wait > more ? wait : more);
	}
	return 0;
}

/* How long to wait for the servers. */
static double
patience(const struct pipe_state *s)
{
	double left = s->not_before - clock_mono(s->p->clock);

	return s->ready != NULL && left > 0 && left < 0.25 ? left : 0.25;
}

static void
free_all(struct pipe_state *s)
{
	struct batch *b;
	struct item *i;

	while ((i = s->all) != NULL) {
		s->all = i->after;
		free(i);
	}
	while ((b = s->first) != NULL) {
		s->first = b->next;
		free(b);
	}
}

static int
run(struct pipe_state *s)
{
	struct pipe *p = s->p;
	struct kv *both[2] = {p->from->kv, p->to->kv};
	enum kv_result rc = KV_OK;
	double now = clock_mono(p->clock);

	s->status = STATUS_TEMPORARY;
	s->ready_end = &s->ready;
	s->times = is_side_able(p->from, SIDE_PEXPIRETIME);
	s->measures = is_side_able(p->from, SIDE_MEMORY);
	ratelimit_init(&s->bytes, p->opt->byte_rate, now);
	ratelimit_init(&s->commands, p->opt->command_rate, now);
	do {
		rc = fill(s) == 0 ? kv_pump(both, 2, patience(s)) : KV_REFUSED;
		if (p->opt->tick != NULL)
			p->opt->tick(p->opt->ctx);
	} while (rc == KV_OK && (!s->is_scanned || s->n_items > 0));
	/* handlers that still wait for what is freed here are never called:
	 * both sessions are opened anew */
	free_all(s);
	if (rc == KV_OK)
		return STATUS_OK;
	return rc == KV_LOST ? STATUS_TEMPORARY : s->status;
}

int
pipe_run(struct pipe *p, const char *cursor)
{
	struct pipe_state s = {.p = p};

	snprintf(s.cursor, sizeof(s.cursor), "%s", cursor);
	return run(&s);
}

int
pipe_list(struct pipe *p, const struct keylist *list)
{
	struct pipe_state s = {.p = p, .list = list};
	struct batch *b = mem_zalloc(1, sizeof(*b));

	if (b == NULL) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	/* one batch, which is never told to be safe */
	b->is_last = true;
	b->left = 1;
	s.first = s.last = b;
	return run(&s);
}
