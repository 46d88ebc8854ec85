#include "check.h"
#include "engine.h"
#include "session.h"

enum { RESERVE = 3 }; /* connections that are left to the application */

/*
 * numbers that every role may see: pg_stat_activity hides much of others'
 * sessions, pg_stat_database's counts do not
 */
static const char limits[] =
	"SELECT current_setting('max_connections')::int8 -"
	" current_setting('superuser_reserved_connections')::int8 -"
	" coalesce(current_setting('reserved_connections', true)::int8, 0),"
	" (SELECT sum(numbackends) FROM pg_stat_database)::int8,"
	" CASE WHEN r.rolsuper THEN -1 ELSE r.rolconnlimit END,"
	" (SELECT count(*) FROM pg_stat_activity WHERE usesysid = r.oid),"
	" CASE WHEN r.rolsuper THEN -1 ELSE d.datconnlimit END,"
	" (SELECT numbackends FROM pg_stat_database WHERE datid = d.oid)::int8"
	" FROM pg_roles r, pg_database d WHERE r.rolname = current_user"
	" AND d.datname = current_database()";

/* The planner holds one now; each worker takes one more. */
static int
check_one(struct engine *e, struct session *s)
{
	static const char *const whose[] = {"max_connections of the server",
		"the limit of this role", "the limit of this database"};
	struct rows *r = session_query(s, limits, 0, NULL);
	int64_t least = INT64_MAX, left;
	int i, which = 0, rc = 0;

	if (!r)
		return -1;
	for (i = 0; rows_count(r) && i < 3; i++) {
		left = rows_int(r, 0, 2 * i) - rows_int(r, 0, 2 * i + 1);
		if ((i == 0 || rows_int(r, 0, 2 * i) >= 0) && left < least) {
			least = left;
			which = i;
		}
	}
	rows_free(r);
	if (least < e->jobs_wanted)
		rc = engine_tell(e, "error", "too-few-connections",
			"use fewer --jobs, or stop something that holds "
			"connections",
			"%s: %lld connections are free by %s, %lld workers "
			"need one each",
			session_what(s), (long long)(least > 0 ? least : 0),
			whose[which], (long long)e->jobs_wanted);
	else if (least - e->jobs_wanted < RESERVE)
		rc = engine_tell(e, "warning", "few-connections",
			"use fewer --jobs while the application runs",
			"%s: %lld connections are free by %s: with %lld "
			"workers %lld stay for everybody else",
			session_what(s), (long long)least, whose[which],
			(long long)e->jobs_wanted,
			(long long)(least - e->jobs_wanted));
	return rc;
}

int
check_connections(struct engine *e)
{
	return check_one(e, e->source) || check_one(e, e->target) ? -1 : 0;
}
