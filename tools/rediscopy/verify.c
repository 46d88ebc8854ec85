#include "ends.h"
#include "env.h"
#include "functions.h"
#include "rediscopy.h"
#include "status.h"
#include "verifying.h"

int
verify_run(const void *options, struct env *env)
{
	struct verifying v;
	struct ends e;
	int status = ends_open(&e, options, env, "verify", NULL);
	int functions = STATUS_OK;

	if (status == STATUS_OK) {
		status = verifying_run(&v, &e);
		verifying_tell(v.found, "sync makes the target equal");
		if (status == STATUS_OK || status == STATUS_NO)
			functions =
				functions_run(&e, FUNCTIONS_COMPARE, &v.found);
		if (status == STATUS_OK)
			status = functions;
		e.rec.done = (int64_t)v.keys;
		e.rec.failed = (int64_t)v.found;
	}
	status = ends_end(&e, status);
	ends_close(&e);
	return status;
}
