#include <string.h>

#include "check.h"
#include "engine.h"
#include "env.h"
#include "extension.h"
#include "filter.h"
#include "pgcopy.h"
#include "pgtools.h"
#include "session.h"
#include "status.h"

enum { OLDEST = 13, NEWEST = 18 };

/* Whether what row ${i} is about is copied at all. */
static bool
is_wanted(const struct engine *e, const struct rows *r, int i)
{
	const char *schema, *table;

	if (rows_width(r) < 3)
		return true;
	schema = rows_str(r, i, 1);
	table = rows_str(r, i, 2);
	return is_filter_wanted(e->opt, schema, table) &&
	       !(rows_width(r) > 3 && is_filter_empty(e->opt, schema, table));
}

int
check_rows(struct engine *e, struct session *s, const struct check_query *q,
	size_t n)
{
	size_t k;
	int i, rc = 0;

	for (k = 0; rc == 0 && k < n; k++) {
		struct rows *r = session_query(s, q[k].sql, 0, NULL);
		const char *told = "";

		if (!r)
			return -1;
		for (i = 0; rc == 0 && i < rows_count(r); i++) {
			const char *subject = rows_str(r, i, 0);

			if (!is_wanted(e, r, i) || strcmp(subject, told) == 0)
				continue;
			rc = engine_tell(e, q[k].level, q[k].rule, q[k].fix,
				"%s: %s", subject, q[k].what);
			told = subject;
		}
		rows_free(r);
	}
	return rc;
}

static int
check_version(struct engine *e, const struct session *s)
{
	int v = session_version(s) / 10000;

	if (v > NEWEST)
		return engine_tell(e, "warning", "version-untested",
			"look for a newer airlift",
			"the %s is PostgreSQL %d, newer than any this was "
			"tested with",
			session_what(s), v);
	if (v >= 11 && v < OLDEST)
		return engine_tell(e, "warning", "version-untested",
			"rehearse the copy, or upgrade first",
			"the %s is PostgreSQL %d: 13 to 18 are tested",
			session_what(s), v);
	return 0;
}

int
check_versions(struct engine *e)
{
	int from = session_version(e->source) / 10000;
	int to = session_version(e->target) / 10000;
	struct pgtools tools;

	if (from < 12 && engine_tell(e, "error", "source-too-old",
				 "upgrade the source to 12 or later first",
				 "the source is PostgreSQL %d", from))
		return -1;
	if (check_version(e, e->source) || check_version(e, e->target))
		return -1;
	if (to < from &&
		engine_tell(e, "error", "target-older",
			"create the target with the source's version or a "
			"newer one (fly mpg create --pg-major-version)",
			"the target is PostgreSQL %d, the source %d", to, from))
		return -1;
	if (pgtools_find(from, to, &tools))
		return engine_tell(e, "error", "pg-dump-missing",
			"install the PostgreSQL client of the source's version "
			"or a newer one",
			"no pg_dump of version %d or newer is here", from);
	pgtools_fini(&tools);
	return 0;
}

int
check_preflight(struct engine *e)
{
	int from = session_version(e->source) / 10000;
	int to = session_version(e->target) / 10000;

	if (to < from)
		return engine_tell(e, "error", "target-older",
			"create the target with the source's version or a "
			"newer one",
			"the target is PostgreSQL %d, the source %d", to, from);
	if ((is_session_pooled(e->source) || is_session_pooled(e->target)) &&
		check_pooler(e))
		return -1;
	if (check_reserved(e, e->source) || check_outgrown(e) ||
		check_target_rights(e))
		return -1;
	/* without them no extension could be created either */
	return e->rec.errors                           ? 0
	       : check_filter(e) || extension_check(e) ? -1
						       : 0;
}

int
check_run(const void *options, struct env *env)
{
	struct engine e;
	int status = engine_open(&e, options, env, "check");

	if (status == STATUS_OK) {
		if (check_versions(&e) || check_outgrown(&e) ||
			check_pooler(&e) || check_patterns(&e) ||
			check_filter(&e) || check_source(&e) ||
			check_target(&e) || extension_check(&e) ||
			check_locale(&e) || check_connections(&e) ||
			check_cost(&e))
			status = STATUS_TEMPORARY;
		else
			status = e.rec.errors ? STATUS_NO : STATUS_OK;
	}
	status = engine_end(&e, status);
	engine_close(&e);
	return status;
}
