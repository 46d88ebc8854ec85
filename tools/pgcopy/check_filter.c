#include "buf.h"
#include "check.h"
#include "engine.h"
#include "filter.h"
#include "msg.h"
#include "opt.h"
#include "pgcopy.h"
#include "session.h"

/* Whether the patterns of the options leave a database that can be made. */

#define USERS                                                                  \
	" n.nspname NOT IN ('pg_catalog', 'information_schema', 'airlift',"    \
	" '_heroku') AND n.nspname NOT LIKE 'pg\\_t%' "

static const char names[] =
	"SELECT n.nspname, c.relname FROM pg_namespace n LEFT JOIN pg_class c"
	" ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'S',"
	" 'f') WHERE" USERS;

static bool
is_like_any(const char *pattern, bool of_tables, const struct rows *r)
{
	int i;

	for (i = 0; i < rows_count(r); i++) {
		if (of_tables && is_rows_null(r, i, 1))
			continue;
		if (is_filter_like(pattern, rows_str(r, i, 0),
			    of_tables ? rows_str(r, i, 1) : NULL))
			return true;
	}
	return false;
}

/* Tells of the patterns of one option that are like nothing. 0 or -1. */
static int
tell_idle(struct engine *e, const char *option, bool of_tables,
	const struct opt_list *list, struct rows *const side[2])
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		const char *p = list->item[i];

		if (is_like_any(p, of_tables, side[0]) ||
			is_like_any(p, of_tables, side[1]))
			continue;
		if (engine_tell(e, "error", "pattern-matches-nothing",
			    of_tables ? "write schema.table, in the case that "
					"the names have; * and ? stand for any "
					"text and any character"
				      : "write the name in the case that it "
					"has; * and ? stand for any text and "
					"any character",
			    "--%s %s: neither database has such a %s", option,
			    p, of_tables ? "table" : "schema"))
			return -1;
	}
	return 0;
}

int
check_patterns(struct engine *e)
{
	const struct pgcopy_options *o = e->opt;
	struct rows *side[2] = {NULL, NULL};
	int rc = -1;

	if (!is_filter_set(o) && !o->no_data.n)
		return 0;
	side[0] = session_query(e->source, names, 0, NULL);
	side[1] = session_query(e->target, names, 0, NULL);
	if (side[0] && side[1])
		rc = tell_idle(e, "schema", false, &o->schemas, side) ||
				     tell_idle(e, "exclude-schema", false,
					     &o->not_schemas, side) ||
				     tell_idle(e, "exclude-table", true,
					     &o->not_tables, side) ||
				     tell_idle(e, "exclude-data", true,
					     &o->no_data, side)
			     ? -1
			     : 0;
	rows_free(side[0]);
	rows_free(side[1]);
	return rc;
}

/*
 * What depends on what: the dependent by its kind, schema, table ("" for none)
 * and name, and the same of what it needs. Rules, defaults, triggers, policies
 * and indexes stand for their table. Foreign keys are left out by themselves.
 */
static const char needs[] =
	"WITH d AS (SELECT CASE d.classid"
	" WHEN 'pg_rewrite'::regclass THEN (SELECT ev_class FROM pg_rewrite"
	"  WHERE oid = d.objid)"
	" WHEN 'pg_attrdef'::regclass THEN (SELECT adrelid FROM pg_attrdef"
	"  WHERE oid = d.objid)"
	" WHEN 'pg_trigger'::regclass THEN (SELECT tgrelid FROM pg_trigger"
	"  WHERE oid = d.objid AND NOT tgisinternal)"
	" WHEN 'pg_policy'::regclass THEN (SELECT polrelid FROM pg_policy"
	"  WHERE oid = d.objid)"
	" WHEN 'pg_constraint'::regclass THEN (SELECT nullif(conrelid, 0)"
	"  FROM pg_constraint WHERE oid = d.objid AND contype <> 'f')"
	" WHEN 'pg_class'::regclass THEN coalesce((SELECT indrelid FROM"
	"  pg_index WHERE indexrelid = d.objid), d.objid) END AS rel,"
	" CASE d.classid WHEN 'pg_proc'::regclass THEN d.objid END AS fn,"
	" CASE d.refclassid WHEN 'pg_class'::regclass THEN d.refobjid"
	"  WHEN 'pg_type'::regclass THEN nullif(coalesce(e.typrelid,"
	"  t.typrelid), 0) END AS on_rel,"
	" CASE d.refclassid WHEN 'pg_proc'::regclass THEN d.refobjid END"
	"  AS on_fn, coalesce(e.oid, t.oid) AS on_type"
	" FROM pg_depend d LEFT JOIN pg_type t ON d.refclassid ="
	"  'pg_type'::regclass AND t.oid = d.refobjid"
	" LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typlen = -1"
	" WHERE d.deptype = 'n' AND d.objid >= 16384 AND d.refobjid >= 16384"
	" AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.deptype = 'e' AND"
	"  ((x.classid = d.classid AND x.objid = d.objid) OR (x.classid ="
	"  d.refclassid AND x.objid = d.refobjid))))"
	" SELECT DISTINCT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN"
	" 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END,"
	" n.nspname, coalesce(c.relname, ''), coalesce(quote_ident(n.nspname)"
	" || '.' || quote_ident(c.relname), f.oid::regprocedure::text),"
	" CASE WHEN k.relkind = 'v' THEN 'view' WHEN k.relkind = 'm' THEN"
	" 'materialized view' WHEN k.relkind = 'S' THEN 'sequence' WHEN k.oid"
	" IS NOT NULL THEN 'table' WHEN g.oid IS NOT NULL THEN 'function' ELSE"
	" 'type' END, m.nspname, coalesce(" CHECK_OWNER(
		"k") ", ''),"
		     " coalesce(quote_ident(m.nspname) || '.' || "
		     "quote_ident(k.relname),"
		     " g.oid::regprocedure::text, d.on_type::regtype::text)"
		     " FROM d LEFT JOIN pg_class c ON c.oid = d.rel"
		     " LEFT JOIN pg_proc f ON f.oid = d.fn"
		     " JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace,"
		     "  f.pronamespace)"
		     " LEFT JOIN pg_class k ON k.oid = d.on_rel"
		     " LEFT JOIN pg_proc g ON g.oid = d.on_fn"
		     " LEFT JOIN pg_type y ON y.oid = d.on_type AND d.on_rel "
		     "IS NULL"
		     " JOIN pg_namespace m ON m.oid = coalesce(k.relnamespace,"
		     "  g.pronamespace, y.typnamespace)"
		     " WHERE (c.oid IS NULL OR c.relkind IN ('r', 'p', 'v', "
		     "'m', 'f', 'S'))"
		     " AND (k.oid IS NULL OR k.relkind IN ('r', 'p', 'v', 'm', "
		     "'f', 'S'))"
		     " AND coalesce(c.oid, f.oid) IS DISTINCT FROM k.oid"
		     " AND m.nspname NOT LIKE 'pg\\_%' AND m.nspname <>"
		     " 'information_schema' AND" USERS "ORDER BY 4, 8";

enum { KIND, SCHEMA, TABLE, NAME, ON_KIND, ON_SCHEMA, ON_TABLE, ON_NAME };

static int
tell_need(struct engine *e, const struct rows *r, int i)
{
	bool is_table = *rows_str(r, i, TABLE) != '\0';
	bool on_table = *rows_str(r, i, ON_TABLE) != '\0';
	struct buf fix = BUF_INIT;
	int rc;

	if (is_table)
		rc = buf_printf(&fix,
			"leave it out too (--exclude-table '%s.%s')",
			rows_str(r, i, SCHEMA), rows_str(r, i, TABLE));
	else
		rc = buf_printf(&fix,
			"leave its schema out too "
			"(--exclude-schema '%s')",
			rows_str(r, i, SCHEMA));
	if (rc == 0 && on_table)
		rc = buf_printf(&fix,
			", or copy %s without its rows (--exclude-data "
			"'%s.%s' instead)",
			rows_str(r, i, ON_TABLE), rows_str(r, i, ON_SCHEMA),
			rows_str(r, i, ON_TABLE));
	else if (rc == 0)
		rc = buf_printf(&fix, ", or copy the schema %s too",
			rows_str(r, i, ON_SCHEMA));
	if (rc)
		msg_error("out of memory");
	else
		rc = engine_tell(e, "error", "depends-on-excluded",
			buf_str(&fix),
			"%s %s depends on %s %s, which is left out",
			is_table ? rows_str(r, i, KIND) : "function",
			rows_str(r, i, NAME), rows_str(r, i, ON_KIND),
			rows_str(r, i, ON_NAME));
	buf_fini(&fix);
	return rc;
}

int
check_filter(struct engine *e)
{
	const struct pgcopy_options *o = e->opt;
	struct rows *r;
	int i, rc = 0;

	if (!is_filter_set(o))
		return 0;
	if (!(r = session_query(e->source, needs, 0, NULL)))
		return -1;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		if (is_filter_wanted(
			    o, rows_str(r, i, SCHEMA), rows_str(r, i, TABLE)) &&
			!is_filter_wanted(o, rows_str(r, i, ON_SCHEMA),
				rows_str(r, i, ON_TABLE)))
			rc = tell_need(e, r, i);
	rows_free(r);
	return rc;
}
