#include <string.h>

#include "buf.h"
#include "choose.h"
#include "diff.h"
#include "ends.h"
#include "msg.h"
#include "pass.h"
#include "plan.h"
#include "status.h"
#include "tigris.h"

struct planning {
	struct ends *e;
	struct buf out, version;
};

enum { BATCH = 65536 };

static int
on_each(void *ctx, const struct difference *x)
{
	struct planning *p = ctx;
	struct work w;
	int rc = choose_work(p->e, x, &w, &p->version);

	if (rc != 1)
		return rc == 0 ? STATUS_OK : STATUS_TEMPORARY;
	if (work_put(&p->out, &w, p->e->source, p->e->target) == -1) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	p->e->rec.done++;
	p->e->rec.bytes += w.object.size;
	if (p->out.len >= BATCH &&
		recorder_emit(&p->e->rec, &p->out, false) == -1)
		return STATUS_TEMPORARY;
	return STATUS_OK;
}

int
plan_all(struct ends *e)
{
	struct planning p = {e, BUF_INIT, BUF_INIT};
	struct pass pass = {.each = on_each, .ctx = &p};
	int status = pass_run(&pass, e);

	if (recorder_emit(&e->rec, &p.out, false) == -1 && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	buf_fini(&p.out);
	buf_fini(&p.version);
	return status != STATUS_OK ? status : ends_status(e);
}

int
plan_run(const void *options, struct env *env)
{
	struct ends e;
	int status = ends_open(&e, options, env, "plan", ENDS_FROM | ENDS_TO);

	if (status == STATUS_OK)
		status = plan_all(&e);
	return ends_close(&e, status);
}
