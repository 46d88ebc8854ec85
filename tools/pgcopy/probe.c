#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "ident.h"
#include "mem.h"
#include "probe.h"
#include "session.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAME "airlift_probe"

/* How often a text is parsed and written again, to see it stay. */
enum { MAX_ROUNDS = 4 };

/* How to parse each kind of text, and how to read what was made of it. */
static const struct probe {
	const char *kind, *before, *after, *read;
} probes[] = {
	{"q", "CREATE TEMP VIEW " NAME " AS ", "",
		"SELECT pg_get_viewdef('pg_temp." NAME "'::regclass)"},
	{"f", "CREATE FUNCTION pg_temp." NAME, "",
		"SELECT regexp_replace(pg_get_functiondef(oid), "
		"'^.*?" NAME "', '') FROM pg_proc WHERE proname = '" NAME
		"' AND pronamespace = pg_my_temp_schema()"},
	{"p", "CREATE PROCEDURE pg_temp." NAME, "",
		"SELECT regexp_replace(pg_get_functiondef(oid), "
		"'^.*?" NAME "', '') FROM pg_proc WHERE proname = '" NAME
		"' AND pronamespace = pg_my_temp_schema()"},
	{"d", "CREATE DOMAIN pg_temp." NAME " AS ", "",
		"SELECT concat_ws(' ', format_type(t.typbasetype, t.typtypmod),"
		" 'DEFAULT ' || t.typdefault, (SELECT"
		" string_agg(pg_get_constraintdef(k.oid), ' ' ORDER BY k.oid)"
		" FROM pg_constraint k WHERE k.contypid = t.oid AND"
		" k.contype = 'c')) FROM pg_type t WHERE t.typname = '" NAME
		"' AND t.typnamespace = pg_my_temp_schema()"},
	{"t",
		"CREATE TRIGGER " NAME " AFTER UPDATE ON pg_temp." NAME
		" FOR EACH ROW WHEN (",
		") EXECUTE FUNCTION"
		" pg_catalog.suppress_redundant_updates_trigger()",
		"SELECT substring(pg_get_triggerdef(oid) FROM"
		" ' WHEN \\((.*)\\) EXECUTE FUNCTION ') FROM pg_trigger"
		" WHERE tgrelid = 'pg_temp." NAME "'::regclass"},
};

static const struct probe *
find(const char *kind)
{
	size_t i;

	for (i = 0; i < COUNT(probes); i++)
		if (strcmp(probes[i].kind, kind) == 0)
			return &probes[i];
	return NULL;
}

/* Parses the text and gives what the server writes of it; NULL: it does not,
 * or no memory. Whatever was made is gone again. */
static char *
once(struct session *s, const struct probe *p, const char *text)
{
	struct buf sql = BUF_INIT;
	struct rows *r = NULL;
	char *out = NULL;

	if (buf_puts(&sql, p->before) || buf_puts(&sql, text) ||
		buf_puts(&sql, p->after) || session_exec(s, "SAVEPOINT probe"))
		goto out;
	if (session_try(s, buf_str(&sql)) == 0 &&
		(r = session_query(s, p->read, 0, NULL)) && rows_count(r) == 1)
		out = mem_strdup(rows_str(r, 0, 0));
	if (!is_session_alive(s) ||
		session_exec(s, "ROLLBACK TO SAVEPOINT probe")) {
		free(out);
		out = NULL;
	}
out:
	rows_free(r);
	buf_fini(&sql);
	return out;
}

/* The text as it stays; NULL: it cannot be told. */
static char *
settle(struct session *s, const struct probe *p, const char *text)
{
	char *now = once(s, p, text), *next;
	int i;

	for (i = 1; now && i < MAX_ROUNDS; i++) {
		bool stays;

		if (!(next = once(s, p, now)))
			break;
		stays = strcmp(now, next) == 0;
		free(now);
		now = next;
		if (stays)
			break;
	}
	return now;
}

static int
compare(struct session *s, const struct probe *p, const char *a, const char *b)
{
	char *x = settle(s, p, a), *y = x ? settle(s, p, b) : NULL;
	int rc = x && y ? strcmp(x, y) == 0 : -1;

	free(x);
	free(y);
	return rc;
}

/* Expressions as a query. */
static int
put_expressions(struct buf *b, const char *table, const char *text)
{
	return buf_printf(b,
		"SELECT 1 AS one FROM %s WHERE ROW(%s) IS NOT NULL", table,
		text);
}

static int
compare_expressions(
	struct session *s, const char *table, const char *a, const char *b)
{
	struct buf x = BUF_INIT, y = BUF_INIT;
	int rc = -1;

	if (put_expressions(&x, table, a) == 0 &&
		put_expressions(&y, table, b) == 0)
		rc = compare(s, find("q"), buf_str(&x), buf_str(&y));
	buf_fini(&x);
	buf_fini(&y);
	return rc;
}

/* Conditions of triggers, on a table like theirs. */
static int
compare_conditions(
	struct session *s, const char *table, const char *a, const char *b)
{
	struct buf sql = BUF_INIT;
	int rc = -1;

	if (buf_printf(&sql, "CREATE TEMP TABLE " NAME " (LIKE %s)", table) ==
			0 &&
		session_try(s, buf_str(&sql)) == 0)
		rc = compare(s, find("t"), a, b);
	buf_fini(&sql);
	return rc;
}

int
probe_same(struct session *s, const char *kind, const char *schema,
	const char *table, const char *a, const char *b)
{
	const struct probe *p = find(kind);
	struct buf name = BUF_INIT;
	int rc = -1;

	if ((strcmp(kind, "x") != 0 && !p) ||
		ident_qualified(&name, schema, table) ||
		session_exec(s, "BEGIN; SET LOCAL check_function_bodies = off"))
		goto out;
	if (*kind == 'x')
		rc = compare_expressions(s, buf_str(&name), a, b);
	else if (*kind == 't')
		rc = compare_conditions(s, buf_str(&name), a, b);
	else
		rc = compare(s, p, a, b);
	if (is_session_alive(s) && session_exec(s, "ROLLBACK"))
		rc = -1;
out:
	buf_fini(&name);
	return rc;
}
