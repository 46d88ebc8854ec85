#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "engine.h"
#include "extension.h"
#include "ident.h"
#include "msg.h"
#include "session.h"

/*
 * Each extension, and whether an object that is none of its own depends on a
 * member of it. What hangs on a member (the index of its table, the array of
 * its type) is its own too.
 */
static const char on_source[] =
	"WITH member AS (SELECT refobjid AS ext, classid, objid FROM pg_depend"
	" WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'),"
	"thing AS (SELECT * FROM member UNION ALL SELECT m.ext, m.classid,"
	" t.typarray FROM member m JOIN pg_type t ON m.classid ="
	" 'pg_type'::regclass AND t.oid = m.objid AND t.typarray <> 0),"
	"dependent AS (SELECT t.ext, d.objid, CASE d.classid"
	" WHEN 'pg_class'::regclass THEN coalesce((SELECT indrelid FROM"
	"  pg_index WHERE indexrelid = d.objid), d.objid)"
	" WHEN 'pg_constraint'::regclass THEN (SELECT greatest(conrelid,"
	"  contypid) FROM pg_constraint WHERE oid = d.objid)"
	" WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef"
	"  WHERE oid = d.objid)"
	" WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite"
	"  WHERE oid = d.objid)"
	" WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger"
	"  WHERE oid = d.objid)"
	" WHEN 'pg_type'::regclass THEN coalesce((SELECT nullif(typrelid, 0)"
	"  FROM pg_type WHERE oid = d.objid), d.objid)"
	" ELSE d.objid END AS owner"
	" FROM pg_depend d JOIN thing t ON d.refclassid = t.classid"
	"  AND d.refobjid = t.objid WHERE d.deptype IN ('n', 'a')"
	"  AND d.classid IN ('pg_class'::regclass, 'pg_proc'::regclass,"
	"  'pg_constraint'::regclass, 'pg_attrdef'::regclass,"
	"  'pg_rewrite'::regclass, 'pg_type'::regclass,"
	"  'pg_trigger'::regclass, 'pg_ts_config'::regclass,"
	"  'pg_ts_dict'::regclass, 'pg_foreign_server'::regclass,"
	"  'pg_policy'::regclass))"
	" SELECT e.extname, n.nspname, e.extversion, EXISTS (SELECT FROM"
	" dependent d WHERE d.ext = e.oid AND NOT EXISTS (SELECT FROM thing t"
	" WHERE t.objid IN (d.objid, d.owner)))"
	" FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace"
	" WHERE e.extname <> 'plpgsql' ORDER BY e.oid";

static const char on_target[] =
	"SELECT x.extname IS NOT NULL, n.nspname, a.installed_version,"
	" a.default_version FROM pg_available_extensions a"
	" LEFT JOIN pg_extension x ON x.extname = a.name"
	" LEFT JOIN pg_namespace n ON n.oid = x.extnamespace"
	" WHERE a.name = $1";

/* What those who run servers use; an application does without. */
static bool
is_providers(const char *name)
{
	static const char *const names[] = {"amcheck", "auto_explain",
		"pageinspect", "pg_buffercache", "pg_freespacemap",
		"pg_prewarm", "pg_stat_statements", "pg_visibility",
		"pg_walinspect", "pgrowlocks", "pgstattuple", "sslinfo"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Does it within a savepoint. 1 done, 0 refused (session_message), or -1. */
static int
attempt(struct session *t, const char *sql)
{
	if (session_exec(t, "SAVEPOINT extension"))
		return -1;
	if (session_try(t, sql) == 0)
		return session_exec(t, "RELEASE SAVEPOINT extension") ? -1 : 1;
	if (!is_session_alive(t))
		return -1;
	/* ROLLBACK TO succeeds without touching the message */
	return session_exec(t, "ROLLBACK TO SAVEPOINT extension") ? -1 : 0;
}

/* The command that puts the extension there; the schema is made if need be. */
static int
put_command(struct buf *b, const char *name, const char *schema,
	const char *verb, const char *to)
{
	return buf_puts(b, verb) || ident_quote(b, name) || buf_puts(b, to) ||
			       ident_quote(b, schema)
		       ? -1
		       : 0;
}

/* Whether the session's database has the schema, else made. 1, 0 or -1. */
static int
need_schema(struct session *t, const char *schema)
{
	const char *params[1] = {schema};
	struct rows *r = session_query(
		t, "SELECT FROM pg_namespace WHERE nspname = $1", 1, params);
	struct buf b = BUF_INIT;
	int rc = r ? rows_count(r) : -1;

	rows_free(r);
	if (rc == 0)
		rc = buf_puts(&b, "CREATE SCHEMA ") || ident_quote(&b, schema)
			     ? -1
			     : attempt(t, buf_str(&b));
	buf_fini(&b);
	return rc;
}

/*
 * Puts the extension into the schema: the same as attempt. Who owns a trusted
 * extension does not own what is in it and so cannot move it, but may drop it
 * and create it again: the target is empty, and DROP refuses what is in use.
 */
static int
place(struct session *t, const char *name, const char *schema, bool is_there)
{
	struct buf make = BUF_INIT, move = BUF_INIT, again = BUF_INIT;
	int rc = need_schema(t, schema);

	if (rc <= 0)
		return rc;
	if (put_command(&make, name, schema, "CREATE EXTENSION ", " SCHEMA ") ||
		put_command(&move, name, schema, "ALTER EXTENSION ",
			" SET SCHEMA ") ||
		buf_puts(&again, "DROP EXTENSION ") ||
		ident_quote(&again, name) ||
		buf_printf(&again, "; %s", buf_str(&make))) {
		msg_error("out of memory");
		rc = -1;
	} else if (!is_there) {
		rc = attempt(t, buf_str(&make));
	} else if ((rc = attempt(t, buf_str(&move))) == 0) {
		rc = attempt(t, buf_str(&again));
	}
	buf_fini(&make);
	buf_fini(&move);
	buf_fini(&again);
	return rc;
}

/* Tells of one that the target will not have, and why. */
static int
lacking(struct engine *e, const char *name, const char *schema, bool used,
	const char *why)
{
	struct buf fix = BUF_INIT;
	int rc;

	if (!used && is_providers(name))
		return engine_tell(e, "note", "extension-skipped", NULL,
			"extension %s serves whoever runs the server and is "
			"left out: %s",
			name, why);
	if (buf_printf(&fix,
		    "on Fly Managed Postgres: fly mpg databases extensions "
		    "enable %s --schema %s%s -c CLUSTER -d DATABASE; "
		    "elsewhere have a superuser run CREATE EXTENSION; or drop "
		    "it from the source if nothing uses it",
		    name, schema,
		    strcmp(schema, "public") == 0 ? "" : " --create-schema")) {
		msg_error("out of memory");
		return -1;
	}
	rc = engine_tell(e, used ? "error" : "warning", "extension-missing",
		buf_str(&fix), "extension %s%s: %s", name,
		used ? ", which the database's own objects need" : "", why);
	buf_fini(&fix);
	return rc;
}

/* One that is installed on the target, but in another schema. */
static int
elsewhere(struct engine *e, const char *name, const char *schema, bool used,
	const char *where)
{
	struct buf fix = BUF_INIT;
	int rc = place(e->target, name, schema, true);

	if (rc < 0)
		return -1;
	if (rc == 1)
		return engine_tell(e, "note", "extension-moves", NULL,
			"extension %s is in schema %s of the target: a copy "
			"moves it to %s, where the source has it",
			name, where, schema);
	if (buf_printf(&fix,
		    "have it where the source has it: fly mpg databases "
		    "extensions disable %s -c CLUSTER -d DATABASE, then enable "
		    "%s --schema %s --create-schema; or as its owner ALTER "
		    "EXTENSION %s SET SCHEMA %s on the target",
		    name, name, schema, name, schema)) {
		msg_error("out of memory");
		return -1;
	}
	rc = engine_tell(e, used ? "error" : "warning", "extension-elsewhere",
		buf_str(&fix),
		"extension %s is in schema %s of the target, in %s of the "
		"source%s, and this role may not move it: %s",
		name, where, schema,
		used ? ", whose objects name it there" : "",
		session_message(e->target));
	buf_fini(&fix);
	return rc;
}

static int
judge(struct engine *e, const struct rows *x, int i)
{
	const char *name = rows_str(x, i, 0), *schema = rows_str(x, i, 1);
	const char *params[1] = {name};
	bool used = rows_bool(x, i, 3), is_there;
	struct rows *r = session_query(e->target, on_target, 1, params);
	const char *version;
	int rc = 0;

	if (!r)
		return -1;
	if (rows_count(r) == 0) {
		rc = lacking(e, name, schema, used,
			"the target's server does not have it");
		goto out;
	}
	is_there = rows_bool(r, 0, 0);
	version = rows_str(r, 0, is_there ? 2 : 3);
	if (is_there && strcmp(rows_str(r, 0, 1), schema) != 0) {
		rc = elsewhere(e, name, schema, used, rows_str(r, 0, 1));
	} else if (!is_there) {
		rc = place(e->target, name, schema, false);
		if (rc == 0) {
			rc = lacking(e, name, schema, used,
				session_message(e->target));
			goto out;
		}
		rc = rc < 0 ? -1 : 0;
	}
	if (rc == 0 && strcmp(version, rows_str(x, i, 2)) != 0)
		rc = engine_tell(e, "note", "extension-version", NULL,
			"extension %s is %s on the source, %s on the target",
			name, rows_str(x, i, 2), version);
out:
	rows_free(r);
	return rc;
}

int
extension_check(struct engine *e)
{
	struct rows *x = session_query(e->source, on_source, 0, NULL);
	int i, rc = x ? 0 : -1;

	if (rc == 0 && rows_count(x) > 0) {
		rc = session_exec(e->target, "BEGIN");
		for (i = 0; rc == 0 && i < rows_count(x); i++)
			rc = judge(e, x, i);
		if (is_session_alive(e->target) &&
			session_exec(e->target, "ROLLBACK"))
			rc = -1;
	}
	rows_free(x);
	return rc;
}

int
extension_create(struct engine *e, const struct catalog_extension *x)
{
	const char *params[1] = {x->name};
	struct rows *r = session_query(e->target, on_target, 1, params);
	int rc = r ? 0 : -1;

	if (rc == 0 && rows_count(r) > 0 &&
		strcmp(rows_str(r, 0, 1), x->schema) != 0) {
		rc = place(e->target, x->name, x->schema, rows_bool(r, 0, 0));
		if (rc == 0)
			msg_debug("extension %s: %s", x->name,
				session_message(e->target));
		rc = rc < 0 ? -1 : 0;
	}
	rows_free(r);
	return rc;
}
