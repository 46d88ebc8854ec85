#include <string.h>

#include "engine.h"
#include "mem.h"
#include "remote.h"
#include "transfer.h"

/* What was asked for is here, or the transfer has failed: the next question,
 * or on with it. */
static void
go_on(struct transfer *t)
{
	if (!t->is_failed && is_extras_wanted(t))
		extras_ask(t, t->then, t->then_ctx);
	else
		t->then(t->then_ctx);
	transfer_settle(t);
}

static void
on_tags(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	t->has_tags = false;
	if (r->class == REMOTE_OK && *r->text != '\0' &&
		(t->tags = mem_strdup(r->text)) == NULL)
		transfer_fail(t, true, "out of memory");
	else if (r->class == REMOTE_DENIED || r->class == REMOTE_UNSUPPORTED)
		upload_drop(t, "tags");
	else if (r->class != REMOTE_OK)
		transfer_fail_reply(t, "the source's tags", r);
	go_on(t);
}

static void
on_public(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;

	transfer_back(t);
	t->wants_acl = false;
	t->is_public = r->class == REMOTE_OK && r->is_public;
	if (r->class == REMOTE_DENIED || r->class == REMOTE_UNSUPPORTED)
		upload_drop(t, "x-amz-acl");
	else if (r->class != REMOTE_OK)
		transfer_fail_reply(t, "the source's access list", r);
	go_on(t);
}

bool
is_extras_wanted(const struct transfer *t)
{
	return t->e->from != NULL && !t->is_pushed &&
	       (t->wants_acl || t->has_tags);
}

void
extras_ask(struct transfer *t, void (*then)(void *ctx), void *ctx)
{
	const struct remote_call c = {
		.verb = t->wants_acl ? REMOTE_PUBLIC : REMOTE_TAGS,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.done = t->wants_acl ? on_public : on_tags,
		.ctx = t};

	t->then = then;
	t->then_ctx = ctx;
	transfer_call(t, t->e->from, &c);
	if (t->is_failed)
		then(ctx);
}
