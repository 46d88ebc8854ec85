#include <stdarg.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "conninfo.h"
#include "engine.h"
#include "env.h"
#include "ledger.h"
#include "msg.h"
#include "num.h"
#include "pgcopy.h"
#include "pgtools.h"
#include "session.h"
#include "status.h"

/* Each check looks at one thing that has stopped copies; 0 or -1. */

__attribute__((format(printf, 5, 6))) static int
tell(struct engine *e, const char *level, const char *rule, const char *fix,
	const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (rc == 0)
		rc = engine_finding(e, level, rule, buf_str(&b), fix);
	buf_fini(&b);
	return rc;
}

static int
check_versions(struct engine *e)
{
	int from = session_version(e->source) / 10000;
	int to = session_version(e->target) / 10000;
	struct pgtools tools;

	if (from < 11 && tell(e, "error", "source-too-old",
				 "upgrade the source to 11 or later first",
				 "the source is PostgreSQL %d", from))
		return -1;
	if (to < from &&
		tell(e, "error", "target-older",
			"create the target with the source's version or a "
			"newer one",
			"the target is PostgreSQL %d, the source %d", to, from))
		return -1;
	if (pgtools_find(from, &tools))
		return tell(e, "error", "pg-dump-missing",
			"install the PostgreSQL client of the source's version "
			"or a newer one",
			"no pg_dump of version %d or newer is here", from);
	pgtools_fini(&tools);
	return 0;
}

/* One finding a row of the query: its first column is the subject. */
static int
each_row(struct engine *e, struct session *s, const char *sql,
	const char *level, const char *rule, const char *what, const char *fix)
{
	struct rows *r = session_query(s, sql, 0, NULL);
	int i, rc = 0;

	if (!r)
		return -1;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = tell(
			e, level, rule, fix, "%s: %s", rows_str(r, i, 0), what);
	rows_free(r);
	return rc;
}

#define USER_TABLES                                                            \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"       \
	" WHERE n.nspname NOT IN ('pg_catalog', 'information_schema',"         \
	" 'airlift') AND n.nspname NOT LIKE 'pg\\_t%' AND NOT EXISTS"          \
	" (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"     \
	" AND d.objid = c.oid AND d.deptype = 'e') AND "
#define TABLE_NAME                                                             \
	"SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)"

/* CASE: a privilege function must not see a relation of another kind. */
#define WHEN_KIND(kinds, test)                                                 \
	"CASE WHEN c.relkind IN (" kinds ") THEN " test " ELSE false END"

static int
check_source(struct engine *e)
{
	static const struct {
		const char *sql, *level, *rule, *what, *fix;
	} checks[] = {
		{TABLE_NAME USER_TABLES WHEN_KIND("'r', 'p'",
			 "NOT has_table_privilege(c.oid, 'SELECT')"),
			"error", "table-unreadable",
			"this role may not read it",
			"GRANT SELECT to the role, or copy as its owner"},
		{TABLE_NAME USER_TABLES WHEN_KIND(
			 "'r'", "row_security_active(c.oid)"),
			"error", "row-security-hides-rows",
			"row security hides rows from this role",
			"copy as a role with BYPASSRLS or as its owner"},
		{TABLE_NAME USER_TABLES WHEN_KIND(
			 "'S'", "NOT has_sequence_privilege(c.oid, 'SELECT')"),
			"error", "sequence-unreadable",
			"this role may not read it",
			"GRANT SELECT ON SEQUENCE to the role"},
		{TABLE_NAME USER_TABLES "c.relkind = 'f'", "note",
			"foreign-table",
			"a foreign table: its definition is copied, its rows "
			"stay where they are",
			NULL},
		{"SELECT evtname FROM pg_event_trigger", "note",
			"event-trigger",
			"an event trigger: only a superuser can create it on "
			"the target",
			NULL},
		{"SELECT gid FROM pg_prepared_xacts WHERE database ="
		 " current_database()",
			"warning", "prepared-transaction",
			"a prepared transaction is open: its rows are not in "
			"the copy",
			"COMMIT PREPARED or ROLLBACK PREPARED it first"},
	};
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (each_row(e, e->source, checks[i].sql, checks[i].level,
			    checks[i].rule, checks[i].what, checks[i].fix))
			return -1;
	return 0;
}

static int
check_target(struct engine *e)
{
	struct session *t = e->target;
	struct ledger l;
	int64_t foreign;
	int rc;

	if (each_row(e, t,
		    "SELECT current_user WHERE NOT has_database_privilege("
		    "current_database(), 'CREATE')",
		    "error", "target-no-create",
		    "may not create schemas in the target database",
		    "GRANT CREATE ON DATABASE, or use the database's owner") ||
		each_row(e, t,
			"SELECT current_database() WHERE "
			"pg_is_in_recovery()",
			"error", "target-read-only",
			"the target is a standby and cannot be written",
			"give the primary's address"))
		return -1;
	if (ledger_load(t, &l))
		return -1;
	if (l.source) {
		rc = strcmp(l.source, conninfo_identity(e->from)) == 0
			     ? tell(e, "note", "copy-to-continue", NULL,
				       "the target holds an earlier copy of "
				       "this "
				       "source, which would be continued")
			     : tell(e, "error", "target-of-another-source",
				       "give an empty database",
				       "the target holds a copy of another "
				       "source");
		ledger_fini(&l);
		return rc;
	}
	if (catalog_count_foreign(t, &foreign))
		return -1;
	if (foreign == 0)
		return 0;
	return tell(e, "error", "target-not-empty", "give an empty database",
		"the target holds %lld objects of its own", (long long)foreign);
}

/* What the target says of one of the source's extensions. */
static int
check_extension(struct engine *e, const char *name)
{
	const char *params[1] = {name};
	struct rows *r = session_query(e->target,
		"SELECT a.installed_version IS NOT NULL, (SELECT"
		" bool_or(v.trusted OR NOT v.superuser) FROM"
		" pg_available_extension_versions v WHERE v.name = a.name),"
		" (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
		" FROM pg_available_extensions a WHERE a.name = $1",
		1, params);
	int rc = 0;

	if (!r)
		return -1;
	if (rows_count(r) == 0)
		rc = tell(e, "warning", "extension-unavailable",
			"enable it on the target if the application uses it "
			"(fly mpg databases extensions enable), or drop it "
			"from the source",
			"extension %s is not available on the target", name);
	else if (!rows_bool(r, 0, 0) && !rows_bool(r, 0, 1) &&
		 !rows_bool(r, 0, 2))
		rc = tell(e, "warning", "extension-needs-superuser",
			"have it created on the target first (fly mpg "
			"databases extensions enable)",
			"extension %s can be created by a superuser only",
			name);
	rows_free(r);
	return rc;
}

static int
check_extensions(struct engine *e)
{
	struct rows *r = session_query(e->source,
		"SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"
		" ORDER BY extname",
		0, NULL);
	int i, rc = 0;

	if (!r)
		return -1;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = check_extension(e, rows_str(r, i, 0));
	rows_free(r);
	return rc;
}

static int
check_locale(struct engine *e)
{
	static const char sql[] =
		"SELECT pg_encoding_to_char(encoding), datcollate, datctype"
		" FROM pg_database WHERE datname = current_database()";
	struct rows *a = session_query(e->source, sql, 0, NULL);
	struct rows *b = session_query(e->target, sql, 0, NULL);
	int rc = a && b ? 0 : -1;

	if (rc == 0 && strcmp(rows_str(a, 0, 0), rows_str(b, 0, 0)) != 0)
		rc = tell(e, "warning", "encoding-differs",
			"create the target database with the source's "
			"encoding",
			"the source is encoded in %s, the target in %s: text "
			"is converted, and what has no counterpart fails",
			rows_str(a, 0, 0), rows_str(b, 0, 0));
	if (rc == 0 && strcmp(rows_str(a, 0, 1), rows_str(b, 0, 1)) != 0)
		rc = tell(e, "warning", "collation-differs",
			"create the target database with the same LC_COLLATE "
			"if the order of text matters",
			"text sorts by %s on the source and by %s on the "
			"target",
			rows_str(a, 0, 1), rows_str(b, 0, 1));
	rows_free(a);
	rows_free(b);
	return rc;
}

/* Free connections of a server, as this role can have them. */
static int
check_connections(struct engine *e, struct session *s, int64_t wanted)
{
	struct rows *r = session_query(s,
		"SELECT least(current_setting('max_connections')::int8 -"
		" current_setting('superuser_reserved_connections')::int8 -"
		" (SELECT count(*) FROM pg_stat_activity WHERE backend_type ="
		" 'client backend'), (SELECT CASE WHEN rolconnlimit < 0 THEN"
		" 100000 ELSE rolconnlimit - (SELECT count(*) FROM"
		" pg_stat_activity a WHERE a.usename = current_user) END"
		" FROM pg_roles WHERE rolname = current_user))",
		0, NULL);
	int64_t left;
	int rc = 0;

	if (!r)
		return -1;
	left = rows_int(r, 0, 0);
	rows_free(r);
	if (left < wanted)
		rc = tell(e, "error", "too-few-connections",
			"use fewer --jobs, or stop something that holds "
			"connections",
			"%s: %lld connections are free, %lld are needed",
			session_what(s), (long long)left, (long long)wanted);
	if (rc == 0 && is_session_pooled(s))
		rc = tell(e, "error", "pooler",
			"give the server's direct address (for Fly Managed "
			"Postgres direct.<id>.flympg.net)",
			"%s: a connection pooler stands before the server, and "
			"snapshots do not work through it",
			session_what(s));
	return rc;
}

static int
tell_size(struct engine *e)
{
	struct rows *r = session_query(e->source,
		"SELECT pg_database_size(current_database())", 0, NULL);
	struct buf b = BUF_INIT;
	int rc = -1;

	if (!r)
		return -1;
	if (num_put_size(&b, (uint64_t)rows_int(r, 0, 0)) == 0)
		rc = tell(e, "note", "size", NULL, "the source database has %s",
			buf_str(&b));
	rows_free(r);
	buf_fini(&b);
	return rc;
}

int
check_run(const void *options, struct env *env)
{
	struct engine e;
	int status = engine_open(&e, options, env, "check");

	if (status == STATUS_OK) {
		/* a pooled source first: the rest would go wrong behind it */
		if (check_versions(&e) || check_source(&e) ||
			check_target(&e) || check_extensions(&e) ||
			check_locale(&e) ||
			check_connections(&e, e.source, e.jobs_wanted) ||
			check_connections(&e, e.target, e.jobs_wanted) ||
			tell_size(&e))
			status = STATUS_TEMPORARY;
		else
			status = e.errors ? STATUS_NO : STATUS_OK;
	}
	status = engine_end(&e, status);
	engine_close(&e);
	return status;
}
