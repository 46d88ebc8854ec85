#include <string.h>

#include "copying.h"
#include "ends.h"
#include "env.h"
#include "functions.h"
#include "landing.h"
#include "rediscopy.h"
#include "status.h"
#include "verifying.h"

static enum functions_do
functions_policy(const struct rediscopy_options *o)
{
	return strcmp(o->policy, "replace") == 0 ? FUNCTIONS_REPLACE
	       : strcmp(o->policy, "skip") == 0  ? FUNCTIONS_KEEP
						 : FUNCTIONS_ADD;
}

int
copy_run(const void *options, struct env *env)
{
	const struct rediscopy_options *o = options;
	struct verifying v;
	struct copying c;
	uint64_t functions_found = 0;
	int status, functions = STATUS_OK;

	memset(&c, 0, sizeof(c));
	if (copying_init(&c) == -1)
		return STATUS_TEMPORARY;
	status = ends_open(&c.e, o, env, "copy", copying_replay);
	if (status == STATUS_OK)
		status = landing_check(&c);
	if (status == STATUS_OK)
		status = copylog_begin(&c.log, &c.e);
	if (status == STATUS_OK)
		status = copying_run(&c);
	if (status == STATUS_OK && c.log.n_runs > 0)
		status = landing_sweep(&c);
	if (status == STATUS_OK)
		functions = functions_run(
			&c.e, functions_policy(o), &functions_found);
	if (status == STATUS_OK && !o->no_verify) {
		status = verifying_run(&v, &c.e);
		verifying_tell(v.found,
			"what wrote to the source meanwhile makes some: stop "
			"it, and run sync");
		functions_found += v.found;
	}
	if (status == STATUS_OK)
		status = functions;
	c.e.rec.failed += (int64_t)functions_found;
	status = ends_end(&c.e, status);
	ends_close(&c.e);
	copying_fini(&c);
	return status;
}
