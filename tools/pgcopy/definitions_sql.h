#ifndef DEFINITIONS_SQL_H
#define DEFINITIONS_SQL_H

/*
 * Each SELECT gives, of the objects of one kind: kind, schema, table ("" where
 * it belongs to none), identity, definition. Names come out qualified, as
 * search_path is empty.
 */

#define OF_USERS(classid) CATALOG_USERS("o", classid)
#define OF_TABLES(kinds)                                                       \
	" c.relkind IN (" kinds ") AND c.relpersistence <> 't'"                \
	" AND" CATALOG_USERS("c", "pg_class")
#define TABLE " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE"
#define IN_TABLE(name) "format('%s.%s.%s', n.nspname, c.relname, " name ")"
#define NAMED(name) "format('%s.%s', n.nspname, " name ")"

static const char *const definitions_sql[] = {
	/* its columns: what they hold and what they do by themselves */
	"SELECT 'column', n.nspname, c.relname, " IN_TABLE(
		"a.attname") ","
			     " concat_ws(' ', format_type(a.atttypid, "
			     "a.atttypmod), CASE WHEN"
			     " a.attcollation <> t.typcollation THEN (SELECT "
			     "l.collname FROM"
			     " pg_collation l WHERE l.oid = a.attcollation) "
			     "END, CASE WHEN a.attnotnull THEN 'NOT NULL' END,"
			     " NULLIF(a.attidentity::text, ''), "
			     "NULLIF(a.attgenerated::text, ''),"
			     " pg_get_expr(d.adbin, d.adrelid))"
			     " FROM pg_attribute a JOIN pg_type t ON t.oid = "
			     "a.atttypid"
			     " JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN "
			     "pg_attrdef d ON"
			     " d.adrelid = c.oid AND d.adnum = a.attnum" TABLE
				     OF_TABLES(
					     "'r', 'p', 'f'") " AND a.attnum > "
							      "0 AND NOT "
							      "a.attisdropped",
	"SELECT 'table', n.nspname, c.relname, " NAMED(
		"c.relname") ","
			     " concat_ws(' ', c.relkind, c.relpersistence, "
			     "c.relreplident,"
			     " c.relrowsecurity, c.relforcerowsecurity, "
			     "c.reloptions::text,"
			     " pg_get_partkeydef(c.oid), "
			     "pg_get_expr(c.relpartbound, c.oid),"
			     " (SELECT string_agg(i.inhparent::regclass::text, "
			     "',' ORDER BY"
			     " i.inhseqno) FROM pg_inherits i WHERE i.inhrelid "
			     "= c.oid))"
			     " FROM pg_class c" TABLE OF_TABLES(
				     "'r', 'p', 'f'"),
	"SELECT 'constraint', n.nspname, c.relname, " IN_TABLE(
		"k.conname") ","
			     " concat_ws(' ', pg_get_constraintdef(k.oid), "
			     "k.connoinherit)"
			     " FROM pg_constraint k JOIN pg_class c ON c.oid = "
			     "k.conrelid" TABLE OF_TABLES(
				     "'r', 'p', 'f'") " AND k.contype = 'c'",
	"SELECT 'view', n.nspname, c.relname, " NAMED(
		"c.relname") ","
			     " concat_ws(' ', c.relkind, c.reloptions::text,"
			     " pg_get_viewdef(c.oid)) FROM pg_class c" TABLE
				     OF_TABLES("'v', 'm'"),
	"SELECT 'trigger', n.nspname, c.relname, " IN_TABLE(
		"g.tgname") ","
			    " g.tgenabled::text || ' ' || "
			    "pg_get_triggerdef(g.oid) "
			    "FROM pg_trigger g"
			    " JOIN pg_class c ON c.oid = g.tgrelid" TABLE
				    OF_TABLES("'r', 'p', 'f', 'v'") " AND NOT "
								    "g."
								    "tgisintern"
								    "al",
	"SELECT 'policy', n.nspname, c.relname, " IN_TABLE(
		"p.polname") ","
			     " concat_ws(' ', p.polcmd, p.polpermissive, "
			     "(SELECT string_agg(CASE r"
			     " WHEN 0 THEN 'public' ELSE "
			     "pg_get_userbyid(r)::text END, ',' ORDER"
			     " BY 1) FROM unnest(p.polroles) r), 'USING', "
			     "pg_get_expr(p.polqual,"
			     " p.polrelid), 'WITH CHECK', "
			     "pg_get_expr(p.polwithcheck, p.polrelid))"
			     " FROM pg_policy p JOIN pg_class c ON c.oid = "
			     "p.polrelid" TABLE OF_TABLES("'r', 'p'"),
	"SELECT 'rule', n.nspname, c.relname, " IN_TABLE(
		"w.rulename") ","
			      " w.ev_enabled::text || ' ' || "
			      "pg_get_ruledef(w.oid) "
			      "FROM pg_rewrite w JOIN"
			      " pg_class c ON c.oid = w.ev_class" TABLE
				      OF_TABLES("'r', 'p', 'v'") " AND "
								 "w.rulename "
								 "<> '_RETURN'",
	"SELECT 'index', n.nspname, c.relname, " NAMED(
		"x.relname") ", ''"
			     " FROM pg_index i JOIN pg_class x ON x.oid = "
			     "i.indexrelid JOIN"
			     " pg_class c ON c.oid = i.indrelid" TABLE
				     OF_TABLES("'r', 'p', 'm'"),
	"SELECT 'sequence', n.nspname, coalesce((SELECT r.relname FROM "
	"pg_depend"
	" d JOIN pg_class r ON r.oid = d.refobjid WHERE d.classid ="
	" 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid ="
	" 'pg_class'::regclass AND d.deptype IN ('a', 'i')), ''), " NAMED(
		"c.relname") ","
			     " concat_ws(' ', format_type(s.seqtypid, NULL), "
			     "s.seqstart, s.seqmin,"
			     " s.seqmax, s.seqincrement, s.seqcache, "
			     "s.seqcycle) FROM pg_sequence s"
			     " JOIN pg_class c ON c.oid = s.seqrelid" TABLE
				     OF_TABLES("'S'"),
	"SELECT 'function', n.nspname, '', o.oid::regprocedure::text,"
	" CASE o.prokind WHEN 'a' THEN 'aggregate' ELSE"
	" pg_get_functiondef(o.oid) END FROM pg_proc o JOIN pg_namespace n ON"
	" n.oid = o.pronamespace WHERE" OF_USERS(
		"pg_proc") " AND NOT EXISTS"
			   " (SELECT FROM pg_depend e WHERE e.classid = "
			   "'pg_proc'::regclass AND"
			   " e.objid = o.oid AND e.deptype = 'i')",
	"SELECT 'type', n.nspname, '', " NAMED(
		"o.typname") ","
			     " concat_ws(' ', o.typtype, CASE o.typtype WHEN "
			     "'d' THEN concat_ws(' ',"
			     " format_type(o.typbasetype, o.typtypmod), "
			     "o.typnotnull, o.typdefault,"
			     " (SELECT string_agg(k.conname || ' ' || "
			     "pg_get_constraintdef(k.oid),"
			     " ' ' ORDER BY k.conname) FROM pg_constraint k "
			     "WHERE k.contypid = o.oid"
			     " AND k.contype = 'c')) WHEN 'e' THEN (SELECT"
			     " string_agg(quote_literal(l.enumlabel), ',' "
			     "ORDER BY l.enumsortorder)"
			     " FROM pg_enum l WHERE l.enumtypid = o.oid) WHEN "
			     "'c' THEN (SELECT"
			     " string_agg(a.attname || ' ' || "
			     "format_type(a.atttypid,"
			     " a.atttypmod), ',' ORDER BY a.attnum) FROM "
			     "pg_attribute a WHERE"
			     " a.attrelid = o.typrelid AND a.attnum > 0 AND "
			     "NOT a.attisdropped)"
			     " WHEN 'r' THEN (SELECT format_type(r.rngsubtype, "
			     "NULL) FROM pg_range"
			     " r WHERE r.rngtypid = o.oid) END) FROM pg_type o "
			     "JOIN pg_namespace n"
			     " ON n.oid = o.typnamespace WHERE" OF_USERS(
				     "pg_type") " AND"
						" (o.typtype IN ('d', 'e', "
						"'r') OR (o.typtype = 'c' AND "
						"EXISTS (SELECT"
						" FROM pg_class c WHERE c.oid "
						"= o.typrelid AND c.relkind = "
						"'c')))",
	"SELECT 'statistics', n.nspname, '', " NAMED(
		"o.stxname") ","
			     " pg_get_statisticsobjdef(o.oid) FROM "
			     "pg_statistic_ext o JOIN"
			     " pg_namespace n ON n.oid = o.stxnamespace "
			     "WHERE" OF_USERS("pg_statistic_ext"),
	"SELECT 'event trigger', '', '', o.evtname, concat_ws(' ',"
	" o.evtevent, o.evtenabled, o.evttags::text,"
	" o.evtfoid::regprocedure::text) FROM pg_event_trigger o WHERE NOT"
	" EXISTS (SELECT FROM pg_depend e WHERE e.classid ="
	" 'pg_event_trigger'::regclass AND e.objid = o.oid AND e.deptype ="
	" 'e')",
	"SELECT 'comment', coalesce(i.schema, ''), '', i.type || ' ' ||"
	" i.identity, o.description FROM pg_description o, LATERAL"
	" pg_identify_object(o.classoid, o.objoid, o.objsubid) i WHERE"
	" o.objoid >= 16384 AND o.classoid NOT IN ('pg_largeobject'::regclass,"
	" 'pg_extension'::regclass) AND i.identity IS NOT NULL AND i.identity "
	"<> 'airlift' AND"
	" coalesce(i.schema, '') NOT IN ('pg_catalog', 'information_schema',"
	" '_heroku') AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid ="
	" o.classoid AND e.objid = o.objoid AND e.deptype = 'e')",
	"SELECT 'comment', '', '', 'on the database',"
	" shobj_description(o.oid, 'pg_database') FROM pg_database o WHERE"
	" o.datname = current_database() AND"
	" shobj_description(o.oid, 'pg_database') IS NOT NULL",
};

#undef OF_USERS
#undef OF_TABLES
#undef TABLE
#undef IN_TABLE
#undef NAMED

#endif
