#include <string.h>

#include "buf.h"
#include "check.h"
#include "engine.h"
#include "msg.h"
#include "session.h"

/* encoding, provider, collation, character types, the ICU locale, and the
 * version of the collation as recorded and as the system has it now */
static struct rows *
read_locale(struct session *s)
{
	int v = session_version(s) / 10000;
	struct buf b = BUF_INIT;
	struct rows *r = NULL;

	if (buf_printf(&b,
		    "SELECT pg_encoding_to_char(encoding), %s, datcollate,"
		    " datctype, %s, %s, %s FROM pg_database WHERE datname ="
		    " current_database()",
		    v >= 15 ? "CASE datlocprovider WHEN 'i' THEN 'ICU' WHEN"
			      " 'b' THEN 'builtin' ELSE 'libc' END"
			    : "'libc'",
		    v >= 17   ? "coalesce(datlocale, '')"
		    : v >= 15 ? "coalesce(daticulocale, '')"
			      : "''",
		    v >= 15 ? "coalesce(datcollversion, '')" : "''",
		    v >= 15 ? "coalesce("
			      "pg_database_collation_actual_version(oid), '')"
			    : "''"))
		msg_error("out of memory");
	else
		r = session_query(s, buf_str(&b), 0, NULL);
	buf_fini(&b);
	return r;
}

enum { ENCODING, PROVIDER, COLLATE, CTYPE, ICU, RECORDED, ACTUAL };

static bool
differ(const struct rows *a, const struct rows *b, int col)
{
	return strcmp(rows_str(a, 0, col), rows_str(b, 0, col)) != 0;
}

static int
compare_databases(struct engine *e, const struct rows *a, const struct rows *b)
{
	if (differ(a, b, ENCODING) &&
		engine_tell(e, "warning", "encoding-differs",
			"create the target database with the source's encoding",
			"the source is encoded in %s, the target in %s: text "
			"is converted, and what has no counterpart fails",
			rows_str(a, 0, ENCODING), rows_str(b, 0, ENCODING)))
		return -1;
	if ((differ(a, b, PROVIDER) || differ(a, b, COLLATE) ||
		    differ(a, b, ICU)) &&
		engine_tell(e, "warning", "collation-differs",
			"create the target database with the same locale if "
			"the order of text matters",
			"text sorts by %s %s on the source and by %s %s on the "
			"target",
			rows_str(a, 0, PROVIDER),
			rows_str(a, 0,
				*rows_str(a, 0, ICU) ? (int)ICU : COLLATE),
			rows_str(b, 0, PROVIDER),
			rows_str(b, 0,
				*rows_str(b, 0, ICU) ? (int)ICU : COLLATE)))
		return -1;
	if (differ(a, b, CTYPE) &&
		engine_tell(e, "warning", "ctype-differs",
			"create the target database with the same LC_CTYPE if "
			"lower(), upper() or citext meet such letters",
			"letters are classed by %s on the source and by %s on "
			"the target",
			rows_str(a, 0, CTYPE), rows_str(b, 0, CTYPE)))
		return -1;
	return 0;
}

/* The system's collation changed under a database. */
static int
check_moved(struct engine *e, const struct session *s, const struct rows *r)
{
	if (!*rows_str(r, 0, RECORDED) || !*rows_str(r, 0, ACTUAL) ||
		strcmp(rows_str(r, 0, RECORDED), rows_str(r, 0, ACTUAL)) == 0)
		return 0;
	return engine_tell(e, "warning", "collation-version",
		s == e->source
			? "REINDEX unique indexes on text there first: "
			  "duplicates that they let in would stop the copy"
			: "ALTER DATABASE ... REFRESH COLLATION VERSION",
		"the %s was made with version %s of its collation, the system "
		"now has %s",
		session_what(s), rows_str(r, 0, RECORDED),
		rows_str(r, 0, ACTUAL));
}

/* Collations of the system that columns or indexes name. */
static const char used_collations[] =
	"SELECT k.collname, min(n.nspname || '.' || c.relname)"
	" FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" JOIN pg_collation k ON k.oid = a.attcollation"
	" WHERE c.relkind IN ('r', 'p', 'm', 'i', 'v') AND NOT a.attisdropped"
	" AND k.collnamespace = 'pg_catalog'::regnamespace"
	" AND k.collprovider <> 'd'"
	" AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
	" AND n.nspname NOT LIKE 'pg\\_t%' GROUP BY 1";

static int
check_used(struct engine *e)
{
	struct rows *r = session_query(e->source, used_collations, 0, NULL);
	int i, rc = r ? 0 : -1;

	for (i = 0; rc == 0 && i < rows_count(r); i++) {
		const char *params[1] = {rows_str(r, i, 0)};
		struct rows *t = session_query(e->target,
			"SELECT FROM pg_collation WHERE collname = $1 AND"
			" collnamespace = 'pg_catalog'::regnamespace AND"
			" collencoding IN (-1, (SELECT encoding FROM"
			" pg_database WHERE datname = current_database()))",
			1, params);

		if (!t)
			rc = -1;
		else if (rows_count(t) == 0)
			rc = engine_tell(e, "error", "collation-missing",
				"give the columns another collation on the "
				"source, or have the target's system get it",
				"%s uses the collation \"%s\", which the "
				"target does not have",
				rows_str(r, i, 1), rows_str(r, i, 0));
		rows_free(t);
	}
	rows_free(r);
	return rc;
}

/* Collations of the database's own that name ICU. */
static int
check_icu(struct engine *e)
{
	static const char own[] =
		"SELECT quote_ident(n.nspname) || '.' || "
		"quote_ident(k.collname)"
		" FROM pg_collation k JOIN pg_namespace n ON n.oid ="
		" k.collnamespace WHERE k.collprovider = 'i' AND"
		" n.nspname NOT IN ('pg_catalog', 'information_schema')";
	struct rows *r = session_query(e->source, own, 0, NULL);
	struct rows *t = session_query(e->target,
		"SELECT FROM pg_collation WHERE collprovider = 'i' LIMIT 1", 0,
		NULL);
	int i, rc = r && t ? 0 : -1;

	for (i = 0; rc == 0 && rows_count(t) == 0 && i < rows_count(r); i++)
		rc = engine_tell(e, "error", "icu-missing",
			"use a target built with ICU",
			"%s is a collation of ICU, which the target lacks",
			rows_str(r, i, 0));
	rows_free(r);
	rows_free(t);
	return rc;
}

int
check_locale(struct engine *e)
{
	struct rows *a = read_locale(e->source);
	struct rows *b = a ? read_locale(e->target) : NULL;
	int rc = -1;

	if (a && b && rows_count(a) && rows_count(b) &&
		compare_databases(e, a, b) == 0 &&
		check_moved(e, e->source, a) == 0 &&
		check_moved(e, e->target, b) == 0 && check_used(e) == 0 &&
		check_icu(e) == 0)
		rc = 0;
	rows_free(a);
	rows_free(b);
	return rc;
}
