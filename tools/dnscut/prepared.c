#include <string.h>

#include "clock.h"
#include "json.h"
#include "msg.h"
#include "namelist.h"
#include "prepared.h"
#include "recordfile.h"

/* What was read: the plans whose time is known, and the latest of the times. */
struct reading {
	const char *zone;
	struct namelist plans;
	double latest;
};

/* Takes the time of one record, if it is one. A plan that was applied again
 * counts from the first time. */
static void
take(void *ctx, const struct json_val *v)
{
	struct reading *r = ctx;
	const char *z = json_get_str(v, "zone"),
		   *plan = json_get_str(v, "plan"),
		   *phase = json_get_str(v, "phase"),
		   *at = json_get_str(v, "safe_after");
	double t;

	if (strcmp(json_get_str(v, "type"), "zone.changed") != 0 || z == NULL ||
		strcmp(z, r->zone) != 0 || phase == NULL ||
		strcmp(phase, "ttl") != 0 || at == NULL || plan == NULL ||
		clock_parse_rfc3339(at, &t) == -1 ||
		has_namelist(&r->plans, plan) ||
		namelist_add(&r->plans, plan) == -1)
		return;
	if (t > r->latest)
		r->latest = t;
}

int
prepared_read(const char *path, const char *zone, double *safe_after)
{
	struct reading r = {.zone = zone};
	int rc = recordfile_each(path, take, &r);

	if (rc == 0 && r.plans.n == 0) {
		msg_error("%s: it does not tell that TTLs of %s were changed: "
			  "apply the plan made with --ttl to its end first",
			path, zone);
		rc = -1;
	}
	namelist_fini(&r.plans);
	*safe_after = r.latest;
	return rc;
}
