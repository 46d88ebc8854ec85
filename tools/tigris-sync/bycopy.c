#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "mem.h"
#include "recorder.h"
#include "remote.h"
#include "s3part.h"
#include "tigris.h"
#include "transfer.h"

/* Larger ones have to be copied in parts: the limit of S3's CopyObject. */
#define WHOLE_MAX S3PART_MAX
#define PART_SIZE (UINT64_C(512) << 20)

static void copy(struct transfer *t, bool conditional);
static void next_parts(struct transfer *t);

/* One part on its way. */
struct copied_part {
	struct transfer *t;
	unsigned number;
};

/* The source is still what was listed, although a condition says it is not:
 * some servers do not know the ETags of objects in parts there. */
static void
on_looked(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_OK &&
		is_s3part_etag_equal(r->etag, t->w.object.etag))
		copy(t, false);
	else if (r->class == REMOTE_OK)
		transfer_again(t);
	else if (r->class == REMOTE_MISSING)
		transfer_skip(t, "it is gone from the source by now");
	else
		transfer_fail_reply(t, "the source", r);
	transfer_settle(t);
}

static void
look(struct transfer *t)
{
	const struct remote_call c = {.verb = REMOTE_HEAD,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.done = on_looked,
		.ctx = t};

	transfer_call(t, t->e->from, &c);
}

static void
copy_again(struct transfer *t)
{
	copy(t, true);
}

static void
on_copied(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_PRECONDITION && t->tries++ == 0) {
		look(t);
	} else if (r->class == REMOTE_MISSING) {
		transfer_skip(t, "it is gone from the source by now");
	} else if (r->class == REMOTE_TEMPORARY) {
		t->retry = copy_again;
		upload_check(t, "the target", r);
	} else if (r->class != REMOTE_OK) {
		transfer_fail_reply(t, "the target", r);
	} else {
		t->e->rec->bytes += t->w.object.size;
		transfer_copied(t, r->etag,
			is_s3part_etag_equal(r->etag, t->w.object.etag)
				? "etag"
				: "size");
	}
	transfer_settle(t);
}

static void
copy(struct transfer *t, bool conditional)
{
	const struct object *o = &t->w.object;
	const struct remote_call c = {.verb = REMOTE_COPY,
		.key = o->key,
		.len = o->len,
		.if_match = conditional && *o->etag != '\0' ? o->etag : NULL,
		.source = t->e->from,
		.source_key = o->key,
		.source_len = o->len,
		.done = on_copied,
		.ctx = t};

	memcpy(t->etag, o->etag,
		strlen(o->etag) < sizeof(t->etag) ? strlen(o->etag) + 1 : 0);
	transfer_call(t, t->e->to, &c);
}

static void
on_part(void *ctx, const struct remote_reply *r)
{
	struct copied_part *p = ctx;
	struct transfer *t = p->t;
	struct ledger_part done = {.number = p->number};

	transfer_back(t);
	if (r->class == REMOTE_PRECONDITION) {
		transfer_fail(t, true,
			"it has changed on the source while it was copied: "
			"run again");
	} else if (r->class != REMOTE_OK || strlen(r->etag) != 32) {
		transfer_fail_reply(t, "the target", r);
	} else {
		memcpy(t->md5[p->number - 1], r->etag, 33);
		memcpy(done.etag, r->etag, 33);
		t->is_done[p->number - 1] = true;
		t->n_done++;
		t->e->rec->bytes += s3part_length(
			t->w.object.size, t->part_size, p->number);
		if (ledger_parted(t->e->rec, &t->upload, &done) == -1)
			transfer_fail(t, true, "the journal is not written");
	}
	free(p);
	if (!t->is_failed && t->n_done == t->n_parts)
		upload_finish(t);
	else
		next_parts(t);
	transfer_settle(t);
}

static void
begin_part(struct transfer *t, unsigned number)
{
	struct copied_part *p = mem_zalloc(1, sizeof(*p));
	const struct object *o = &t->w.object;
	struct remote_call c = {.verb = REMOTE_PART_COPY,
		.key = o->key,
		.len = o->len,
		.upload_id = t->upload.upload_id,
		.part = number,
		.has_range = true,
		.first = (number - 1) * t->part_size,
		.source = t->e->from,
		.source_key = o->key,
		.source_len = o->len,
		.if_match = *o->etag != '\0' ? o->etag : NULL,
		.done = on_part,
		.ctx = p};

	if (p == NULL) {
		transfer_fail(t, true, "out of memory");
		return;
	}
	p->t = t;
	p->number = number;
	c.last = c.first + s3part_length(o->size, t->part_size, number) - 1;
	transfer_call(t, t->e->to, &c);
	if (t->is_failed)
		free(p);
}

/* A few at once: the bytes do not pass here. */
static void
next_parts(struct transfer *t)
{
	while (!t->is_failed && t->is_gate_open && t->busy < 4 &&
		t->next_part <= t->n_parts) {
		if (!t->is_done[t->next_part - 1])
			begin_part(t, t->next_part);
		t->next_part++;
	}
}

void
bycopy_gate(struct transfer *t)
{
	next_parts(t);
}

/* The headers, which an upload in parts does not take from the source. */
static void
on_headers(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_MISSING)
		transfer_skip(t, "it is gone from the source by now");
	else if (r->class != REMOTE_OK)
		transfer_fail_reply(t, "the source", r);
	else if (!is_s3part_etag_equal(r->etag, t->w.object.etag))
		transfer_again(t);
	else {
		t->has_attrs = true;
		t->has_tags = r->tags > 0;
		upload_open(t);
	}
	transfer_settle(t);
}

void
bycopy_start(struct transfer *t)
{
	const struct object *o = &t->w.object;
	const struct remote_call c = {.verb = REMOTE_HEAD,
		.key = o->key,
		.len = o->len,
		.got = &t->attrs,
		.done = on_headers,
		.ctx = t};

	t->how = "server";
	if (o->size <= WHOLE_MAX) {
		copy(t, true);
		return;
	}
	(void)s3part_size(o->size, PART_SIZE, &t->part_size);
	t->n_parts = (unsigned)s3part_count(o->size, t->part_size);
	if (transfer_parts(t, t->n_parts) == 0)
		transfer_call(t, t->e->from, &c);
}
