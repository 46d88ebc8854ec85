#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "session.h"

int
ledger_create(struct session *s, const char *source)
{
	const char *params[1] = {source};
	struct rows *r;

	if (session_exec(s,
		    "BEGIN; CREATE SCHEMA airlift;"
		    "COMMENT ON SCHEMA airlift IS 'pgcopy keeps its progress "
		    "here; dropped when the copy is complete';"
		    "CREATE TABLE airlift.run (one bool PRIMARY KEY DEFAULT "
		    "true CHECK (one), source text NOT NULL, schema_hash text "
		    "NOT NULL DEFAULT '', outline text, snapshot text, taken "
		    "text, released bool NOT "
		    "NULL DEFAULT false, at timestamptz NOT NULL DEFAULT "
		    "now());"
		    "CREATE TABLE airlift.ledger (part text PRIMARY KEY, kind "
		    "text NOT NULL, rows int8, bytes int8, digest text, at "
		    "timestamptz NOT NULL DEFAULT now())"))
		return -1;
	r = session_query(
		s, "INSERT INTO airlift.run (source) VALUES ($1)", 1, params);
	if (!r)
		return -1;
	rows_free(r);
	return session_exec(s, "COMMIT");
}

static int
by_part(const void *a, const void *b)
{
	return strcmp(((const struct ledger_entry *)a)->part,
		((const struct ledger_entry *)b)->part);
}

/* Sum, rows and bytes from columns ${col} on. */
static void
read_sum(const struct rows *r, int row, int col, struct multiset *m)
{
	*m = (struct multiset)MULTISET_INIT;
	if (is_rows_null(r, row, col + 2))
		return;
	(void)multiset_parse(rows_str(r, row, col + 2), m);
	m->rows = (uint64_t)rows_int(r, row, col);
	m->bytes = (uint64_t)rows_int(r, row, col + 1);
}

static int
load_entries(struct session *s, struct ledger *l)
{
	struct rows *r = session_query(s,
		"SELECT part, kind, rows, bytes, digest FROM airlift.ledger", 0,
		NULL);
	int i, rc = 0;

	if (!r)
		return -1;
	l->entry = mem_zalloc((size_t)rows_count(r) + 1, sizeof(*l->entry));
	for (i = 0; l->entry && rc == 0 && i < rows_count(r); i++) {
		struct ledger_entry *e = &l->entry[i];

		e->part = mem_strdup(rows_str(r, i, 0));
		e->kind = mem_strdup(rows_str(r, i, 1));
		e->sum = mem_alloc(sizeof(*e->sum));
		l->n++;
		if (!e->part || !e->kind || !e->sum)
			rc = -1;
		else
			read_sum(r, i, 2, e->sum);
	}
	rows_free(r);
	if (rc || !l->entry) {
		msg_error("out of memory");
		return -1;
	}
	qsort(l->entry, l->n, sizeof(*l->entry), by_part);
	return 0;
}

int
ledger_load(struct session *s, struct ledger *l)
{
	struct rows *r;
	int rc = 0;

	memset(l, 0, sizeof(*l));
	r = session_query(
		s, "SELECT to_regclass('airlift.run') IS NOT NULL", 0, NULL);
	if (!r)
		return -1;
	rc = rows_bool(r, 0, 0);
	rows_free(r);
	if (!rc)
		return 0;
	if (!(r = session_query(s,
		      /* a ledger of an earlier version has no outline */
		      "SELECT source, schema_hash, coalesce(to_jsonb(r) ->>"
		      " 'outline', '') FROM airlift.run r",
		      0, NULL)))
		return -1;
	rc = -1;
	if (rows_count(r) != 1) {
		msg_error("%s: the schema airlift is not one of ours",
			session_what(s));
	} else {
		l->source = mem_strdup(rows_str(r, 0, 0));
		l->schema_hash = mem_strdup(rows_str(r, 0, 1));
		l->outline = mem_strdup(rows_str(r, 0, 2));
		if (l->source && l->schema_hash && l->outline)
			rc = load_entries(s, l);
		else
			msg_error("out of memory");
	}
	rows_free(r);
	if (rc)
		ledger_fini(l);
	return rc;
}

void
ledger_fini(struct ledger *l)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		free(l->entry[i].part);
		free(l->entry[i].kind);
		free(l->entry[i].sum);
	}
	free(l->entry);
	free(l->source);
	free(l->schema_hash);
	free(l->outline);
	memset(l, 0, sizeof(*l));
}

const struct ledger_entry *
ledger_find(const struct ledger *l, const char *part)
{
	struct ledger_entry key = {NULL, NULL, NULL};

	if (!l->n)
		return NULL;
	key.part = (char *)(uintptr_t)part;
	return bsearch(&key, l->entry, l->n, sizeof(*l->entry), by_part);
}

/* A statement with text parameters and no result that matters. */
static int
execute(struct session *s, const char *sql, int n, const char *const *params)
{
	struct rows *r = session_query(s, sql, n, params);

	if (!r)
		return -1;
	rows_free(r);
	return 0;
}

int
ledger_set_schema(struct session *s, const char *hash, const char *outline)
{
	const char *params[2] = {hash, outline};

	return session_exec(s, "ALTER TABLE airlift.run ADD COLUMN IF NOT "
			       "EXISTS outline text") ||
			       execute(s,
				       "UPDATE airlift.run SET schema_hash = "
				       "$1, outline = $2",
				       2, params)
		       ? -1
		       : 0;
}

int
ledger_offer(struct session *s, const char *snapshot)
{
	const char *params[1] = {snapshot};

	return execute(s,
		"UPDATE airlift.run SET snapshot = $1, released = false", 1,
		params);
}

int
ledger_offered(struct session *s, char **snapshot)
{
	struct rows *r =
		session_query(s, "SELECT snapshot FROM airlift.run", 0, NULL);
	int rc = 0;

	*snapshot = NULL;
	if (!r)
		return -1;
	if (rows_count(r) && !is_rows_null(r, 0, 0) &&
		!(*snapshot = mem_strdup(rows_str(r, 0, 0)))) {
		msg_error("out of memory");
		rc = -1;
	}
	rows_free(r);
	return rc;
}

int
ledger_release(struct session *s)
{
	return session_exec(
		s, "UPDATE airlift.run SET released = true, snapshot = NULL");
}

int
is_ledger_released(struct session *s, bool *yes)
{
	struct rows *r = session_query(
		s, "SELECT to_regclass('airlift.run') IS NULL", 0, NULL);
	int rc = -1;

	/* a copy that is complete has taken the ledger away */
	*yes = r && rows_bool(r, 0, 0);
	if (!r || *yes) {
		rc = r ? 0 : -1;
		rows_free(r);
		return rc;
	}
	rows_free(r);
	if (!(r = session_query(
		      s, "SELECT released FROM airlift.run", 0, NULL)))
		return -1;
	*yes = rows_count(r) == 0 || rows_bool(r, 0, 0);
	rows_free(r);
	return 0;
}

int
ledger_take(struct session *s, const char *snapshot)
{
	const char *params[1] = {snapshot};

	return execute(s, "UPDATE airlift.run SET taken = $1", 1, params);
}

/* The failure of whoever comes too late, as the server would tell it. -1. */
static int
refuse_late(struct session *s)
{
	(void)session_exec(s,
		"DO $$BEGIN RAISE EXCEPTION 'another run has taken the target"
		" over: this part is of an earlier plan' USING ERRCODE ="
		" 'object_not_in_prerequisite_state'; END$$");
	return -1;
}

/* The COMMIT of a lost session has come through: it is worth another look,
 * which finds the part done. -1. */
static int
refuse_twice(struct session *s)
{
	(void)session_exec(s,
		"ROLLBACK; DO $$BEGIN RAISE EXCEPTION 'another session has"
		" done this part' USING ERRCODE = 'serialization_failure';"
		" END$$");
	return -1;
}

int
ledger_check(struct session *s, const char *snapshot)
{
	const char *params[1] = {snapshot};
	struct rows *r = session_query(s,
		"SELECT FROM airlift.run WHERE taken IS NOT DISTINCT FROM $1",
		1, params);
	int n = r ? rows_count(r) : -1;

	rows_free(r);
	return n < 0 ? -1 : n == 0 ? refuse_late(s) : 0;
}

/* The parameters of an entry, and the room that their text takes. */
struct values {
	char rows[24], bytes[24], hex[MULTISET_HEX + 1];
	const char *param[6];
};

static void
set_values(struct values *v, const char *part, const char *kind,
	const struct multiset *sum)
{
	memset(v, 0, sizeof(*v));
	v->param[0] = part;
	v->param[1] = kind;
	if (!sum)
		return;
	/* a key at which a part begins may be negative */
	snprintf(v->rows, sizeof(v->rows), "%lld", (long long)sum->rows);
	snprintf(v->bytes, sizeof(v->bytes), "%lld", (long long)sum->bytes);
	multiset_format(sum, v->hex);
	v->param[2] = v->rows;
	v->param[3] = v->bytes;
	v->param[4] = v->hex;
}

int
ledger_add(struct session *s, const char *part, const char *kind,
	const struct multiset *sum)
{
	struct values v;

	set_values(&v, part, kind, sum);
	return execute(s,
		"INSERT INTO airlift.ledger (part, kind, rows, bytes, digest)"
		" VALUES ($1, $2, $3::int8, $4::int8, $5)",
		5, v.param);
}

int
ledger_add_read(struct session *s, const char *part, const char *kind,
	const struct multiset *sum, const char *snapshot)
{
	struct values v;
	struct rows *r;
	int n;

	set_values(&v, part, kind, sum);
	v.param[5] = snapshot;
	/* the lock lasts to the commit: ledger_take comes before or after it */
	r = session_query(s,
		"INSERT INTO airlift.ledger (part, kind, rows, bytes, digest)"
		" SELECT $1, $2, $3::int8, $4::int8, $5 FROM airlift.run WHERE"
		" taken IS NOT DISTINCT FROM $6 FOR SHARE RETURNING part",
		6, v.param);
	n = r ? rows_count(r) : -1;
	rows_free(r);
	if (n < 0 && strcmp(session_sqlstate(s), "23505") == 0)
		return refuse_twice(s);
	return n < 0 ? -1 : n == 0 ? refuse_late(s) : 0;
}

int
ledger_get(struct session *s, const char *part, struct multiset *sum)
{
	const char *params[1] = {part};
	struct rows *r = session_query(s,
		"SELECT rows, bytes, digest FROM airlift.ledger WHERE part = "
		"$1",
		1, params);
	int found;

	if (!r)
		return -1;
	found = rows_count(r) > 0;
	if (found)
		read_sum(r, 0, 0, sum);
	rows_free(r);
	return found;
}

int
ledger_remove(struct session *s, const char *part)
{
	const char *params[1] = {part};

	return execute(
		s, "DELETE FROM airlift.ledger WHERE part = $1", 1, params);
}

int
ledger_drop(struct session *s)
{
	/* the position of `follow` outlives the copy */
	return session_exec(s,
		"DO $$BEGIN IF to_regclass('airlift.follow') IS NULL THEN DROP"
		" SCHEMA IF EXISTS airlift CASCADE; ELSE DROP TABLE IF EXISTS"
		" airlift.run, airlift.ledger; END IF; END$$");
}
