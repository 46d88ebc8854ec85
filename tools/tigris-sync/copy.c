#include <string.h>

#include "buf.h"
#include "choose.h"
#include "compare.h"
#include "deletion.h"
#include "diff.h"
#include "ends.h"
#include "msg.h"
#include "pass.h"
#include "plan.h"
#include "status.h"
#include "tigris.h"

struct copying {
	struct ends *e;
	struct deletion del;
	struct buf version;
};

static int
on_each(void *ctx, const struct difference *x)
{
	struct copying *c = ctx;
	struct work w;
	int rc;

	if (x->kind == DIFF_EXTRA && c->e->opt->delete)
		return deletion_add(&c->del, x->to);
	rc = choose_work(c->e, x, &w, &c->version);
	if (rc == 0)
		return STATUS_OK;
	if (rc == 1 && x->kind == DIFF_MISSING &&
		deletion_look(&c->del, c->e, x->from) == -1)
		return STATUS_TEMPORARY;
	if (rc == -1 || engine_submit(&c->e->engine, &w) == -1)
		return c->e->engine.stopped != 0 ? c->e->engine.stopped
						 : STATUS_TEMPORARY;
	return STATUS_OK;
}

static void
on_again(void *ctx)
{
	struct copying *c = ctx;

	deletion_forget(&c->del);
}

static int
copy_all(struct ends *e)
{
	struct copying c = {.e = e, .version = BUF_INIT};
	struct pass pass = {.each = on_each, .again = on_again, .ctx = &c};
	int status = deletion_init(&c.del, e);

	if (status == STATUS_OK)
		status = pass_run(&pass, e);
	if (engine_drain(&e->engine) == -1 && status == STATUS_OK)
		status = e->engine.stopped;
	if (status == STATUS_OK && e->opt->delete)
		status = deletion_run(&c.del, e, &pass);
	if (status == STATUS_OK && !e->opt->no_verify && e->rec.failed == 0)
		status = compare_all(e, "list", false);
	deletion_fini(&c.del);
	buf_fini(&c.version);
	return status != STATUS_OK ? status : ends_status(e);
}

static int
check_options(const struct tigris_options *o)
{
	if (o->delete &&o->max_delete < 0) {
		msg_error("--delete needs --max-delete N: how many objects it "
			  "may be at most");
		return STATUS_MISUSE;
	}
	if (!o->delete &&(o->max_delete >= 0 || o->no_shadow)) {
		msg_error("--max-delete and --no-shadow are for --delete");
		return STATUS_MISUSE;
	}
	if (o->delete &&(o->shard != NULL || o->min_size > 0 ||
			 o->max_size > 0 || o->min_age > 0 || o->max_age > 0)) {
		msg_error("--delete goes with --include and --exclude only, "
			  "not with shares, sizes and ages");
		return STATUS_MISUSE;
	}
	return STATUS_OK;
}

int
copy_run(const void *options, struct env *env)
{
	const struct tigris_options *o = options;
	struct ends e;
	int status = check_options(o);

	if (status != STATUS_OK)
		return status;
	status = ends_open(&e, o, env, "copy",
		ENDS_FROM | ENDS_TO | (o->dry_run ? 0 : ENDS_WRITE));
	if (status == STATUS_OK)
		status = o->dry_run ? plan_all(&e) : copy_all(&e);
	return ends_close(&e, status);
}
