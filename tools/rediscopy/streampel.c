#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kv.h"
#include "kvreply.h"
#include "mem.h"
#include "streampel.h"

enum {
	PAGE = 500,
	LONGEST = 1000 /* ms between TIME and XPENDING, on a busy server */
};

static int
fail(struct streampel *p, const struct kvreply *r)
{
	snprintf(p->why, sizeof(p->why), "%s",
		is_kvreply(r, KVREPLY_ERROR) ? r->str : "no memory");
	p->failed = p->is_done = true;
	return 0;
}

static int
on_time(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct streampel *p = ctx;

	(void)k;
	(void)tag;
	p->time = kvreply_time(r);
	return 0;
}

/* ID, consumer, how long ago, how often. 0 or -1. */
static int
read_one(struct streammeta_group *g, const struct kvreply *r,
	struct streammeta_pending *one, int64_t *idle)
{
	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n < 4 ||
		!is_kvreply(r->item[0], KVREPLY_STRING) ||
		!is_kvreply(r->item[1], KVREPLY_STRING) ||
		!is_kvreply(r->item[2], KVREPLY_INTEGER) ||
		!is_kvreply(r->item[3], KVREPLY_INTEGER) ||
		streammeta_parse_id(r->item[0]->str, &one->id) == -1 ||
		streammeta_consumer(g, r->item[1]->str, r->item[1]->len,
			&one->consumer) == -1)
		return -1;
	*idle = r->item[2]->integer;
	one->count = r->item[3]->integer;
	return 0;
}

/* The moment at which the page was made. */
static int64_t
moment(const struct streampel *p, const struct streammeta_pending *first,
	int64_t idle)
{
	int64_t at = p->known.time + idle;

	/* delivered anew meanwhile, it says nothing */
	if (!p->has_known ||
		streammeta_compare(&p->known.id, &first->id) != 0 ||
		at < p->time - LONGEST || at > p->time + LONGEST)
		return p->time;
	return at;
}

static void ask_next(struct streampel *p);

static int
on_page(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct streampel *p = ctx;
	struct streammeta_group *g = &p->meta.group[p->group];
	struct streammeta_pending one, *grown;
	int64_t idle = 0, at = 0;
	bool again = p->has_known && tag != 0;
	size_t i;

	(void)k;
	if (!is_kvreply(r, KVREPLY_ARRAY))
		return fail(p, r);
	grown = mem_resize(g->pending, g->n_pending + r->n + 1, sizeof(one));
	if (grown == NULL)
		return fail(p, NULL);
	g->pending = grown;
	for (i = 0; i < r->n; i++) {
		if (read_one(g, r->item[i], &one, &idle) == -1)
			return fail(p, NULL);
		if (i == 0)
			at = moment(p, &one, idle);
		one.time = at - idle;
		/* the last one of the page before comes again */
		if (i == 0 && again &&
			streammeta_compare(&p->known.id, &one.id) == 0)
			continue;
		g->pending[g->n_pending++] = one;
	}
	if (r->n > 0) {
		p->known = one;
		p->has_known = true;
	}
	if (r->n < PAGE) {
		p->group++;
		p->has_known = false;
	}
	ask_next(p);
	return 0;
}

/* The next page of what is not known yet. */
static void
ask_next(struct streampel *p)
{
	struct streammeta_group *g = NULL;
	char from[48] = "-";
	bool begins = !p->has_known;

	for (; begins && p->group < p->meta.n_groups; p->group++) {
		g = &p->meta.group[p->group];
		if (g->n_pel < 0 || (uint64_t)g->n_pel != g->n_pending)
			break;
	}
	if (p->group == p->meta.n_groups) {
		p->is_done = true;
		return;
	}
	g = &p->meta.group[p->group];
	if (begins) {
		g->n_pending = 0;
		p->known = g->first;
		p->has_known = g->has_first;
	} else {
		streammeta_format_id(&p->known.id, from);
	}
	kv_queue(p->kv, on_time, p, 0, "TIME", NULL);
	kv_begin(p->kv, 6, on_page, p, !begins);
	kv_text(p->kv, "XPENDING");
	kv_word(p->kv, p->key, p->len);
	kv_word(p->kv, g->name.text, g->name.len);
	kv_text(p->kv, from);
	kv_text(p->kv, "+");
	kv_int(p->kv, PAGE);
}

static int
on_info(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct streampel *p = ctx;

	(void)k;
	(void)tag;
	if (!is_kvreply(r, KVREPLY_ARRAY) || streammeta_read(&p->meta, r) == -1)
		return fail(p, r);
	ask_next(p);
	return 0;
}

void
streampel_begin(struct streampel *p, struct kv *kv, const char *key, size_t len)
{
	memset(p, 0, sizeof(*p));
	p->kv = kv;
	p->key = key;
	p->len = len;
	kv_begin(kv, 6, on_info, p, 0);
	kv_text(kv, "XINFO");
	kv_text(kv, "STREAM");
	kv_word(kv, key, len);
	kv_text(kv, "FULL");
	/* without, or with 0, all entries would come */
	kv_text(kv, "COUNT");
	kv_text(kv, "1");
}

void
streampel_fini(struct streampel *p)
{
	streammeta_fini(&p->meta);
}
