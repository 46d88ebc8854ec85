#include "check.h"
#include "engine.h"
#include "session.h"

#define USERS                                                                  \
	" n.nspname NOT IN ('pg_catalog', 'information_schema', 'airlift',"    \
	" '_heroku') AND n.nspname NOT LIKE 'pg\\_t%' "
#define NOT_OF_EXTENSION(catalog)                                              \
	"NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '" catalog      \
	"'::regclass AND d.objid = c.oid AND d.deptype = 'e') "
#define USER_TABLES                                                            \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"       \
	" WHERE" USERS "AND " NOT_OF_EXTENSION("pg_class") "AND "
/* the subject, then what the patterns of the options are about */
#define NAME(column, table)                                                    \
	"SELECT quote_ident(n.nspname) || '.' || quote_ident(" column "),"     \
	" n.nspname, " table
#define TABLE_NAME NAME("c.relname", "c.relname")
#define FUNCTION_NAME "SELECT c.oid::regprocedure::text, n.nspname, ''"

/* CASE: a privilege function must not see a relation of another kind. */
#define WHEN_KIND(kinds, test)                                                 \
	"CASE WHEN c.relkind IN (" kinds ") THEN " test " ELSE false END"

/* of its partitions, since they are what a pattern leaves out */
static const char hashed_by_enum[] = NAME("c.relname",
	"coalesce(k.relname, c.relname)") ", true FROM pg_class c JOIN"
					  " pg_namespace n ON n.oid = "
					  "c.relnamespace LEFT JOIN "
					  "pg_inherits h ON"
					  " h.inhparent = c.oid LEFT JOIN "
					  "pg_class k ON k.oid = h.inhrelid"
					  " WHERE" USERS
					  "AND " NOT_OF_EXTENSION(
						  "pg_class") "AND c.relkind ="
							      " 'p' AND EXISTS "
							      "(SELECT FROM "
							      "pg_partitioned_"
							      "table p JOIN "
							      "pg_attribute"
							      " a ON "
							      "a.attrelid = "
							      "p.partrelid AND "
							      "a.attnum = ANY"
							      " (p.partattrs::"
							      "int2[]) JOIN "
							      "pg_type t ON "
							      "t.oid = "
							      "a.atttypid WHERE"
							      " p.partrelid = "
							      "c.oid AND "
							      "p.partstrat = "
							      "'h' AND "
							      "t.typtype = 'e')"
							      " ORDER BY 1";

static const struct check_query readable[] = {
	{"SELECT quote_ident(n.nspname), n.nspname, '' FROM pg_namespace n "
	 "WHERE" USERS "AND NOT has_schema_privilege(n.oid, 'USAGE')",
		"error", "schema-unreadable",
		"this role may not look into the schema",
		"GRANT USAGE ON SCHEMA to the role, or copy as its owner"},
	{TABLE_NAME USER_TABLES WHEN_KIND(
		 "'r', 'p'", "NOT has_table_privilege(c.oid, 'SELECT')"),
		"error", "table-unreadable", "this role may not read it",
		"GRANT SELECT to the role, or copy as its owner"},
	{TABLE_NAME ", true" USER_TABLES WHEN_KIND(
		 "'r'", "row_security_active(c.oid)"),
		"error", "row-security-hides-rows",
		"row security hides rows from this role",
		"copy as a role with BYPASSRLS or as its owner"},
	{NAME("c.relname", CHECK_OWNER("c")) USER_TABLES WHEN_KIND(
		 "'S'", "NOT has_sequence_privilege(c.oid, 'SELECT')"),
		"error", "sequence-unreadable", "this role may not read it",
		"GRANT SELECT ON SEQUENCE to the role"},
	{"SELECT 'large object ' || m.oid FROM pg_largeobject_metadata m"
	 " WHERE NOT pg_has_role(m.lomowner, 'USAGE')"
	 " AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
	 " AND current_setting('lo_compat_privileges') = 'off'"
	 " AND NOT EXISTS (SELECT FROM aclexplode(m.lomacl) a WHERE"
	 " a.privilege_type = 'SELECT' AND CASE WHEN a.grantee = 0 THEN true"
	 " ELSE pg_has_role(a.grantee, 'USAGE') END) ORDER BY m.oid LIMIT 20",
		"error", "large-object-unreadable", "this role may not read it",
		"GRANT SELECT ON LARGE OBJECT to the role"},
	{"SELECT 'PREPARE TRANSACTION ' || quote_literal(gid) FROM"
	 " pg_prepared_xacts WHERE database = current_database()",
		"warning", "prepared-transaction",
		"it is open: its rows are not in the copy",
		"COMMIT PREPARED or ROLLBACK PREPARED it first"},
	{TABLE_NAME USER_TABLES "c.relkind = 'f'", "note", "foreign-table",
		"a foreign table: its definition is copied, its rows stay "
		"where they are",
		NULL},
	{TABLE_NAME USER_TABLES "c.relkind IN ('r', 'm') AND EXISTS"
				" (SELECT FROM pg_index i WHERE "
				"i.indrelid = c.oid AND NOT "
				"i.indisvalid)",
		"warning", "index-invalid",
		"an index on it is invalid: it is built anew on the target, "
		"which fails if rows violate it",
		"REINDEX it on the source, or drop it"},
	{hashed_by_enum, "error", "hash-partition-by-enum",
		"it is partitioned by the hash of an enum, which depends on "
		"numbers that every server gives anew: its rows would belong "
		"to other partitions",
		"copy with --exclude-data of its partitions, then load them "
		"with pg_dump --data-only --load-via-partition-root"},
	{FUNCTION_NAME
		" FROM pg_proc c JOIN pg_namespace n"
		" ON n.oid = c.pronamespace WHERE" USERS
		"AND " NOT_OF_EXTENSION("pg_proc") "AND c.proacl IS NOT NULL "
						   "AND NOT EXISTS (SELECT"
						   " FROM aclexplode(c.proacl) "
						   "a WHERE a.grantee = 0)",
		"warning", "public-may-execute",
		"PUBLIC may not execute it here, but may on the target after a "
		"copy without --acl",
		"copy with --acl (the roles must exist on the target), or "
		"REVOKE there what was revoked here"},
	{"SELECT format('%s of the role %I', c, current_user) FROM"
	 " pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase = 0"
	 " AND s.setrole = (SELECT oid FROM pg_roles WHERE rolname ="
	 " current_user)",
		"note", "role-setting",
		"it holds in all databases and is not copied, as roles are "
		"not",
		"ALTER ROLE ... SET for the application's role on the target, "
		"if the application needs it"},
	{"SELECT subname FROM pg_stat_subscription WHERE subname IS NOT NULL",
		"warning", "subscription",
		"a subscription: what it brings in is copied, itself it is "
		"not",
		"stop what feeds it before the final copy"},
};

/* What only a superuser can create; asked when the target's role is none. */
static const struct check_query privileged[] = {
	{"SELECT 'event trigger ' || quote_ident(evtname) FROM pg_event_trigger"
	 " c WHERE " NOT_OF_EXTENSION("pg_event_trigger"),
		"note", "event-trigger",
		"only a superuser can create it on the target: it is left out",
		NULL},
	{FUNCTION_NAME
		" FROM pg_proc c JOIN pg_namespace n"
		" ON n.oid = c.pronamespace JOIN pg_language l ON l.oid = "
		"c.prolang"
		" WHERE" USERS "AND " NOT_OF_EXTENSION(
			"pg_proc") "AND NOT l.lanpltrusted AND c.prokind <> 'a'"
				   /* not the constructors of a range type */
				   " AND NOT EXISTS (SELECT FROM pg_depend d "
				   "WHERE "
				   "d.classid ="
				   " 'pg_proc'::regclass AND d.objid = c.oid "
				   "AND "
				   "d.deptype = 'i')",
		"error", "function-needs-superuser",
		"a function in an untrusted language: only a superuser can "
		"create it on the target",
		"drop it, or write it in SQL or PL/pgSQL"},
	{FUNCTION_NAME " FROM pg_proc c JOIN pg_namespace n"
		       " ON n.oid = c.pronamespace WHERE" USERS
		       "AND c.proleakproof AND " NOT_OF_EXTENSION("pg_proc"),
		"error", "function-needs-superuser",
		"a LEAKPROOF function: only a superuser can create it on the "
		"target",
		"ALTER FUNCTION ... NOT LEAKPROOF"},
	{NAME("c.opcname",
		 "''") " FROM pg_opclass c JOIN pg_namespace n ON n.oid ="
		       " c.opcnamespace WHERE" USERS
		       "AND " NOT_OF_EXTENSION("pg_opclass"),
		"error", "operator-class-needs-superuser",
		"an operator class: only a superuser can create it on the "
		"target",
		"drop it from the source"},
	{NAME("c.typname",
		 "''") " FROM pg_type c JOIN pg_namespace n ON n.oid ="
		       " c.typnamespace WHERE c.typtype = 'b' AND"
		       " c.typelem = 0 AND" USERS
		       "AND " NOT_OF_EXTENSION("pg_type"),
		"error", "type-needs-superuser",
		"a base type: only a superuser can create it on the target",
		"drop it from the source"},
	{"SELECT 'foreign data wrapper ' || quote_ident(fdwname) FROM"
	 " pg_foreign_data_wrapper c WHERE " NOT_OF_EXTENSION(
		 "pg_foreign_data_wrapper"),
		"error", "wrapper-needs-superuser",
		"only a superuser can create it on the target",
		"drop it from the source"},
	{"SELECT 'publication ' || quote_ident(pubname) FROM pg_publication"
	 " WHERE puballtables",
		"error", "publication-needs-superuser",
		"it is FOR ALL TABLES: only a superuser can create it on the "
		"target",
		"drop it from the source, or name its tables"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

int
check_reserved(struct engine *e, struct session *s)
{
	/* ours has the comment that pgcopy makes it with */
	static const struct check_query query = {
		"SELECT DISTINCT n.nspname FROM pg_namespace n JOIN pg_class c"
		" ON c.relnamespace = n.oid WHERE n.nspname = 'airlift' AND"
		" coalesce(obj_description(n.oid, 'pg_namespace'), '') NOT LIKE"
		" 'pgcopy keeps%'",
		"error", "schema-name-taken",
		"a schema of this name is pgcopy's own and is never copied",
		"ALTER SCHEMA ... RENAME it; if an older pgcopy has left it, "
		"drop it"};

	return check_rows(e, s, &query, 1);
}

int
check_source(struct engine *e)
{
	struct rows *r;
	bool super;

	if (check_reserved(e, e->source) ||
		check_rows(e, e->source, readable, COUNT(readable)))
		return -1;
	r = session_query(e->target,
		"SELECT rolsuper FROM pg_roles WHERE rolname = current_user", 0,
		NULL);
	if (!r)
		return -1;
	super = rows_count(r) && rows_bool(r, 0, 0);
	rows_free(r);
	return super ? 0
		     : check_rows(e, e->source, privileged, COUNT(privileged));
}
