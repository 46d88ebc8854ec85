#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine.h"
#include "etag.h"
#include "folder.h"
#include "hash.h"
#include "mem.h"
#include "recorder.h"
#include "remote.h"
#include "s3part.h"
#include "tigris.h"
#include "transfer.h"

/* How often bytes that came altered are asked for again. */
enum { READS = 3 };

static void send(void *ctx);

void
piece_free(struct piece *p)
{
	struct engine *e = p->t->e;

	e->used -= p->len;
	e->pieces--;
	free(p->data);
	free(p);
}

static struct piece *
piece_new(struct transfer *t, uint64_t at, size_t len)
{
	struct piece *p = mem_zalloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->t = t;
	p->at = at;
	p->len = len;
	p->number = t->next_part++;
	t->e->used += len;
	t->e->pieces++;
	return p;
}

/* Parts that the target has from an earlier run are not fetched. */
static void
pass_done(struct transfer *t)
{
	while (t->part_size > 0 && !t->is_pushed &&
		t->next_part <= t->n_parts && t->is_done[t->next_part - 1])
		t->next_part++;
}

/*
 * Whether what came is not what the source's ETag says. Some services encrypt,
 * and their ETag is no MD5: the same bytes a second time are the object.
 */
static bool
is_altered(const struct piece *p)
{
	const struct transfer *t = p->t;

	return t->part_size == 0 && !t->is_pushed && t->e->from != NULL &&
	       etag_parts(t->w.object.etag) == 1 &&
	       !is_s3part_etag_equal(p->md5, t->w.object.etag) &&
	       strcmp(p->md5, t->etag) != 0;
}

/* A part that has been sent is here once more. */
static void
compare_again(struct piece *p)
{
	struct transfer *t = p->t;
	bool same = strcmp(p->md5, t->md5[p->number - 1]) == 0;

	t->is_done[p->number - 1] = true;
	t->n_done++;
	/* not temporary: what the upload has is of no use to a later run */
	if (!same)
		transfer_fail(t, false,
			"what the source sends is not what its ETag says, and "
			"another thing each time: run again");
	piece_free(p);
	if (!t->is_failed && t->n_done == t->n_parts)
		upload_finish(t);
}

/* The bytes are there: they are digested, and sent when they may. */
static void
fetched(struct piece *p)
{
	struct transfer *t = p->t;

	if (hash_bytes(HASH_MD5, p->data, p->len, p->md5) == -1 ||
		hash_bytes(HASH_SHA256, p->data, p->len, p->sha256) == -1) {
		transfer_fail(t, true, "out of memory");
		piece_free(p);
		return;
	}
	t->e->rec->bytes += p->len;
	if (t->is_reread) {
		compare_again(p);
		return;
	}
	/* what it would replace is the same: only the times said otherwise */
	if (t->part_size == 0 && t->w.over != NULL &&
		strcmp(t->w.over, p->md5) == 0) {
		transfer_same(t, t->w.over);
		piece_free(p);
		return;
	}
	if (is_altered(p)) {
		if (t->attempts++ < READS) {
			memcpy(t->etag, p->md5, 33);
			t->next_part = 1;
		} else {
			transfer_fail(t, true,
				"what the source sends is not what its ETag "
				"says, and another thing each time");
		}
		piece_free(p);
		return;
	}
	send(p);
}

static int
on_data(void *ctx, const void *p, size_t n)
{
	struct piece *x = ctx;

	if (n > x->len - x->have)
		return -1;
	memcpy(x->data + x->have, p, n);
	x->have += n;
	return 0;
}

static void
on_fetched(void *ctx, const struct remote_reply *r)
{
	struct piece *p = ctx;
	struct transfer *t = p->t;

	transfer_back(t);
	if (t->is_failed || t->is_over) {
		piece_free(p);
	} else if (r->class == REMOTE_OK && p->have == p->len) {
		if (p->number == 1) {
			t->has_attrs = true;
			t->has_tags = r->tags > 0;
		}
		fetched(p);
	} else {
		piece_free(p);
		if (r->class == REMOTE_MISSING)
			transfer_skip(t, "it is gone from the source by now");
		else if (r->class == REMOTE_PRECONDITION ||
			 r->class == REMOTE_OK)
			transfer_again(t);
		else
			transfer_fail_reply(t, "the source", r);
	}
	transfer_settle(t);
}

/* Whether the file is still the one that was listed. */
static bool
is_as_listed(int fd, const struct object *o)
{
	struct stat st;
	int64_t off;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode) ||
		(uint64_t)st.st_size != o->size)
		return false;
	off = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec -
	      o->mtime;
	/* jq before 1.7 rounds what it passes on to 17 digits */
	return off > -1000 && off < 1000;
}

/* One piece of a file. 0, or -1 after failing the transfer. */
static int
read_file(struct piece *p)
{
	struct transfer *t = p->t;
	const struct object *o = &t->w.object;

	if (o->link != NULL || o->size == 0)
		return 0;
	if (t->fd == -1)
		t->fd = folder_read(t->e->from_dir, o->key, o->len);
	if (t->fd == -1 && (errno == ENOENT || errno == ENOTDIR)) {
		transfer_skip(t, "it is gone from the source by now");
		return -1;
	}
	while (t->fd != -1 && p->have < p->len) {
		ssize_t n = pread(t->fd, p->data + p->have, p->len - p->have,
			(off_t)(p->at + p->have));

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			transfer_fail(t, false, "%s", strerror(errno));
			return -1;
		}
		if (n == 0)
			break;
		p->have += (size_t)n;
	}
	if (t->fd == -1) {
		transfer_fail(t, false, "%s", strerror(errno));
		return -1;
	}
	if (p->have < p->len || !is_as_listed(t->fd, o)) {
		transfer_fail(t, true,
			"the file has changed while it was copied: run again");
		return -1;
	}
	return 0;
}

static void
fetch(struct piece *p)
{
	struct transfer *t = p->t;
	const struct object *o = &t->w.object;
	struct remote_call c = {.verb = REMOTE_GET,
		.key = o->key,
		.len = o->len,
		.if_match = *o->etag != '\0' ? o->etag : NULL,
		.has_range = t->part_size > 0,
		.first = p->at,
		.last = p->at + p->len - 1,
		.got = p->number == 1 && !t->has_attrs ? &t->attrs : NULL,
		.data = on_data,
		.done = on_fetched,
		.ctx = p};

	if (t->e->from != NULL) {
		transfer_call(t, t->e->from, &c);
		if (t->is_failed)
			piece_free(p);
		return;
	}
	if (!t->has_attrs) {
		const char *type = attrs_type(o->key);

		if (attrs_of_file(&t->attrs, o) == -1 ||
			(type != NULL && attrs_set(&t->attrs, "content-type",
						 type, strlen(type)) == -1)) {
			transfer_fail(t, true, "out of memory");
			piece_free(p);
			return;
		}
		t->has_attrs = true;
	}
	if (read_file(p) == -1)
		piece_free(p);
	else
		fetched(p);
}

void
piece_begin(struct transfer *t)
{
	const struct object *o = &t->w.object;
	struct piece *p;
	uint64_t at, n;

	at = t->part_size > 0 ? (t->next_part - 1) * t->part_size : 0;
	n = o->size - at;
	if (t->part_size > 0 && n > t->part_size)
		n = t->part_size;
	p = piece_new(t, at, (size_t)n);
	if (p == NULL || (p->data = mem_alloc(n > 0 ? (size_t)n : 1)) == NULL) {
		if (p != NULL)
			piece_free(p);
		transfer_fail(t, true, "out of memory");
	} else {
		fetch(p);
		pass_done(t);
	}
	transfer_settle(t);
}

int
piece_pushed(struct transfer *t, char *data, size_t n)
{
	struct piece *p;

	if (t->is_all_pushed && t->next_part == 1)
		t->part_size = 0;
	if (t->part_size > 0) {
		t->how = "parts";
		t->n_parts = t->next_part;
		if (t->n_parts > 10000) {
			transfer_fail(t, false,
				"more than 10,000 parts: say how large it is "
				"with --expected-size");
			return -1;
		}
		if (transfer_parts(t, t->n_parts) == -1)
			return -1;
	}
	p = piece_new(t, t->fetched, n);
	if (p == NULL) {
		transfer_fail(t, true, "out of memory");
		return -1;
	}
	t->fetched += n;
	t->w.object.size = t->fetched;
	p->data = data;
	p->have = n;
	fetched(p);
	return 0;
}

static void
on_part(void *ctx, const struct remote_reply *r)
{
	struct piece *p = ctx;
	struct transfer *t = p->t;
	struct ledger_part done = {.number = p->number};

	transfer_back(t);
	if (r->class != REMOTE_OK) {
		transfer_fail_reply(t, "the target", r);
	} else if (etag_parts(r->etag) == 1 &&
		   strcasecmp(r->etag, p->md5) != 0) {
		transfer_fail(t, true,
			"the target has stored other bytes of part %u than "
			"were sent",
			p->number);
	} else {
		memcpy(t->md5[p->number - 1], p->md5, 33);
		memcpy(done.etag, p->md5, 33);
		memcpy(done.sha256, p->sha256, 65);
		t->is_done[p->number - 1] = true;
		t->n_done++;
		if (ledger_parted(t->e->rec, &t->upload, &done) == -1)
			transfer_fail(t, true, "the journal is not written");
	}
	piece_free(p);
	if (!t->is_failed && t->n_done == t->n_parts &&
		(!t->is_pushed || t->is_all_pushed))
		upload_finish(t);
	transfer_settle(t);
}

/* Something that this target does not take is left out, and said. True: try
 * again. */
static bool
do_without(struct transfer *t, int status)
{
	if (t->is_conditional && status != 400) {
		t->e->no_conditions = true;
		return true;
	}
	return upload_without(t);
}

static void
put_again(struct transfer *t)
{
	struct piece *p = t->held;

	t->held = NULL;
	send(p);
}

static void
on_put(void *ctx, const struct remote_reply *r)
{
	struct piece *p = ctx;
	struct transfer *t = p->t;

	transfer_back(t);
	if (r->class == REMOTE_UNSUPPORTED && !t->is_failed &&
		do_without(t, r->status)) {
		send(p);
		transfer_settle(t);
		return;
	}
	memcpy(t->sha256, p->sha256, 65);
	memcpy(t->etag, p->md5, 33);
	if (r->class == REMOTE_PRECONDITION || r->class == REMOTE_TEMPORARY) {
		t->held = p;
		t->retry = put_again;
		upload_check(t, "the target", r);
		transfer_settle(t);
		return;
	}
	if (r->class != REMOTE_OK)
		transfer_fail_reply(t, "the target", r);
	else if (etag_parts(r->etag) == 1 && strcasecmp(r->etag, p->md5) != 0)
		transfer_fail(t, true,
			"the target has stored other bytes than were sent");
	else
		transfer_copied(t, r->etag,
			etag_parts(r->etag) == 1 ? "etag" : "checksum");
	piece_free(p);
	transfer_settle(t);
}

static void
send_whole(struct piece *p)
{
	struct transfer *t = p->t;
	const struct work *w = &t->w;
	struct remote_call c = {.verb = REMOTE_PUT,
		.key = w->object.key,
		.len = w->object.len,
		.attrs = &t->attrs,
		.tags = t->tags,
		.is_public = t->is_public,
		.body = p->data,
		.n = p->len,
		.sha256 = p->sha256,
		.done = on_put,
		.ctx = p};

	t->is_conditional = !t->e->no_conditions && !w->is_any;
	if (t->is_conditional) {
		c.if_match = w->over;
		c.if_none = w->over == NULL;
	}
	transfer_call(t, t->e->to, &c);
}

static void
send_part(struct piece *p)
{
	struct transfer *t = p->t;
	const struct remote_call c = {.verb = REMOTE_PART,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.upload_id = t->upload.upload_id,
		.part = p->number,
		.body = p->data,
		.n = p->len,
		.sha256 = p->sha256,
		.done = on_part,
		.ctx = p};

	transfer_call(t, t->e->to, &c);
}

static void
wait_for_gate(struct piece *p)
{
	struct transfer *t = p->t;

	p->next = t->waiting;
	t->waiting = p;
	if (t->upload.upload_id == NULL && p->number == 1)
		upload_open(t);
}

static void
send(void *ctx)
{
	struct piece *p = ctx;
	struct transfer *t = p->t;

	if (t->is_failed) {
		piece_free(p);
		return;
	}
	if (t->part_size > 0 && t->is_gate_open)
		send_part(p);
	else if (t->part_size > 0)
		wait_for_gate(p);
	else if (is_extras_wanted(t)) {
		extras_ask(t, send, p);
		return;
	} else
		send_whole(p);
	/* what waits for the upload is freed with the transfer */
	if (t->is_failed && t->waiting != p)
		piece_free(p);
}

void
piece_release(struct transfer *t)
{
	struct piece *p = t->waiting, *next;

	t->waiting = NULL;
	pass_done(t);
	if (strcmp(t->how, "server") == 0)
		bycopy_gate(t);
	for (; p != NULL; p = next) {
		next = p->next;
		if (t->is_done[p->number - 1])
			piece_free(p);
		else
			send(p);
	}
}
