#include "compare.h"
#include "ends.h"
#include "status.h"
#include "tigris.h"

int
verify_run(const void *options, struct env *env)
{
	const struct tigris_options *o = options;
	struct ends e;
	int status = ends_open(&e, o, env, "verify", ENDS_FROM | ENDS_TO);

	if (status == STATUS_OK)
		status = compare_all(&e, o->proof, true);
	return ends_close(&e, status);
}
