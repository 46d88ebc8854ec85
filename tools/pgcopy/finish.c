#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "copysql.h"
#include "engine.h"
#include "filter.h"
#include "finish.h"
#include "ident.h"
#include "jsonw.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "pgcopy.h"
#include "plan.h"
#include "session.h"

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

int
finish_fkeys(struct engine *e, const struct ledger *l)
{
	struct session *t = e->target;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->catalog->n_fkeys; i++) {
		const struct catalog_fkey *k = &e->catalog->fkey[i];
		struct buf id = BUF_INIT, sql = BUF_INIT;

		if (k->is_partitioned)
			continue;
		if (buf_puts(&id, "fkey:") ||
			plan_name(&id, k->schema, k->table) ||
			buf_putc(&id, '.') || buf_puts(&id, k->name) ||
			copysql_fkey(&sql, k))
			rc = no_memory();
		else if (!ledger_find(l, buf_str(&id)))
			rc = session_exec(t, "BEGIN") ||
					     session_exec(t, buf_str(&sql)) ||
					     ledger_add(t, buf_str(&id), "fkey",
						     NULL) ||
					     session_exec(t, "COMMIT")
				     ? -1
				     : 0;
		buf_fini(&id);
		buf_fini(&sql);
	}
	return rc;
}

int
finish_marks(struct engine *e, const struct ledger *l, bool of_matviews)
{
	const char *id = of_matviews ? "stage:viewmarks" : "stage:marks";
	struct session *t = e->target;
	size_t i;
	int rc;

	if (ledger_find(l, id))
		return 0;
	rc = session_exec(t, "BEGIN");
	for (i = 0; rc == 0 && i < e->catalog->n_indexes; i++) {
		const struct catalog_index *x = &e->catalog->index[i];

		if (*x->marks && x->of_matview == of_matviews)
			rc = session_exec(t, x->marks);
	}
	return rc || ledger_add(t, id, "script", NULL) ||
			       session_exec(t, "COMMIT")
		       ? -1
		       : 0;
}

/* The value that a sequence must not be behind: its column's maximum. */
static int
set_sequence(struct engine *e, const struct catalog_sequence *q)
{
	struct buf sql = BUF_INIT, name = BUF_INIT, record = BUF_INIT;
	struct rows *r = NULL;
	struct jsonw w;
	const char *params[3] = {
		NULL, q->last_value, q->is_called ? "true" : "false"};
	bool up = *q->increment != '-';
	int rc = -1;

	if (ident_qualified(&name, q->schema, q->name))
		goto out;
	params[0] = buf_str(&name);
	if (*q->column && up) {
		/* rows can be ahead of it when they came with their key */
		if (buf_puts(&sql, "WITH m AS (SELECT max(") ||
			ident_quote(&sql, q->column) ||
			buf_puts(&sql, ")::int8 AS v FROM ") ||
			ident_qualified(&sql, q->table_schema, q->table) ||
			buf_puts(&sql,
				") SELECT setval($1::regclass, CASE WHEN m.v > "
				"$2::int8 THEN m.v ELSE $2::int8 END, CASE "
				"WHEN m.v >= $2::int8 THEN true ELSE $3::bool "
				"END), coalesce(m.v > $2::int8, false) FROM m"))
			goto out;
	} else if (buf_puts(&sql,
			   "SELECT setval($1::regclass, $2::int8, $3::bool), "
			   "false")) {
		goto out;
	}
	if (!(r = session_query(e->target, buf_str(&sql), 3, params)))
		goto out;
	jsonw_record(&w, &record, "sequence.set");
	jsonw_str(&w, "schema", q->schema);
	jsonw_str(&w, "sequence", q->name);
	jsonw_str(&w, "value", rows_str(r, 0, 0));
	jsonw_bool(&w, "called", q->is_called || rows_bool(r, 0, 1));
	jsonw_bool(&w, "raised", rows_bool(r, 0, 1));
	rc = engine_put(e, &w, &record, false);
out:
	rows_free(r);
	buf_fini(&sql);
	buf_fini(&name);
	return rc;
}

int
finish_set_sequences(struct engine *e)
{
	size_t i;

	for (i = 0; i < e->catalog->n_sequences; i++)
		if (set_sequence(e, &e->catalog->sequence[i]))
			return -1;
	return 0;
}

int
finish_sequences(struct engine *e)
{
	if (catalog_read_sequences(e->source, e->catalog))
		return -1;
	filter_catalog(e->opt, e->catalog);
	return finish_set_sequences(e);
}

/* Settings whose value is a list of names, not one string. */
static bool
is_list_setting(const char *name, size_t n)
{
	static const char *const lists[] = {"search_path", "temp_tablespaces",
		"local_preload_libraries", "session_preload_libraries",
		"shared_preload_libraries", "unix_socket_directories"};
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strlen(lists[i]) == n && strncmp(lists[i], name, n) == 0)
			return true;
	return false;
}

/* A list of names as it is stored, 'a, "b c"', each as a literal: whoever may
 * set it on the source may write anything there that looks like names. */
static int
put_list(struct buf *b, const char *value)
{
	struct buf name = BUF_INIT;
	const char *p = value, *separator = "";
	int rc = 0;

	do {
		bool quoted;

		p += strspn(p, " \t\n\r\f,");
		quoted = *p == '"';
		buf_clear(&name);
		for (p += quoted; rc == 0 && *p; p++) {
			if (quoted && *p == '"' && *++p != '"')
				break;
			if (!quoted && strchr(" \t\n\r\f,", *p))
				break;
			rc = buf_putc(&name, *p);
		}
		rc = rc || buf_puts(b, separator) ||
				     ident_literal(b, buf_str(&name))
			     ? -1
			     : 0;
		separator = ", ";
		p += strspn(p, " \t\n\r\f,");
	} while (rc == 0 && *p);
	buf_fini(&name);
	return rc;
}

/* "a.b": each of its names quoted. */
static int
put_setting_name(struct buf *b, const char *name, size_t n)
{
	struct buf part = BUF_INIT;
	size_t k;
	int rc = 0;

	for (; rc == 0 && n; n -= k, name += k) {
		const char *dot = memchr(name, '.', n);

		k = dot ? (size_t)(dot - name) : n;
		buf_clear(&part);
		rc = buf_append(&part, name, k) ||
				     ident_quote(b, buf_str(&part)) ||
				     (dot && buf_putc(b, '.'))
			     ? -1
			     : 0;
		k += dot != NULL;
	}
	buf_fini(&part);
	return rc;
}

/* ALTER ... SET name TO value, from "name=value". 0, or -1 (ENOMEM). */
static int
put_setting(
	struct buf *b, const char *db, const char *role, const char *setting)
{
	size_t n = strcspn(setting, "=");
	const char *value = setting + n + (setting[n] == '=');

	if (*role) {
		if (buf_puts(b, "ALTER ROLE ") || ident_quote(b, role) ||
			buf_puts(b, " IN DATABASE ") || ident_quote(b, db))
			return -1;
	} else if (buf_puts(b, "ALTER DATABASE ") || ident_quote(b, db)) {
		return -1;
	}
	if (buf_puts(b, " SET ") || put_setting_name(b, setting, n) ||
		buf_puts(b, " TO "))
		return -1;
	return is_list_setting(setting, n) ? put_list(b, value)
					   : ident_literal(b, value);
}

/* Does what the application may do without; when it is refused, a warning. */
static int
attempt(struct engine *e, const char *sql, const char *rule, const char *fix)
{
	if (session_try(e->target, sql) == 0)
		return 0;
	return is_session_alive(e->target)
		       ? engine_tell(e, "warning", rule, fix,
				 "%s was refused by the target: %s", sql,
				 session_message(e->target))
		       : -1;
}

int
finish_setting(
	struct engine *e, const char *db, const char *role, const char *setting)
{
	struct buf sql = BUF_INIT;
	int rc = put_setting(&sql, db, role, setting)
			 ? no_memory()
			 : attempt(e, buf_str(&sql), "setting-refused",
				   "if the application needs it, set it as its "
				   "own role, which needs no right: ALTER ROLE "
				   "... IN DATABASE ... SET ...");

	buf_fini(&sql);
	return rc;
}

struct rows *
finish_read_settings(struct session *source)
{
	return session_query(source,
		"SELECT coalesce(pg_get_userbyid(NULLIF(s.setrole, 0)), ''), c"
		" FROM pg_db_role_setting s, unnest(s.setconfig) c"
		" WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE"
		" datname = current_database()) ORDER BY 1, 2",
		0, NULL);
}

int
finish_settings(struct engine *e)
{
	struct rows *r = finish_read_settings(e->source);
	struct rows *db;
	int i, rc = 0;

	if (!r)
		return -1;
	if (!(db = session_query(
		      e->target, "SELECT current_database()", 0, NULL))) {
		rows_free(r);
		return -1;
	}
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = finish_setting(e, rows_str(db, 0, 0), rows_str(r, i, 0),
			rows_str(r, i, 1));
	rows_free(db);
	rows_free(r);
	return rc;
}

int
finish_oids(struct session *s, uint32_t **out, size_t *n)
{
	struct rows *r = session_query(s,
		"SELECT oid FROM pg_largeobject_metadata ORDER BY oid", 0,
		NULL);
	int i;

	if (!r)
		return -1;
	*n = (size_t)rows_count(r);
	*out = mem_zalloc(*n + 1, sizeof(**out));
	for (i = 0; *out && i < rows_count(r); i++)
		(*out)[i] = (uint32_t)rows_int(r, i, 0);
	rows_free(r);
	return *out ? 0 : no_memory();
}

/* Runs on the target what a query on the source has written. 0 or -1. */
static int
run_written(struct engine *e, const char *query)
{
	struct rows *r = session_query(e->source, query, 0, NULL);
	int i, rc = 0;

	if (!r)
		return -1;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = session_exec(e->target, rows_str(r, i, 0));
	rows_free(r);
	return rc;
}

int
finish_comments(struct engine *e)
{
	if (run_written(e, "SELECT format('COMMENT ON LARGE OBJECT %s IS %L',"
			   " d.objoid, d.description) FROM pg_description d"
			   " WHERE d.classoid = 'pg_largeobject'::regclass"
			   " ORDER BY d.objoid"))
		return -1;
	if (e->opt->acl &&
		run_written(e,
			"SELECT format('GRANT %s ON LARGE OBJECT %s TO %s%s',"
			" a.privilege_type, m.oid, CASE a.grantee WHEN 0 THEN"
			" 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee))"
			" END, CASE WHEN a.is_grantable THEN ' WITH GRANT"
			" OPTION' ELSE '' END) FROM pg_largeobject_metadata m,"
			" aclexplode(m.lomacl) a WHERE a.grantee <> m.lomowner"
			" ORDER BY m.oid"))
		return -1;
	return e->opt->owner
		       ? run_written(e,
				 "SELECT format('ALTER LARGE OBJECT %s OWNER TO"
				 " %I', oid, pg_get_userbyid(lomowner)) FROM"
				 " pg_largeobject_metadata ORDER BY oid")
		       : 0;
}

char *
finish_search_path(struct engine *e)
{
	struct rows *r = session_query(e->source,
		"SELECT reset_val FROM pg_settings WHERE name = 'search_path'",
		0, NULL);
	char *path;

	if (!r)
		return NULL;
	path = mem_strdup(
		*rows_str(r, 0, 0) ? rows_str(r, 0, 0) : "pg_catalog");
	if (!path)
		no_memory();
	rows_free(r);
	return path;
}

static bool
is_stale(const struct catalog_matview *m, const struct catalog *other)
{
	const struct catalog_matview *n =
		other ? catalog_find_matview(other, m->schema, m->name) : NULL;

	return m->is_populated && (!other || (n && !n->is_populated));
}

int
finish_refresh(struct engine *e, const struct catalog *other)
{
	char *path = finish_search_path(e);
	size_t i;
	int rc = path ? 0 : -1;

	for (i = 0; rc == 0 && i < e->catalog->n_matviews; i++)
		if (is_stale(&e->catalog->matview[i], other))
			rc = plan_refresh_now(
				e->target, &e->catalog->matview[i], path);
	free(path);
	return rc;
}

/* The foreign keys that touch the relation, each at its topmost parent. */
#define TOUCHING_FKEYS                                                         \
	"WITH RECURSIVE up AS ("                                               \
	" SELECT k.oid, k.conparentid, k.conrelid, k.conname"                  \
	" FROM pg_constraint k WHERE k.contype = 'f'"                          \
	" AND $1::regclass IN (k.conrelid, k.confrelid)"                       \
	" UNION SELECT p.oid, p.conparentid, p.conrelid, p.conname"            \
	" FROM up JOIN pg_constraint p ON p.oid = up.conparentid)"             \
	" SELECT DISTINCT n.nspname, c.relname, up.conname, c.relkind = 'p'"   \
	" FROM up JOIN pg_class c ON c.oid = up.conrelid"                      \
	" JOIN pg_namespace n ON n.oid = c.relnamespace"                       \
	" WHERE up.conparentid = 0"

static int
drop_fkey(struct engine *e, const char *schema, const char *table,
	const char *name)
{
	struct buf sql = BUF_INIT, key = BUF_INIT, check = BUF_INIT;
	int rc = -1;

	if (buf_puts(&sql, "ALTER TABLE ") ||
		ident_qualified(&sql, schema, table) ||
		buf_puts(&sql, " DROP CONSTRAINT ") ||
		ident_quote(&sql, name) || buf_puts(&key, "fkey:") ||
		plan_name(&key, schema, table) ||
		buf_printf(&key, ".%s", name) ||
		buf_puts(&check, PLAN_VALIDATE) ||
		plan_name(&check, schema, table) ||
		buf_printf(&check, ".%s", name))
		no_memory();
	else
		rc = session_exec(e->target, buf_str(&sql)) ||
				     ledger_remove(e->target, buf_str(&key)) ||
				     ledger_remove(e->target, buf_str(&check))
			     ? -1
			     : 0;
	buf_fini(&sql);
	buf_fini(&key);
	buf_fini(&check);
	return rc;
}

/* Forgets the parts of a table's data, however it was split. */
int
finish_forget(struct engine *e, size_t table)
{
	const struct catalog_table *t = &e->catalog->table[table];
	struct buf id = BUF_INIT;
	const char *params[1];
	struct rows *r = NULL;

	if (buf_puts(&id, PLAN_DATA) || plan_name(&id, t->schema, t->name)) {
		buf_fini(&id);
		return no_memory();
	}
	params[0] = buf_str(&id);
	r = session_query(e->target,
		"DELETE FROM airlift.ledger WHERE part = $1 OR"
		" starts_with(part, $1 || '#')",
		1, params);
	buf_fini(&id);
	if (!r)
		return -1;
	rows_free(r);
	return 0;
}

int
finish_reset(struct engine *e, size_t table)
{
	const struct catalog_table *t = &e->catalog->table[table];
	struct buf name = BUF_INIT, truncate = BUF_INIT;
	const char *params[1];
	struct rows *r = NULL;
	int i, rc = -1;

	if (ident_qualified(&name, t->schema, t->name) ||
		copysql_truncate(&truncate, t)) {
		no_memory();
		goto out;
	}
	params[0] = buf_str(&name);
	if (session_exec(e->target, "BEGIN") ||
		!(r = session_query(e->target, TOUCHING_FKEYS, 1, params)))
		goto out;
	for (i = 0; i < rows_count(r); i++)
		if (drop_fkey(e, rows_str(r, i, 0), rows_str(r, i, 1),
			    rows_str(r, i, 2)))
			goto out;
	rc = session_exec(e->target, buf_str(&truncate)) ||
			     finish_forget(e, table) ||
			     session_exec(e->target, "COMMIT")
		     ? -1
		     : 0;
out:
	if (rc && is_session_alive(e->target))
		(void)session_try(e->target, "ROLLBACK");
	rows_free(r);
	buf_fini(&name);
	buf_fini(&truncate);
	return rc;
}

int
finish_triggers(struct session *s, const char *schema, const char *name,
	struct buf *off, struct buf *on)
{
	static const char sql[] =
		"SELECT 'TRIGGER ' || quote_ident(t.tgname), CASE t.tgenabled"
		" WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA'"
		" ELSE 'ENABLE' END FROM pg_trigger t WHERE t.tgrelid ="
		" $1::regclass AND NOT t.tgisinternal AND t.tgenabled <> 'D'"
		" UNION ALL SELECT 'RULE ' || quote_ident(w.rulename), CASE"
		" w.ev_enabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN"
		" 'ENABLE REPLICA' ELSE 'ENABLE' END FROM pg_rewrite w WHERE"
		" w.ev_class = $1::regclass AND w.ev_enabled <> 'D'";
	struct buf table = BUF_INIT;
	const char *params[1];
	struct rows *r = NULL;
	int i, rc = -1;

	if (ident_qualified(&table, schema, name))
		goto out;
	params[0] = buf_str(&table);
	if (!(r = session_query(s, sql, 1, params)))
		goto out;
	rc = 0;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		if (buf_printf(off, "; ALTER TABLE ONLY %s DISABLE %s",
			    buf_str(&table), rows_str(r, i, 0)) ||
			buf_printf(on, "%sALTER TABLE ONLY %s %s %s",
				on->len ? "; " : "", buf_str(&table),
				rows_str(r, i, 1), rows_str(r, i, 0)))
			rc = no_memory();
out:
	rows_free(r);
	buf_fini(&table);
	return rc;
}
