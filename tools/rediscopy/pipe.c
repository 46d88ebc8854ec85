#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "keylist.h"
#include "kv.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "pipe.h"
#include "piperun.h"
#include "ratelimit.h"
#include "side.h"
#include "status.h"

/*
 * How much is under way at once. What a server is asked about a key should
 * come while the key is in its caches still, so it is little for a server that
 * is near; what keeps a far one busy grows with the way there and back.
 */
enum {
	ITEMS = 1500, /* keys */
	MAX_ITEMS = 32 << 10,
	ITEMS_A_SECOND = 200000, /* more than a server answers for */
	WINDOW = 256 << 10,      /* bytes */
	BYTES_A_SECOND = 125000000
};
/* A source that takes so much longer to answer than it did is at work for
 * others: it is asked for less, down to LEAST of it, and then with pauses. */
#define SLOW_TIMES 4
#define SLOW_SECONDS 0.02
#define LEAST (1.0 / 16)

int
piperun_no_memory(struct piperun *s)
{
	msg_error("out of memory");
	s->status = STATUS_TEMPORARY;
	return -1;
}

/* Tells how far it is safe to say that all has arrived. */
static int
advance(struct piperun *s)
{
	struct piperun_batch *b;
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

int
piperun_done(struct piperun *s, struct piperun_item *i)
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

int
piperun_aside(struct piperun *s, struct keylist *list, struct piperun_item *i,
	const char *why)
{
	if (keylist_add(list, i->key, i->len, i->size, why) == -1)
		return piperun_no_memory(s);
	return piperun_done(s, i);
}

int
piperun_ready(struct piperun *s, struct piperun_item *i)
{
	i->next = NULL;
	*s->ready_end = i;
	s->ready_end = &i->next;
	s->n_ready++;
	return 0;
}

static int
add_item(
	struct piperun *s, struct piperun_batch *b, const char *key, size_t len)
{
	struct piperun_item *i;

	s->p->counts.seen++;
	if (s->p->opt->is_wanted != NULL &&
		!s->p->opt->is_wanted(s->p->opt->ctx, key, len)) {
		s->p->counts.filtered++;
		return 0;
	}
	if ((i = mem_zalloc(1, sizeof(*i) + len + 1)) == NULL)
		return piperun_no_memory(s);
	memcpy(i->key, key, len);
	i->len = len;
	i->batch = b;
	if ((i->after = s->all) != NULL)
		i->after->before = i;
	s->all = i;
	b->left++;
	s->n_items++;
	pipekey_measure(s, i);
	return 0;
}

/* Less, or more again, by how long SCAN has taken. */
static void
yield_to_others(struct piperun *s)
{
	double now = clock_mono(s->p->clock), took = now - s->scanned_at;

	if (s->quickest == 0 || took < s->quickest)
		s->quickest = took;
	s->usual = s->usual == 0 ? took : 0.7 * s->usual + 0.3 * took;
	if (s->usual <= SLOW_TIMES * s->quickest + SLOW_SECONDS) {
		s->share = s->share < 0.9 ? s->share * 1.1 : 1;
		return;
	}
	s->p->counts.yielded++;
	if (s->share > LEAST)
		s->share /= 2;
	else if (s->not_before < now + took)
		s->not_before = now + took;
}

static int
on_scanned(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct piperun *s = ctx;
	const struct kvreply *keys;
	struct piperun_batch *b;
	size_t i;

	(void)k;
	(void)tag;
	s->is_scanning = false;
	yield_to_others(s);
	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n != 2 ||
		r->item[0]->str == NULL || r->item[0]->len >= PIPERUN_CURSOR ||
		!is_kvreply(r->item[1], KVREPLY_ARRAY)) {
		msg_error("source: SCAN: %s", is_kvreply(r, KVREPLY_ERROR)
						      ? r->str
						      : "no list of keys");
		s->status = STATUS_NO;
		return -1;
	}
	if ((b = mem_zalloc(1, sizeof(*b))) == NULL)
		return piperun_no_memory(s);
	memcpy(b->after, r->item[0]->str, r->item[0]->len + 1);
	memcpy(s->cursor, b->after, PIPERUN_CURSOR);
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
scan(struct piperun *s)
{
	const struct pipe_options *o = s->p->opt;
	const struct side_scan next = {.cursor = s->cursor,
		.count = s->scan_count,
		.match = o->match,
		.type = o->type};

	side_scan(s->p->from, &next, on_scanned, s);
	s->is_scanning = true;
	s->scanned_at = clock_mono(s->p->clock);
}

/* Keys that the caller has named. 0 or -1. */
static int
take_listed(struct piperun *s)
{
	while (s->n_items < s->items && s->listed < keylist_count(s->list)) {
		struct keylist_item k = keylist_get(s->list, s->listed++);

		if (add_item(s, s->first, k.key, k.len) == -1)
			return -1;
	}
	s->is_scanned = s->listed == keylist_count(s->list);
	return 0;
}

/* Queues what there is room for. 0 or -1. */
static int
fill(struct piperun *s)
{
	double now = clock_mono(s->p->clock), wait, more;
	uint64_t window = (uint64_t)((double)s->window * s->share);
	size_t items = (size_t)((double)s->items * s->share);
	struct piperun_item *i;
	uint64_t cost;

	s->is_paused =
		s->is_paused || (s->p->opt->is_full != NULL &&
					s->p->opt->is_full(s->p->opt->ctx));
	/* ahead of the reading, so that there is always something to read, but
	 * not so far that no answer to SCAN is ever done with */
	if (s->list != NULL && take_listed(s) == -1)
		return -1;
	if (!s->is_paused && !s->is_scanning && !s->is_scanned &&
		s->n_items < items && s->n_ready < (size_t)s->scan_count)
		scan(s);
	while (now >= s->not_before && (i = s->ready) != NULL &&
		s->reading < window && s->writing < window) {
		if ((s->ready = i->next) == NULL)
			s->ready_end = &s->ready;
		s->n_ready--;
		cost = pipekey_cost(i);
		if (pipekey_read(s, i) == -1)
			return -1;
		wait = ratelimit_take(&s->bytes, cost, now);
		more = ratelimit_take(&s->commands, 1, now);
		s->not_before = now + (wait > more ? wait : more);
	}
	return 0;
}

/* How long to wait for the servers. */
static double
patience(const struct piperun *s)
{
	double left = s->not_before - clock_mono(s->p->clock);

	return s->ready != NULL && left > 0 && left < 0.25 ? left : 0.25;
}

static void
free_all(struct piperun *s)
{
	struct piperun_batch *b;
	struct piperun_item *i;

	while ((i = s->all) != NULL) {
		s->all = i->after;
		free(i);
	}
	while ((b = s->first) != NULL) {
		s->first = b->next;
		free(b);
	}
}

/* How much may be under way, by how far the servers are. */
static void
set_room(struct piperun *s)
{
	double from = s->p->from->rtt, to = s->p->to->rtt;
	/* encoding, size, value; then the target's answer */
	double items = ITEMS + ITEMS_A_SECOND * (3 * from + to);
	double window = WINDOW + BYTES_A_SECOND * (from > to ? from : to);

	s->items = items < MAX_ITEMS ? (size_t)items : MAX_ITEMS;
	s->window = window < (double)s->p->opt->window ? (uint64_t)window
						       : s->p->opt->window;
	s->scan_count = side_scan_count(s->p->from);
	s->share = 1;
}

static int
run(struct piperun *s)
{
	struct pipe *p = s->p;
	struct kv *both[2] = {p->from->kv, p->to->kv};
	enum kv_result rc = KV_OK;
	double now = clock_mono(p->clock);

	s->status = STATUS_TEMPORARY;
	s->ready_end = &s->ready;
	pipekey_begin(s);
	set_room(s);
	ratelimit_init(&s->bytes, p->opt->byte_rate, now);
	ratelimit_init(&s->commands, p->opt->command_rate, now);
	do {
		rc = fill(s) == 0 ? kv_pump(both, 2, patience(s)) : KV_REFUSED;
		if (p->opt->tick != NULL)
			p->opt->tick(p->opt->ctx);
	} while (rc == KV_OK && (s->n_items > 0 || s->is_scanning ||
					(!s->is_scanned && !s->is_paused)));
	/* handlers that still wait for what is freed here are never called:
	 * both sessions are opened anew */
	free_all(s);
	p->is_paused = !s->is_scanned;
	memcpy(p->cursor, s->cursor, sizeof(p->cursor));
	if (rc == KV_OK)
		return STATUS_OK;
	return rc == KV_LOST ? STATUS_TEMPORARY : s->status;
}

int
pipe_run(struct pipe *p, const char *cursor)
{
	struct piperun s = {.p = p};

	snprintf(s.cursor, sizeof(s.cursor), "%s", cursor);
	return run(&s);
}

int
pipe_list(struct pipe *p, const struct keylist *list)
{
	struct piperun s = {.p = p, .list = list};
	struct piperun_batch *b = mem_zalloc(1, sizeof(*b));

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
