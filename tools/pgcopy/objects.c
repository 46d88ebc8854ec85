#include "objects.h"
#include "engine.h"
#include "finish.h"
#include "lodigest.h"
#include "part.h"
#include "plan.h"
#include "session.h"
#include "status.h"

static int
copy_objects(struct engine *e, const struct lodigest *d)
{
	static const struct part again = {.kind = "lo", .again = true};
	int64_t failed = e->rec.failed;
	size_t i;

	for (i = 0; i < d->n_gone; i++)
		if (session_execf(
			    e->target, "SELECT lo_unlink(%u)", d->gone[i]))
			return engine_status(e);
	if (plan_objects(e, &again, PLAN_LO, d->put, d->n_put) ||
		engine_run(e, "large objects") ||
		(d->n_put && finish_comments(e)))
		return engine_status(e);
	return e->rec.failed > failed ? STATUS_NO : STATUS_OK;
}

int
objects_sync(struct engine *e, size_t *changed)
{
	struct lodigest d;
	int status;

	*changed = 0;
	if (lodigest_compare(e->source, e->target, &d))
		return engine_status(e);
	status = copy_objects(e, &d);
	*changed = d.n_put + d.n_gone;
	lodigest_fini(&d);
	return status;
}

int
objects_compare(struct engine *e, const char *fix)
{
	struct lodigest d;
	size_t n;
	int rc = 0;

	if (lodigest_compare(e->source, e->target, &d))
		return -1;
	n = d.n_put + d.n_gone;
	if (n)
		rc = engine_tell(e, "error", "large-objects-differ", fix,
			"%zu large objects are not the same, the first is %u",
			n, d.n_put ? d.put[0] : d.gone[0]);
	lodigest_fini(&d);
	return rc;
}
