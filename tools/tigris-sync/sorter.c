#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "object.h"
#include "sorter.h"
#include "spill.h"
#include "status.h"

/* What stands before the texts of a packed object. */
struct packed {
	uint64_t size;
	int64_t changed, mtime;
	unsigned mode;
	bool has_link;
};

/* One object in hand, copied out of the spill. */
struct held {
	struct buf key, text;
};

struct sorter {
	struct spill *spill;
	struct held now, ahead;
	bool has_ahead;
	struct buf pack;
};

struct sorter *
sorter_new(size_t max)
{
	struct sorter *s = mem_zalloc(1, sizeof(*s));

	if (s != NULL && (s->spill = spill_new(max)) == NULL) {
		free(s);
		s = NULL;
	}
	return s;
}

void
sorter_free(struct sorter *s)
{
	if (s == NULL)
		return;
	spill_free(s->spill);
	buf_fini(&s->now.key);
	buf_fini(&s->now.text);
	buf_fini(&s->ahead.key);
	buf_fini(&s->ahead.text);
	buf_fini(&s->pack);
	free(s);
}

int
sorter_add(struct sorter *s, const struct object *o, const char *note)
{
	struct packed p;
	const char *text[4] = {o->etag, o->class,
		o->link != NULL ? o->link : "", note != NULL ? note : ""};
	size_t i;

	memset(&p, 0, sizeof(p));
	p.size = o->size;
	p.changed = o->changed;
	p.mtime = o->mtime;
	p.mode = o->mode;
	p.has_link = o->link != NULL;
	buf_clear(&s->pack);
	if (buf_append(&s->pack, &p, sizeof(p)) == -1)
		goto no_memory;
	for (i = 0; i < 4; i++)
		if (buf_append(&s->pack, text[i], strlen(text[i]) + 1) == -1)
			goto no_memory;
	return spill_add(s->spill, o->key, o->len, s->pack.data, s->pack.len);

no_memory:
	msg_error("out of memory");
	return -1;
}

/* The next record of the spill into ${s->ahead}. 1, 0 or -1. */
static int
look_ahead(struct sorter *s)
{
	const char *key, *p;
	size_t klen, n;
	int rc = spill_next(s->spill, &key, &klen, &p, &n);

	s->has_ahead = rc == 1;
	if (rc != 1)
		return rc;
	buf_clear(&s->ahead.key);
	buf_clear(&s->ahead.text);
	if (buf_append(&s->ahead.key, key, klen) == -1 ||
		buf_append(&s->ahead.text, p, n) == -1) {
		msg_error("out of memory");
		return -1;
	}
	return 1;
}

int
sorter_done(struct sorter *s)
{
	return spill_sort(s->spill) == -1 || look_ahead(s) == -1 ? -1 : 0;
}

static void
unpack(const struct held *h, struct object *o, const char **note)
{
	struct packed p;
	const char *text = h->text.data + sizeof(p);

	memcpy(&p, h->text.data, sizeof(p));
	memset(o, 0, sizeof(*o));
	o->key = buf_str(&h->key);
	o->len = h->key.len;
	o->size = p.size;
	o->changed = p.changed;
	o->mtime = p.mtime;
	o->mode = p.mode;
	o->etag = text;
	text += strlen(text) + 1;
	o->class = text;
	text += strlen(text) + 1;
	o->link = p.has_link ? text : NULL;
	text += strlen(text) + 1;
	if (note != NULL)
		*note = text;
}

static bool
is_same_key(const struct held *a, const struct held *b)
{
	return a->key.len == b->key.len &&
	       memcmp(buf_str(&a->key), buf_str(&b->key), a->key.len) == 0;
}

int
sorter_next(struct sorter *s, struct object *o, const char **note)
{
	struct held swap;

	do {
		if (!s->has_ahead)
			return 0;
		swap = s->now;
		s->now = s->ahead;
		s->ahead = swap;
		if (look_ahead(s) == -1)
			return -1;
	} while (s->has_ahead && is_same_key(&s->now, &s->ahead));
	unpack(&s->now, o, note);
	return 1;
}

struct sorted {
	struct feed feed;
	struct sorter *sorter;
};

static int
on_next(struct feed *f, struct object *o)
{
	int rc = sorter_next(((struct sorted *)f)->sorter, o, NULL);

	if (rc == -1)
		f->status = STATUS_TEMPORARY;
	return rc;
}

static void
on_close(struct feed *f)
{
	sorter_free(((struct sorted *)f)->sorter);
	free(f);
}

struct feed *
sorter_feed(struct sorter *s)
{
	struct sorted *f = mem_zalloc(1, sizeof(*f));

	if (f == NULL) {
		sorter_free(s);
		return NULL;
	}
	f->feed.next = on_next;
	f->feed.close = on_close;
	f->sorter = s;
	return &f->feed;
}
