#include <errno.h>
#include <string.h>

#include "buf.h"
#include "engine.h"
#include "folder.h"
#include "jsonw.h"
#include "recorder.h"
#include "remote.h"
#include "status.h"
#include "transfer.h"

static void
deleted(struct transfer *t)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	t->is_over = true;
	t->e->rec->done++;
	jsonw_record(&w, &b, "object.deleted");
	jsonw_str(&w, "id", t->w.id);
	object_put(&w, &t->w.object);
	if (recorder_put(t->e->rec, &w, &b, true) == -1)
		t->e->stopped = STATUS_TEMPORARY;
}

static void
on_deleted(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_OK || r->class == REMOTE_MISSING)
		deleted(t);
	else
		transfer_fail_reply(t, "the target", r);
	transfer_settle(t);
}

static void delete (struct transfer *t)
{
	const struct object *o = &t->w.object;
	const struct remote_call c = {.verb = REMOTE_DELETE,
		.key = o->key,
		.len = o->len,
		.done = on_deleted,
		.ctx = t};

	if (t->e->to != NULL)
		transfer_call(t, t->e->to, &c);
	else if (folder_remove(t->e->to_dir, o->key, o->len) == -1)
		transfer_fail(t, false, "%s", strerror(errno));
	else
		deleted(t);
}

/* Only what is gone from the source: a listing alone may have lost it. */
static void
on_asked(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	if (r->class == REMOTE_MISSING)
		delete (t);
	else if (r->class == REMOTE_OK)
		transfer_fail(t, false,
			"the source has it, although it did not list it: it "
			"is not deleted");
	else
		transfer_fail_reply(t, "the source", r);
	transfer_settle(t);
}

void
remove_start(struct transfer *t)
{
	const struct object *o = &t->w.object;
	const struct remote_call c = {.verb = REMOTE_HEAD,
		.key = o->key,
		.len = o->len,
		.done = on_asked,
		.ctx = t};

	if (t->e->from != NULL)
		transfer_call(t, t->e->from, &c);
	else if (folder_changed(t->e->from_dir, o->key, o->len) != 0)
		transfer_fail(t, false,
			"the source has it by now: it is not deleted");
	else
		delete (t);
}
