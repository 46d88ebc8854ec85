#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "jsonl.h"
#include "msg.h"
#include "namelist.h"
#include "prepared.h"

/* What was read: the plans whose time is known, and the latest of the times. */
struct reading {
	struct namelist plans;
	double latest;
};

/* Takes the time of one record, if it is one. A plan that was applied again
 * counts from the first time. */
static void
take(const struct json_val *v, const char *zone, struct reading *r)
{
	const char *z = json_get_str(v, "zone"),
		   *plan = json_get_str(v, "plan"),
		   *phase = json_get_str(v, "phase"),
		   *at = json_get_str(v, "safe_after");
	double t;

	if (strcmp(json_get_str(v, "type"), "zone.changed") != 0 || z == NULL ||
		strcmp(z, zone) != 0 || phase == NULL ||
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
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;
	struct reading r = {{NULL, 0}, 0};
	struct jsonl *in;
	struct json *doc;

	if (fd == -1) {
		msg_errno("%s", path);
		return -1;
	}
	if ((in = jsonl_open(fd, path, JSONL_MAX_LINE)) != NULL) {
		/* a last line that is torn is none */
		jsonl_growing(in);
		while ((rc = jsonl_next(in, &doc)) == 1) {
			take(json_root(doc), zone, &r);
			json_free(doc);
		}
		jsonl_close(in);
	}
	close(fd);
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
