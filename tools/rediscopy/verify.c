#include "ends.h"
#include "env.h"
#include "rediscopy.h"
#include "status.h"
#include "verifying.h"

int
verify_run(const void *options, struct env *env)
{
	struct verifying v;
	struct ends e;
	int status = ends_open(&e, options, env, "verify", NULL);

	if (status == STATUS_OK) {
		status = verifying_run(&v, &e);
		e.rec.done = (int64_t)v.keys;
		e.rec.failed = (int64_t)v.found;
	}
	status = ends_end(&e, status);
	ends_close(&e);
	return status;
}
