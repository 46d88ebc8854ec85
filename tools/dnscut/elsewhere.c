#include <string.h>

#include "buf.h"
#include "clock.h"
#include "elsewhere.h"
#include "json.h"
#include "recordfile.h"

/* How long it counts, and how far clocks may differ. */
enum { FRESH = 3600, AHEAD = 300 };

struct reading {
	double now;
	struct namelist *out;
};

static int
put_key(struct buf *b, const char *name, const char *address)
{
	return buf_printf(b, "%s %s", name, address);
}

static void
take(void *ctx, const struct json_val *v)
{
	struct reading *r = ctx;
	const char *name = json_get_str(v, "name"),
		   *address = json_get_str(v, "address"),
		   *at = json_get_str(v, "at");
	struct buf b = BUF_INIT;
	bool ok = false;
	double t;

	if (strcmp(json_get_str(v, "type"), "https.checked") != 0 ||
		json_bool(json_get(v, "ok"), &ok) == -1 || !ok ||
		name == NULL || address == NULL || at == NULL ||
		clock_parse_rfc3339(at, &t) == -1 || t < r->now - FRESH ||
		t > r->now + AHEAD)
		return;
	if (put_key(&b, name, address) == 0)
		(void)namelist_add(r->out, buf_str(&b));
	buf_fini(&b);
}

int
elsewhere_read(const char *path, double now, struct namelist *out)
{
	struct reading r = {now, out};

	memset(out, 0, sizeof(*out));
	return path == NULL ? 0 : recordfile_each(path, take, &r);
}

bool
is_elsewhere_proven(
	const struct namelist *l, const char *name, const char *address)
{
	struct buf b = BUF_INIT;
	bool is =
		put_key(&b, name, address) == 0 && has_namelist(l, buf_str(&b));

	buf_fini(&b);
	return is;
}
