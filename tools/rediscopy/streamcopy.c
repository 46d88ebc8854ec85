#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "chunkrun.h"
#include "kv.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "side.h"
#include "streamcopy.h"
#include "streammeta.h"
#include "streampel.h"

struct streamcopy {
	struct streampel pel;
	/* IDs that are pending; those before ${at} are behind us */
	struct streammeta_id *id;
	size_t n, at;
	/* of these, the ones whose entries are deleted */
	struct streammeta_id *gone;
	size_t n_gone;
	bool is_made;               /* the target has the key */
	struct streammeta_id first; /* of the entries that are there */
	bool has_first;
};

/* Of what is pending. 0 or -1 (ENOMEM). */
static int
get_ids(struct streamcopy *s)
{
	if (streammeta_ids(&s->pel.meta, &s->id, &s->n) == -1)
		return -1;
	s->gone = mem_zalloc(s->n + 1, sizeof(*s->gone));
	return s->gone != NULL ? 0 : -1;
}

static int
ask_meta(struct chunkrun *r, struct streamcopy *s)
{
	struct kv *from = r->c->from->kv;

	streampel_begin(&s->pel, from, r->c->k->key, r->c->k->len);
	while (!s->pel.is_done)
		if (kv_pump(&from, 1, 0.25) != KV_OK)
			return -1;
	if (!s->pel.failed && get_ids(s) == 0)
		return 0;
	r->failed = true;
	(void)buf_printf(
		&r->c->why, "its groups cannot be read: %s", s->pel.why);
	return 0;
}

int
streamcopy_given(struct chunkrun *r, struct streammeta *m)
{
	struct streamcopy *s = mem_zalloc(1, sizeof(*s));

	if (s == NULL) {
		streammeta_fini(m);
		return -1;
	}
	r->stream = s;
	s->pel.meta = *m;
	s->pel.is_done = true;
	return get_ids(s);
}

int
streamcopy_begin(struct chunkrun *r)
{
	struct streamcopy *s = mem_zalloc(1, sizeof(*s));

	if (s == NULL) {
		msg_error("out of memory");
		return -1;
	}
	r->stream = s;
	return ask_meta(r, s);
}

void
streamcopy_free(struct chunkrun *r)
{
	if (r->stream == NULL)
		return;
	streampel_fini(&r->stream->pel);
	free(r->stream->id);
	free(r->stream->gone);
	free(r->stream);
	r->stream = NULL;
}

static void
put_id(struct chunkrun *r, const struct streammeta_id *id)
{
	char text[48];

	streammeta_format_id(id, text);
	kv_text(r->c->to->kv, text);
}

/* An entry that stands for one that was deleted. */
static void
put_placeholder(struct chunkrun *r, const struct streammeta_id *id)
{
	chunkrun_write(r, "XADD", 3, 64);
	put_id(r, id);
	kv_text(r->c->to->kv, "-");
	kv_text(r->c->to->kv, "-");
	r->stream->is_made = true;
}

/* Placeholders for pending IDs up to, and not including, ${id}; without an id
 * for all that are left. */
static void
put_gone(struct chunkrun *r, const struct streammeta_id *id)
{
	struct streamcopy *s = r->stream;
	int c;

	for (; s->at < s->n; s->at++) {
		c = id != NULL ? streammeta_compare(&s->id[s->at], id) : -1;
		if (c > 0)
			return;
		if (c == 0) {
			s->at++;
			return;
		}
		put_placeholder(r, &s->id[s->at]);
		s->gone[s->n_gone++] = s->id[s->at];
	}
}

void
streamcopy_sink(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct chunkrun *r = ctx;
	struct kv *to = r->c->to->kv;
	struct streammeta_id id;
	uint64_t bytes;
	size_t i, k;

	for (i = 0; i < n; i++) {
		const struct kvreply *name = item[i]->item[0];
		const struct kvreply *fields = item[i]->item[1];

		/* an entry that was deleted just now has no fields */
		if (!is_kvreply(fields, KVREPLY_ARRAY) ||
			streammeta_parse_id(name->str, &id) == -1)
			continue;
		put_gone(r, &id);
		if (!r->stream->has_first)
			r->stream->first = id;
		r->stream->has_first = true;
		for (k = 0, bytes = name->len; k < fields->n; k++)
			bytes += fields->item[k]->len;
		chunkrun_write(r, "XADD", 1 + fields->n, bytes);
		kv_word(to, name->str, name->len);
		for (k = 0; k < fields->n; k++)
			kv_word(to, fields->item[k]->str, fields->item[k]->len);
		r->stream->is_made = true;
	}
}

/* A stream without entries: a group makes one; where its last ID cannot be
 * set, an entry that is deleted again leaves it behind. */
static void
make_empty(struct chunkrun *r)
{
	const struct streammeta_id *last = &r->stream->pel.meta.last;
	struct kv *to = r->c->to->kv;

	if (is_side_able(r->c->to, SIDE_XSETID) ||
		(last->ms == 0 && last->seq == 0)) {
		chunkrun_write2(r, "XGROUP", "CREATE", 3);
		kv_text(to, "airlift");
		kv_text(to, "0");
		kv_text(to, "MKSTREAM");
		chunkrun_write2(r, "XGROUP", "DESTROY", 1);
		kv_text(to, "airlift");
		return;
	}
	put_placeholder(r, last);
	chunkrun_write(r, "XDEL", 1, 0);
	put_id(r, last);
}

static void
put_claim(struct chunkrun *r, const struct streammeta_group *g,
	const struct streammeta_pending *p)
{
	struct kv *to = r->c->to->kv;
	const struct streammeta_name *consumer = &g->consumer[p->consumer];

	/* XCLAIM key group consumer 0 id TIME t RETRYCOUNT n FORCE JUSTID */
	chunkrun_write(r, "XCLAIM", 10, 96);
	kv_word(to, g->name.text, g->name.len);
	kv_word(to, consumer->text, consumer->len);
	kv_text(to, "0");
	put_id(r, &p->id);
	kv_text(to, "TIME");
	kv_int(to, p->time);
	kv_text(to, "RETRYCOUNT");
	kv_int(to, p->count);
	kv_text(to, "FORCE");
	kv_text(to, "JUSTID");
}

static void
put_group(struct chunkrun *r, const struct streammeta_group *g)
{
	struct kv *to = r->c->to->kv;
	bool reads = g->entries_read >= 0 && r->c->to->server.version >= 70000;
	size_t i;

	chunkrun_write2(r, "XGROUP", "CREATE", 2 + (reads ? 2u : 0u));
	kv_word(to, g->name.text, g->name.len);
	put_id(r, &g->last);
	if (reads) {
		kv_text(to, "ENTRIESREAD");
		kv_int(to, g->entries_read);
	}
	for (i = 0; i < g->n_consumers; i++) {
		/* 6.2; older ones make them when they claim */
		if (r->c->to->server.version < 60200)
			break;
		chunkrun_write2(r, "XGROUP", "CREATECONSUMER", 2);
		kv_word(to, g->name.text, g->name.len);
		kv_word(to, g->consumer[i].text, g->consumer[i].len);
	}
	for (i = 0; i < g->n_pending; i++)
		put_claim(r, g, &g->pending[i]);
}

static bool
is_zero(const struct streammeta_id *id)
{
	return id->ms == 0 && id->seq == 0;
}

/* Away with what stood for deleted entries. Where none was ever deleted, but
 * the oldest were cut off, so are they: the highest ID that was deleted can be
 * set to anything but nothing. */
static void
delete_gone(struct chunkrun *r)
{
	struct streamcopy *s = r->stream;
	struct kv *to = r->c->to->kv;
	bool trims = is_zero(&s->pel.meta.max_deleted) &&
		     r->c->to->server.version >= 70000;
	size_t i = 0;

	while (trims && i < s->n_gone &&
		(!s->has_first ||
			streammeta_compare(&s->gone[i], &s->first) < 0))
		i++;
	if (i > 0) {
		chunkrun_write(r, "XTRIM", 2, 0);
		kv_text(to, s->has_first ? "MINID" : "MAXLEN");
		if (s->has_first)
			put_id(r, &s->first);
		else
			kv_text(to, "0");
	}
	for (; i < s->n_gone; i++) {
		chunkrun_write(r, "XDEL", 1, 0);
		put_id(r, &s->gone[i]);
	}
}

/* Last ID and counters, which deleting has changed. */
static void
put_counters(struct chunkrun *r)
{
	const struct streammeta *m = &r->stream->pel.meta;
	bool counts =
		m->entries_added >= 0 && r->c->to->server.version >= 70000;

	if (!is_side_able(r->c->to, SIDE_XSETID))
		return;
	chunkrun_write(r, "XSETID", 1 + (counts ? 4u : 0u), 0);
	put_id(r, &m->last);
	if (counts) {
		kv_text(r->c->to->kv, "ENTRIESADDED");
		kv_int(r->c->to->kv, m->entries_added);
		kv_text(r->c->to->kv, "MAXDELETEDID");
		put_id(r, &m->max_deleted);
	}
}

void
streamcopy_close(struct chunkrun *r)
{
	struct streamcopy *s = r->stream;
	size_t i;

	put_gone(r, NULL);
	if (!s->is_made)
		make_empty(r);
	/* without XSETID the last ID is that of an entry which is deleted */
	for (i = 0; i < s->pel.meta.n_groups; i++)
		put_group(r, &s->pel.meta.group[i]);
	delete_gone(r);
	put_counters(r);
}

int
streamcopy_end(struct chunkrun *r)
{
	struct kv *to = r->c->to->kv;
	enum kv_result rc = KV_OK;

	streamcopy_close(r);
	while (rc == KV_OK && kv_unanswered(to) > 0)
		rc = kv_pump(&to, 1, 0.25);
	return rc == KV_OK ? 0 : -1;
}
