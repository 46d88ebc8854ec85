#include "copying.h"
#include "pgcopy.h"
#include "status.h"

int
copy_run(const void *options, struct env *env)
{
	struct copy c;
	int status = copying_open(&c, options, env, "copy");

	if (status == STATUS_OK)
		status = engine_lock(&c.e);
	if (status == STATUS_OK)
		status = copying_prepare(&c);
	if (status == STATUS_OK)
		status = copying_data(&c);
	if (status == STATUS_OK)
		status = copying_complete(&c);
	status = copying_fini(&c, status);
	return c.is_over ? verify_run(options, env) : status;
}
