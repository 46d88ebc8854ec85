#ifndef CATALOG_SQL_H
#define CATALOG_SQL_H

/*
 * The catalogue queries. search_path is empty: only pg_catalog is searched.
 * A type is safe in COPY's binary format when nothing in it names an OID and
 * both ends read it the same way: PostgreSQL's own base types but the reg*
 * ones, arrays, ranges of these; enums (sent as labels); domains over them;
 * citext and hstore. Records and arrays of user types carry type OIDs.
 */

#define CATALOG_TABLES                                                         \
	"WITH RECURSIVE base(oid, root) AS ("                                  \
	" SELECT t.oid, t.oid FROM pg_type t WHERE t.typtype <> 'd'"           \
	" UNION ALL SELECT t.oid, b.root FROM pg_type t JOIN base b"           \
	" ON t.typtype = 'd' AND t.typbasetype = b.oid),"                      \
	"own(oid, safe) AS ("                                                  \
	" SELECT t.oid, CASE"                                                  \
	" WHEN t.typtype = 'e' THEN true"                                      \
	" WHEN t.typname IN ('citext', 'hstore') AND t.typtype = 'b'"          \
	"  AND EXISTS (SELECT FROM pg_depend d WHERE d.classid ="              \
	"  'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')"       \
	"  THEN true"                                                          \
	" WHEN n.nspname <> 'pg_catalog' OR t.typtype NOT IN ('b','r','m')"    \
	"  THEN false"                                                         \
	" WHEN t.typsend = 0 OR t.typreceive = 0 THEN false"                   \
	" WHEN t.typname LIKE 'reg%' OR t.typname LIKE '\\_reg%' THEN false"   \
	" WHEN t.typname IN ('aclitem', '_aclitem', 'pg_snapshot',"            \
	"  '_pg_snapshot', 'txid_snapshot', '_txid_snapshot', 'refcursor')"    \
	"  THEN false"                                                         \
	" ELSE true END"                                                       \
	" FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace)"       \
	" SELECT c.oid, n.nspname, c.relname,"                                 \
	" coalesce((SELECT string_agg(quote_ident(a.attname), ', '"            \
	"  ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid"    \
	"  AND a.attnum > 0 AND NOT a.attisdropped"                            \
	"  AND a.attgenerated = ''), ''),"                                     \
	" coalesce((SELECT bool_and(coalesce(o.safe, false))"                  \
	"  FROM pg_attribute a LEFT JOIN base b ON b.oid = a.atttypid"         \
	"  LEFT JOIN own o ON o.oid = b.root WHERE a.attrelid = c.oid"         \
	"  AND a.attnum > 0 AND NOT a.attisdropped"                            \
	"  AND a.attgenerated = ''), true),"                                   \
	" c.relpersistence = 'u', c.relrowsecurity,"                           \
	" pg_table_size(c.oid),"                                               \
	" pg_relation_size(c.oid) / current_setting('block_size')::int8,"      \
	" pg_indexes_size(c.oid), c.reltuples::float8,"                        \
	" EXISTS (SELECT FROM pg_statistic_ext x WHERE x.stxrelid = c.oid)"    \
	" OR EXISTS (SELECT FROM pg_index i JOIN pg_attribute a"               \
	"  ON a.attrelid = i.indexrelid WHERE i.indrelid = c.oid"              \
	"  AND a.attstattarget >= 0)"                                          \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"       \
	" WHERE c.relkind = 'r' AND c.relpersistence <> 't' "                  \
	"AND" CATALOG_USERS("c", "pg_class") " ORDER BY n.nspname, c.relname"

#define CATALOG_INDEXES                                                        \
	"SELECT i.indexrelid, i.indrelid, n.nspname, ic.relname, tc.relname,"  \
	" pg_get_indexdef(i.indexrelid), am.amname,"                           \
	" coalesce(CASE WHEN k.contype = 'x'"                                  \
	"  THEN pg_get_constraintdef(k.oid)"                                   \
	"  WHEN k.contype IN ('p', 'u') THEN"                                  \
	"   CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END ||"   \
	"   ' USING INDEX ' || quote_ident(ic.relname) ||"                     \
	"   CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END ||"       \
	"   CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END"    \
	"  END, ''), coalesce(k.oid, 0), coalesce(k.contype::text, ''),"       \
	" ic.relkind = 'I', i.indisvalid, tc.relkind = 'm',"                   \
	" pg_relation_size(i.indexrelid),"                                     \
	" coalesce(quote_ident(k.conname), ''),"                               \
	" coalesce(pg_get_constraintdef(k.oid), '')"                           \
	", concat_ws('; ', CASE WHEN i.indisclustered THEN format("            \
	"'ALTER TABLE %I.%I CLUSTER ON %I', n.nspname, tc.relname,"            \
	" ic.relname) END, CASE WHEN i.indisreplident THEN format("            \
	"'ALTER TABLE ONLY %I.%I REPLICA IDENTITY USING INDEX %I',"            \
	" n.nspname, tc.relname, ic.relname) END, (SELECT string_agg(format("  \
	"'ALTER INDEX %I.%I ALTER COLUMN %s SET STATISTICS %s', n.nspname,"    \
	" ic.relname, a.attnum, a.attstattarget), '; ' ORDER BY a.attnum)"     \
	" FROM pg_attribute a WHERE a.attrelid = ic.oid AND"                   \
	" a.attstattarget >= 0))"                                              \
	" FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid"           \
	" JOIN pg_class tc ON tc.oid = i.indrelid"                             \
	" JOIN pg_namespace n ON n.oid = tc.relnamespace"                      \
	" JOIN pg_am am ON am.oid = ic.relam"                                  \
	" LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid"              \
	"  AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')"       \
	" WHERE tc.relkind IN ('r', 'p', 'm')"                                 \
	" AND tc.relpersistence <> 't' AND" CATALOG_USERS(                     \
		"tc", "pg_class") " ORDER BY n.nspname, tc.relname, "          \
				  "i.indisprimary DESC, ic.relname"

#define CATALOG_FKEYS                                                          \
	"SELECT k.oid, n.nspname, c.relname, k.conname,"                       \
	" regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),"     \
	" k.convalidated, c.relkind = 'p' OR f.relkind = 'p',"                 \
	" fn.nspname, f.relname"                                               \
	" FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid"          \
	" JOIN pg_class f ON f.oid = k.confrelid"                              \
	" JOIN pg_namespace fn ON fn.oid = f.relnamespace"                     \
	" JOIN pg_namespace n ON n.oid = c.relnamespace"                       \
	" WHERE k.contype = 'f' AND k.conparentid = 0"                         \
	" AND c.relpersistence <> 't' AND" CATALOG_USERS(                      \
		"c", "pg_class") " ORDER BY n.nspname, c.relname, k.conname"

#define CATALOG_SEQUENCES                                                      \
	"SELECT n.nspname, c.relname, s.seqincrement,"                         \
	" coalesce(tn.nspname, ''), coalesce(t.relname, ''),"                  \
	" coalesce(a.attname, '')"                                             \
	" FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid"            \
	" JOIN pg_namespace n ON n.oid = c.relnamespace"                       \
	" LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass"           \
	"  AND d.objid = c.oid AND d.objsubid = 0"                             \
	"  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0"      \
	"  AND d.deptype IN ('a', 'i')"                                        \
	" LEFT JOIN pg_class t ON t.oid = d.refobjid"                          \
	" LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace"                \
	" LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid"                 \
	"  AND a.attnum = d.refobjsubid"                                       \
	" WHERE c.relkind = 'S' AND c.relpersistence <> 't' "                  \
	"AND" CATALOG_USERS("c", "pg_class") " ORDER BY n.nspname, c.relname"

/* depth: the longest chain of views down to a matview it reads */
#define CATALOG_MATVIEWS                                                       \
	"WITH RECURSIVE reads(view, rel) AS ("                                 \
	" SELECT DISTINCT r.ev_class, d.refobjid FROM pg_rewrite r"            \
	" JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass"              \
	"  AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass"        \
	"  AND d.refobjid <> r.ev_class"                                       \
	" WHERE r.ev_type = '1'),"                                             \
	"walk(view, depth) AS ("                                               \
	" SELECT c.oid, 0 FROM pg_class c WHERE c.relkind IN ('m', 'v')"       \
	" UNION SELECT r.view, w.depth + 1 FROM reads r"                       \
	"  JOIN walk w ON w.view = r.rel WHERE w.depth < 100)"                 \
	" SELECT c.oid, n.nspname, c.relname, c.relispopulated,"               \
	" pg_table_size(c.oid)"                                                \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"       \
	" WHERE c.relkind = 'm' AND" CATALOG_USERS(                            \
		"c", "pg_class") " ORDER BY (SELECT max(w.depth) FROM walk w " \
				 "WHERE w.view = c.oid),"                      \
				 " n.nspname, c.relname"

#define CATALOG_EXTENSIONS                                                     \
	"SELECT e.extname, n.nspname, e.extversion FROM pg_extension e"        \
	" JOIN pg_namespace n ON n.oid = e.extnamespace"                       \
	" WHERE e.extname <> 'plpgsql' ORDER BY e.oid"

#define CATALOG_FOREIGN                                                        \
	"SELECT (SELECT count(*) FROM pg_class c"                              \
	"  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE" CATALOG_USERS( \
		"c",                                                           \
		"pg_class") ") + (SELECT count(*) FROM pg_proc c"              \
			    "  JOIN pg_namespace n ON n.oid = c.pronamespace " \
			    "WHERE" CATALOG_USERS("c",                         \
				    "pg_proc") ") + (SELECT count(*) FROM "    \
					       "pg_type c"                     \
					       "  JOIN pg_namespace n ON "     \
					       "n.oid = c.typnamespace"        \
					       "  WHERE c.typtype IN ('e', "   \
					       "'d', 'r') AND" CATALOG_USERS(  \
						       "c",                    \
						       "pg_type") ") + "       \
								  "(SELECT "   \
								  "count(*) "  \
								  "FROM "      \
								  "pg_"        \
								  "largeobjec" \
								  "t_"         \
								  "metadata)"

#endif
