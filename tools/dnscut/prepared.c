#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "jsonl.h"
#include "msg.h"
#include "prepared.h"

/* Takes the time of one record, if it is one. */
static void
take(const struct json_val *v, const char *zone, double *safe_after, int *found)
{
	const char *z = json_get_str(v, "zone"),
		   *phase = json_get_str(v, "phase"),
		   *at = json_get_str(v, "safe_after");
	double t;

	if (strcmp(json_get_str(v, "type"), "zone.changed") != 0 || z == NULL ||
		strcmp(z, zone) != 0 || phase == NULL ||
		strcmp(phase, "ttl") != 0 || at == NULL ||
		clock_parse_rfc3339(at, &t) == -1)
		return;
	*found = 1;
	if (t > *safe_after)
		*safe_after = t;
}

int
prepared_read(const char *path, const char *zone, double *safe_after)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1, found = 0;
	struct jsonl *in;
	struct json *doc;

	*safe_after = 0;
	if (fd == -1) {
		msg_errno("%s", path);
		return -1;
	}
	if ((in = jsonl_open(fd, path, JSONL_MAX_LINE)) != NULL) {
		while ((rc = jsonl_next(in, &doc)) == 1) {
			take(json_root(doc), zone, safe_after, &found);
			json_free(doc);
		}
		jsonl_close(in);
	}
	close(fd);
	if (rc == 0 && !found) {
		msg_error("%s: it does not tell that TTLs of %s were changed: "
			  "apply the plan made with --ttl to its end first",
			path, zone);
		rc = -1;
	}
	return rc;
}
