#include <string.h>

#include "deletion.h"
#include "ends.h"
#include "msg.h"
#include "object.h"
#include "pass.h"
#include "recorder.h"
#include "remote.h"
#include "sorter.h"
#include "status.h"
#include "tigris.h"
#include "work.h"

int
deletion_init(struct deletion *d, struct ends *e)
{
	memset(d, 0, sizeof(*d));
	if (!e->opt->delete)
		return STATUS_OK;
	if (e->engine.to != NULL && is_remote_tigris(e->engine.to) &&
		!e->opt->no_shadow) {
		msg_error("the target is on Tigris: with a shadow bucket, "
			  "deleting there deletes in the shadow too. Say "
			  "--no-shadow if it has none (fly storage update "
			  "BUCKET --clear-shadow removes it)");
		return STATUS_MISUSE;
	}
	deletion_forget(d);
	return d->extra != NULL ? STATUS_OK : STATUS_TEMPORARY;
}

void
deletion_fini(struct deletion *d)
{
	sorter_free(d->extra);
	d->extra = NULL;
}

void
deletion_forget(struct deletion *d)
{
	sorter_free(d->extra);
	d->extra = sorter_new(4 << 20);
	d->n = 0;
}

int
deletion_add(struct deletion *d, const struct object *o)
{
	d->n++;
	return d->extra != NULL && sorter_add(d->extra, o, NULL) == 0
		       ? STATUS_OK
		       : STATUS_TEMPORARY;
}

int
deletion_look(struct deletion *d, struct ends *e, const struct object *o)
{
	const struct remote_call c = {
		.verb = REMOTE_HEAD, .key = o->key, .len = o->len};
	struct remote_reply r = {.status = 0};

	if (!e->opt->delete || d->is_looked || e->engine.to == NULL)
		return 0;
	d->is_looked = true;
	if (remote_wait(e->engine.to, &c, &r) == -1)
		return -1;
	if (r.class == REMOTE_OK)
		(void)recorder_tell(&e->rec, "error", "s3-shadow-bucket",
			"run without --delete, or remove the shadow: fly "
			"storage update BUCKET --clear-shadow",
			"the target has %s, which it does not list: it has a "
			"shadow bucket, and deleting would reach it",
			o->key);
	return 0;
}

/* The source a second time: 0 and what it lists in ${p}; or -1. */
static int
list_again(struct ends *e, struct pass *p)
{
	struct feed *f = ends_list(e, true, false);
	struct object o;
	int rc = -1;

	memset(p, 0, sizeof(*p));
	while (f != NULL && (rc = feed_next(f, &o)) == 1)
		pass_count(p, o.key, o.len);
	feed_close(f);
	return rc;
}

/* Whether it may be done at all. An exit status. */
static int
may_delete(struct deletion *d, struct ends *e, const struct pass *first)
{
	struct pass second;
	int64_t before = e->rec.errors;

	if (e->rec.failed > 0 || e->is_incomplete)
		(void)recorder_tell(&e->rec, "error", "s3-delete-after-failure",
			"run again when all is copied",
			"nothing is deleted: not all could be copied");
	if (first->n == 0)
		(void)recorder_tell(&e->rec, "error", "s3-delete-all",
			"look at --from",
			"nothing is deleted: the source is empty");
	if (d->n > e->opt->max_delete)
		(void)recorder_tell(&e->rec, "error", "s3-delete-too-many",
			"look at the plan, then raise --max-delete",
			"nothing is deleted: the target alone has %lld "
			"objects, and --max-delete is %lld",
			(long long)d->n, (long long)e->opt->max_delete);
	if (e->rec.errors > before || e->rec.errors > 0)
		return STATUS_NO;
	if (list_again(e, &second) == -1)
		return STATUS_TEMPORARY;
	if (second.n == first->n && second.digest == first->digest)
		return STATUS_OK;
	(void)recorder_tell(&e->rec, "error", "s3-listings-disagree",
		"stop those who write to the source, and run again",
		"nothing is deleted: the source listed %llu keys, then %llu, "
		"and not the same",
		(unsigned long long)first->n, (unsigned long long)second.n);
	return STATUS_NO;
}

int
deletion_run(struct deletion *d, struct ends *e, const struct pass *first)
{
	struct object o;
	struct work w;
	int rc = 0, status;

	if (d->n == 0)
		return STATUS_OK;
	status = may_delete(d, e, first);
	if (status != STATUS_OK)
		return status;
	if (sorter_done(d->extra) == -1)
		return STATUS_TEMPORARY;
	while ((rc = sorter_next(d->extra, &o, NULL)) == 1) {
		if (work_init(&w, WORK_DELETE, &o, NULL) == -1) {
			msg_error("out of memory");
			return STATUS_TEMPORARY;
		}
		if (engine_submit(&e->engine, &w) == -1)
			return e->engine.stopped;
	}
	if (engine_drain(&e->engine) == -1)
		return e->engine.stopped;
	return rc == -1 ? STATUS_TEMPORARY : STATUS_OK;
}
