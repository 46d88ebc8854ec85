#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "clock.h"
#include "conninfo.h"
#include "engine.h"
#include "env.h"
#include "filter.h"
#include "followslot.h"
#include "followstate.h"
#include "ident.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "replication.h"
#include "session.h"
#include "status.h"

struct followstate {
	char *slot;
	uint64_t lsn;
};

bool
is_followstate_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n > 0 && n < 64 && !name[n];
}

/* One finding of level error a row of the query. 0 or -1. */
static int
refuse_rows(struct engine *e, struct session *s, const char *sql,
	const char *rule, const char *fix)
{
	struct rows *r = session_query(s, sql, 0, NULL);
	int i, rc = 0;

	if (!r)
		return -1;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = engine_finding(e, "error", rule, rows_str(r, i, 0), fix);
	rows_free(r);
	return rc;
}

/* Whatever would fail, or would make the application's writes fail. */
static int
check_source(struct engine *e, struct session *s)
{
	return refuse_rows(e, s,
		       "SELECT 'the source has wal_level = ' || setting FROM"
		       " pg_settings WHERE name = 'wal_level' AND setting <>"
		       " 'logical'",
		       "wal-level",
		       "set wal_level = logical there and restart it; or use "
		       "copy and sync") ||
			       refuse_rows(e, s,
				       "SELECT 'role ' || rolname || ' may not"
				       " replicate' FROM pg_roles WHERE "
				       "rolname ="
				       " current_user AND NOT (rolsuper OR"
				       " rolreplication)",
				       "no-replication",
				       "ALTER ROLE ... REPLICATION; or use "
				       "copy "
				       "and sync") ||
			       refuse_rows(e, s,
				       "SELECT format('%I.%I has no primary "
				       "key:"
				       " once it is published, UPDATE and "
				       "DELETE"
				       " fail', n.nspname, c.relname) FROM"
				       " pg_class c JOIN pg_namespace n ON "
				       "n.oid"
				       " = c.relnamespace WHERE c.relkind = 'r'"
				       " AND c.relpersistence = 'p' AND "
				       "n.nspname"
				       " NOT IN ('pg_catalog',"
				       " 'information_schema', 'airlift') AND "
				       "NOT"
				       " EXISTS (SELECT FROM pg_depend d WHERE"
				       " d.classid = 'pg_class'::regclass AND"
				       " d.objid = c.oid AND d.deptype = 'e') "
				       "AND"
				       " (c.relreplident = 'n' OR "
				       "(c.relreplident"
				       " = 'd' AND NOT EXISTS (SELECT FROM"
				       " pg_index i WHERE i.indrelid = c.oid "
				       "AND"
				       " i.indisprimary)))",
				       "no-replica-identity",
				       "ALTER TABLE ... REPLICA IDENTITY FULL "
				       "(its updates then search the whole "
				       "table), or give it a primary key")
		       ? -1
		       : 0;
}

static int
publish(struct engine *e, struct session *s, const char *slot)
{
	struct catalog *c;
	struct buf b = BUF_INIT;
	size_t i, n = 0;
	int rc = -1;

	if (catalog_load(s, &c))
		return -1;
	filter_catalog(e->opt, c);
	if (buf_puts(&b, "CREATE PUBLICATION ") || ident_quote(&b, slot) ||
		buf_puts(&b, " FOR TABLE "))
		goto out;
	for (i = 0; i < c->n_tables; i++) {
		if (c->table[i].is_unlogged ||
			is_filter_empty(
				e->opt, c->table[i].schema, c->table[i].name))
			continue;
		if (buf_puts(&b, n++ ? ", ONLY " : "ONLY ") ||
			ident_qualified(
				&b, c->table[i].schema, c->table[i].name))
			goto out;
	}
	if (!n)
		msg_error("%s: there are no tables to follow",
			conninfo_identity(e->from));
	else
		rc = session_exec(s, buf_str(&b));
out:
	catalog_free(c);
	buf_fini(&b);
	return rc;
}

static int
emit_slot(struct engine *e, const char *type, const char *slot, uint64_t lsn)
{
	struct buf b = BUF_INIT, at = BUF_INIT;
	struct jsonw w;
	int rc;

	jsonw_record(&w, &b, type);
	jsonw_str(&w, "slot", slot);
	if (lsn && replication_put_lsn(&at, lsn) == 0)
		jsonw_str(&w, "lsn", buf_str(&at));
	rc = engine_put(e, &w, &b, true);
	buf_fini(&at);
	return rc;
}

/* What a new slot waits for, without a word of the server's. 0 or -1. */
static int
tell_waiting(struct engine *e)
{
	struct rows *r = session_query(e->source,
		"SELECT format('the prepared transaction %L', gid) FROM"
		" pg_prepared_xacts UNION ALL SELECT format('the transaction of"
		" process %s (%s)', pid, state) FROM pg_stat_activity WHERE"
		" backend_xid IS NOT NULL AND pid <> pg_backend_pid()",
		0, NULL);
	int i, rc = r ? 0 : -1;

	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = engine_tell(e, "note", "slot-waits",
			"if it stays open, end it there",
			"the slot waits for the end of %s on the source",
			rows_str(r, i, 0));
	rows_free(r);
	return rc;
}

/* The slot, and the engine's transaction in its snapshot. An exit status. */
static int
take_slot(struct engine *e, struct followstate *f)
{
	struct session *s = NULL;
	enum session_error err;
	char *snapshot = NULL;
	int rc;

	if (tell_waiting(e))
		return engine_status(e);
	if (session_open_replication(e->from, "source", &s, &err))
		return err == SESSION_TEMPORARY ? STATUS_TEMPORARY : STATUS_NO;
	if (replication_create_slot(s, f->slot, &f->lsn, &snapshot))
		rc = -1;
	else if ((rc = engine_import(e, snapshot)) == 0)
		msg_error("source: the slot's snapshot is gone");
	free(snapshot);
	session_close(s);
	if (rc > 0)
		return emit_slot(e, "slot.created", f->slot, f->lsn)
			       ? STATUS_TEMPORARY
			       : STATUS_OK;
	return engine_status(e);
}

int
followstate_begin(struct engine *e, const char *slot, struct followstate **out)
{
	struct followstate *f = mem_zalloc(1, sizeof(*f));
	struct session *s = NULL;
	enum session_error err;
	int status = STATUS_TEMPORARY;

	if (!f || !(f->slot = mem_strdup(slot))) {
		msg_error("out of memory");
		goto out;
	}
	if (session_open(e->from, "source", &s, &err))
		goto out;
	if (check_source(e, s))
		goto out;
	status = STATUS_NO;
	if (e->rec.errors)
		goto out;
	/* what an earlier run has left goes first */
	if (followslot_drop(e, s, slot) || publish(e, s, slot))
		status = e->temporary || session_error(s) == SESSION_TEMPORARY
				 ? STATUS_TEMPORARY
				 : STATUS_NO;
	else
		status = take_slot(e, f);
out:
	session_close(s);
	if (status == STATUS_OK)
		*out = f;
	else
		followstate_free(f);
	return status;
}

void
followstate_free(struct followstate *f)
{
	if (!f)
		return;
	free(f->slot);
	free(f);
}

/* The user tables that the publication ($1) has not; of a partitioned table,
 * each leaf is published by itself. */
#define UNPUBLISHED                                                            \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"       \
	" WHERE c.relkind = 'r' AND c.relpersistence <> 't' "                  \
	"AND" CATALOG_USERS(                                                   \
		"c", "pg_class") " AND NOT EXISTS (SELECT FROM"                \
				 " pg_publication_tables p WHERE p.pubname = " \
				 "$1 AND p.schemaname ="                       \
				 " n.nspname AND p.tablename = c.relname)"

/* The tables that a copy leaves out by choice, as an array. NULL or rows. */
static struct rows *
left_out(struct engine *e, const char *slot)
{
	const char *params[1] = {slot};

	return session_query(e->source,
		"SELECT coalesce(array_agg(format('%I.%I', n.nspname,"
		" c.relname)), '{}')" UNPUBLISHED " AND c.relpersistence ="
		" 'p'",
		1, params);
}

int
followstate_store(struct engine *e, const struct followstate *f)
{
	struct buf lsn = BUF_INIT;
	const char *params[4] = {
		f->slot, conninfo_identity(e->from), NULL, NULL};
	struct rows *out = left_out(e, f->slot), *r = NULL;

	if (!out ||
		session_exec(e->target,
			"CREATE TABLE IF NOT EXISTS airlift.follow (slot text"
			" PRIMARY KEY, source text NOT NULL, lsn text NOT NULL,"
			" left_out text[] NOT NULL,"
			" at timestamptz NOT NULL DEFAULT now())")) {
		rows_free(out);
		return -1;
	}
	if (replication_put_lsn(&lsn, f->lsn) == 0) {
		params[2] = buf_str(&lsn);
		params[3] = rows_str(out, 0, 0);
		r = session_query(e->target,
			"INSERT INTO airlift.follow (slot, source, lsn,"
			" left_out) VALUES ($1, $2, $3, $4::text[]) ON CONFLICT"
			" (slot) DO UPDATE SET source = excluded.source, lsn ="
			" excluded.lsn, left_out = excluded.left_out, at ="
			" now()",
			4, params);
	}
	buf_fini(&lsn);
	rows_free(out);
	rows_free(r);
	return r ? 0 : -1;
}

/* One finding a row of text and level. 0 or -1. */
static int
tell_unfollowed(struct engine *e, const struct rows *r, const char *fix)
{
	int i, rc = 0;

	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = engine_finding(e, rows_str(r, i, 1), "table-not-followed",
			rows_str(r, i, 0), fix);
	return rc;
}

int
followstate_conclude(struct engine *e, const char *slot)
{
	static const char fix[] = "bring its rows with pgcopy sync; a new "
				  "table must be created on the target first";
	const char *params[2] = {slot, NULL};
	struct rows *known, *r;
	int rc;

	known = session_query(e->target,
		"SELECT left_out FROM airlift.follow WHERE slot = $1", 1,
		params);
	if (!known)
		return -1;
	params[1] = rows_count(known) ? rows_str(known, 0, 0) : "{}";
	r = session_query(e->source,
		"SELECT format('%I.%I is ', n.nspname, c.relname) || CASE"
		" c.relpersistence WHEN 'u' THEN 'unlogged' ELSE 'not"
		" published' END || ': its changes are not in the "
		"stream', CASE c.relpersistence WHEN 'u' THEN 'warning' ELSE"
		" 'error' END" UNPUBLISHED
		" AND format('%I.%I', n.nspname, c.relname) <> ALL"
		" ($2::text[]) ORDER BY 1",
		2, params);
	rc = r ? tell_unfollowed(e, r, fix) : -1;
	rows_free(known);
	rows_free(r);
	return rc;
}

int
followstate_load(struct engine *e, const char *slot, uint64_t *lsn)
{
	const char *params[2] = {slot, conninfo_identity(e->from)};
	struct rows *r = session_query(e->target,
		"SELECT to_regclass('airlift.follow') IS NOT NULL", 0, NULL);
	int found;

	if (!r)
		return -1;
	found = rows_bool(r, 0, 0);
	rows_free(r);
	if (!found)
		return 0;
	r = session_query(e->target,
		"SELECT lsn FROM airlift.follow WHERE slot = $1 AND source ="
		" $2",
		2, params);
	if (!r)
		return -1;
	*lsn = rows_count(r) ? replication_lsn(rows_str(r, 0, 0)) : 0;
	rows_free(r);
	return *lsn != 0;
}

int
followstate_drop(struct engine *e, const char *slot)
{
	const char *params[1] = {slot};
	struct rows *r;
	uint64_t lsn;
	int found = followstate_load(e, slot, &lsn);

	if (found < 0 || followslot_drop(e, e->source, slot))
		return -1;
	if (found) {
		r = session_query(e->target,
			"DELETE FROM airlift.follow WHERE slot = $1", 1,
			params);
		if (!r)
			return -1;
		rows_free(r);
		/* a schema that nothing else needs goes too */
		if (session_exec(e->target,
			    "DO $$BEGIN IF NOT EXISTS (SELECT FROM"
			    " airlift.follow) THEN DROP TABLE airlift.follow;"
			    " END IF; IF NOT EXISTS (SELECT FROM pg_class"
			    " WHERE relnamespace = 'airlift'::regnamespace)"
			    " THEN DROP SCHEMA airlift; END IF; END$$"))
			return -1;
	}
	return emit_slot(e, "slot.dropped", slot, 0);
}
