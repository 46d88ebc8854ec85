#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "engine.h"
#include "etag.h"
#include "json.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "recorder.h"
#include "remote.h"
#include "s3part.h"
#include "status.h"
#include "transfer.h"

/* How often what may have been done is looked at and done again. */
enum { ATTEMPTS = 6, PARTS_MAX = 10000 };

static void create(struct transfer *t);

void
upload_drop(struct transfer *t, const char *name)
{
	struct engine *e = t->e;
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (strcmp(name, "x-amz-tagging") == 0) {
		free(t->tags);
		t->tags = NULL;
	} else if (strcmp(name, "x-amz-acl") == 0) {
		t->is_public = false;
	} else {
		attrs_drop(&t->attrs, name);
	}
	if (e->dropped++ == 0)
		msg_warn("%s: %s is not taken by the target, and left out "
			 "(others: see metadata.dropped)",
			t->w.object.key, name);
	jsonw_record(&w, &b, "metadata.dropped");
	jsonbytes_put(&w, "key", t->w.object.key, t->w.object.len);
	jsonw_str(&w, "name", name);
	jsonw_str(&w, "why", "the server does not take it, or does not tell");
	if (recorder_put(e->rec, &w, &b, false) == -1)
		e->stopped = STATUS_TEMPORARY;
}

bool
upload_without(struct transfer *t)
{
	static const char *const headers[] = {
		"x-amz-website-redirect-location", "x-amz-storage-class"};
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		if (attrs_get(&t->attrs, headers[i]) != NULL) {
			upload_drop(t, headers[i]);
			return true;
		}
	if (t->tags == NULL && !t->is_public)
		return false;
	upload_drop(t, t->tags != NULL ? "x-amz-tagging" : "x-amz-acl");
	return true;
}

static void
on_created(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_UNSUPPORTED && !t->is_failed &&
		upload_without(t)) {
		create(t);
	} else if (r->class == REMOTE_TEMPORARY && !t->is_failed &&
		   t->attempts++ < ATTEMPTS) {
		/* one that was begun unheard of is swept by gc */
		create(t);
	} else if (r->class != REMOTE_OK) {
		transfer_fail_reply(t, "the target", r);
	} else {
		t->upload.upload_id = mem_strdup(r->text);
		if (t->upload.upload_id == NULL)
			transfer_fail(t, true, "out of memory");
		else if (ledger_begun(t->e->rec, &t->upload) == -1)
			transfer_fail(t, true, "the journal is not written");
		else if (!t->is_failed) {
			t->is_gate_open = true;
			piece_release(t);
		}
	}
	transfer_settle(t);
}

static void
create(struct transfer *t)
{
	const struct remote_call c = {.verb = REMOTE_CREATE,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.attrs = &t->attrs,
		.tags = t->tags,
		.is_public = t->is_public,
		.done = on_created,
		.ctx = t};

	transfer_call(t, t->e->to, &c);
}

/* A part that the target has counts if it is the one that we have sent. */
static int
on_part(void *ctx, const struct remote_item *i)
{
	struct transfer *t = ctx;
	const struct ledger_upload *u = ledger_find(t->e->ledger, t->w.id);
	size_t k;

	for (k = 0; u != NULL && k < u->n_parts; k++) {
		const struct ledger_part *p = &u->part[k];

		if (p->number != i->part || p->number > t->n_parts ||
			t->is_done[p->number - 1] ||
			!is_s3part_etag_equal(p->etag, i->etag) ||
			i->size != s3part_length(t->w.object.size, t->part_size,
					   p->number))
			continue;
		t->is_done[p->number - 1] = true;
		memcpy(t->md5[p->number - 1], p->etag, 33);
		t->n_done++;
		t->e->rec->bytes += i->size;
	}
	return 0;
}

static void
on_parts(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_MISSING) {
		/* it was completed, aborted or swept away: from the start */
		free(t->upload.upload_id);
		t->upload.upload_id = NULL;
		t->part_size = engine_part_size(t->e, &t->w.object);
		t->n_parts =
			(unsigned)s3part_count(t->w.object.size, t->part_size);
		t->n_done = 0;
		if (transfer_parts(t, t->n_parts) == 0)
			memset(t->is_done, 0, t->cap * sizeof(*t->is_done));
	} else if (r->class != REMOTE_OK) {
		transfer_fail_reply(t, "the target", r);
	} else {
		t->is_gate_open = true;
		t->has_attrs = true; /* they went with its beginning */
		t->wants_acl = false;
		piece_release(t);
		if (t->n_done == t->n_parts)
			upload_finish(t);
	}
	transfer_settle(t);
}

/* An upload of an earlier run. True if there is one. */
static bool
take_up(struct transfer *t)
{
	const struct ledger_upload *u =
		t->e->ledger != NULL ? ledger_find(t->e->ledger, t->w.id)
				     : NULL;
	struct remote_call c = {.verb = REMOTE_PARTS,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.item = on_part,
		.done = on_parts,
		.ctx = t};
	uint64_t parts;

	if (u == NULL || t->has_attrs || t->next_part > 1 ||
		t->upload.upload_id != NULL || t->is_pushed)
		return false;
	/* a journal that was altered, or by a run with more memory */
	parts = s3part_count(t->w.object.size, u->part_size);
	if (u->part_size > t->e->memory || parts > PARTS_MAX ||
		transfer_parts(t, (unsigned)parts) == -1)
		return false;
	t->part_size = t->upload.part_size = u->part_size;
	t->n_parts = (unsigned)parts;
	t->upload.upload_id = mem_strdup(u->upload_id);
	c.upload_id = t->upload.upload_id;
	if (t->upload.upload_id == NULL)
		transfer_fail(t, true, "out of memory");
	else
		transfer_call(t, t->e->to, &c);
	return true;
}

/* The upload begins with all that the object has besides its bytes. */
static void
on_extras(void *ctx)
{
	struct transfer *t = ctx;

	if (!t->is_failed)
		create(t);
}

void
upload_open(struct transfer *t)
{
	memcpy(t->upload.id, t->w.id, sizeof(t->upload.id));
	t->upload.key = t->text;
	t->upload.len = t->w.object.len;
	if (take_up(t))
		return;
	t->upload.part_size = t->part_size;
	if (is_extras_wanted(t))
		extras_ask(t, on_extras, t);
	else
		create(t);
}

static void
on_completed(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_UNSUPPORTED && !t->e->no_conditions) {
		t->e->no_conditions = true;
		upload_finish(t);
	} else if (r->class != REMOTE_OK) {
		t->retry = upload_finish;
		upload_check(t, "the target", r);
	} else if (etag_parts(r->etag) > 1 &&
		   !is_s3part_etag_equal(r->etag, t->etag)) {
		transfer_fail(t, true,
			"the target has put other parts together than were "
			"sent");
	} else {
		free(t->upload.upload_id);
		t->upload.upload_id = NULL;
		transfer_copied(t, r->etag,
			etag_parts(r->etag) > 1 ? "etag" : "checksum");
	}
	transfer_settle(t);
}

/*
 * As many parts as the source's ETag has, and another ETag: its parts were of
 * another size, or bytes were altered on the way. What comes a second time
 * tells.
 */
static bool
is_doubtful(const struct transfer *t)
{
	return !t->is_reread && !t->is_pushed && t->e->from != NULL &&
	       strcmp(t->how, "parts") == 0 &&
	       etag_parts(t->w.object.etag) == t->n_parts + 1 &&
	       !is_s3part_etag_equal(t->etag, t->w.object.etag);
}

void
upload_finish(struct transfer *t)
{
	struct remote_call c = {.verb = REMOTE_COMPLETE,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.upload_id = t->upload.upload_id,
		.part = t->n_parts,
		.done = on_completed,
		.ctx = t};
	const char **etags = mem_zalloc(t->n_parts, sizeof(*etags));
	unsigned i;

	if (etags == NULL || etag_join((const char(*)[33])t->md5, t->n_parts,
				     t->etag) == -1) {
		free(etags);
		transfer_fail(t, true, "out of memory");
		return;
	}
	if (is_doubtful(t)) {
		free(etags);
		t->is_reread = true;
		t->next_part = 1;
		t->n_done = 0;
		memset(t->is_done, 0, t->cap * sizeof(*t->is_done));
		return;
	}
	for (i = 0; i < t->n_parts; i++)
		etags[i] = t->md5[i];
	c.etags = etags;
	if (!t->e->no_conditions && !t->w.is_any) {
		c.if_match = t->w.over;
		c.if_none = t->w.over == NULL;
	}
	/* remote_start writes the body at once */
	transfer_call(t, t->e->to, &c);
	free(etags);
}

/* Whether the target is as it was before: nothing of ours has come there. */
static bool
is_as_before(const struct transfer *t, const struct remote_reply *r)
{
	if (r->class == REMOTE_MISSING)
		return t->w.over == NULL || t->w.is_any;
	return r->class == REMOTE_OK && t->w.over != NULL &&
	       is_s3part_etag_equal(r->etag, t->w.over);
}

static void
on_checked(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_OK && r->size == t->w.object.size &&
		is_s3part_etag_equal(r->etag, t->etag)) {
		/* it was done, only the answer was not heard */
		free(t->upload.upload_id);
		t->upload.upload_id = NULL;
		transfer_copied(t, r->etag, "etag");
	} else if ((is_as_before(t, r) || (t->is_temporary && t->w.is_any)) &&
		   !t->is_failed && t->attempts++ < ATTEMPTS) {
		t->is_temporary = false;
		free(t->why);
		t->why = NULL;
		t->retry(t);
	} else if (t->is_temporary) {
		t->is_failed = true; /* as has been said before */
	} else if (r->class == REMOTE_OK) {
		upload_give_up(t);
		transfer_skip(t, "somebody has written it on the target since "
				 "it was listed: theirs is kept");
	} else if (r->class == REMOTE_MISSING) {
		transfer_fail(t, true,
			"the target says that it is there, and that it is "
			"not: run again");
	} else {
		transfer_fail_reply(t, "the target", r);
	}
	transfer_settle(t);
}

void
upload_check(struct transfer *t, const char *what, const struct remote_reply *r)
{
	const struct remote_call c = {.verb = REMOTE_HEAD,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.done = on_checked,
		.ctx = t};

	/* a refusal leaves nothing open */
	if (r->class == REMOTE_STOPPED || r->class == REMOTE_DENIED ||
		r->class == REMOTE_CANCELLED) {
		transfer_fail_reply(t, what, r);
		return;
	}
	/* what is said if the object is not there after all */
	if (r->class != REMOTE_PRECONDITION) {
		struct buf b = BUF_INIT;

		if (buf_printf(&b, "%s: %s", what, r->message) == 0)
			t->why = buf_steal(&b);
		buf_fini(&b);
		t->is_temporary = true;
	}
	transfer_call(t, t->e->to, &c);
}

static void
on_aborted(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_OK || r->class == REMOTE_MISSING)
		(void)ledger_ended(t->e->rec, &t->upload, "upload.aborted");
	free(t->upload.upload_id);
	t->upload.upload_id = NULL;
	transfer_settle(t);
}

void
upload_give_up(struct transfer *t)
{
	const struct remote_call c = {.verb = REMOTE_ABORT,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.upload_id = t->upload.upload_id,
		.done = on_aborted,
		.ctx = t};

	/* with a journal the next run goes on with it */
	if (t->upload.upload_id == NULL ||
		(t->is_temporary && t->e->rec->journal != NULL) ||
		t->e->stopped != 0)
		return;
	if (remote_start(t->e->to, &c) == 0)
		t->busy++;
}
