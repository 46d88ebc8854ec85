#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "buf.h"
#include "catalog.h"
#include "delta.h"
#include "engine.h"
#include "finish.h"
#include "hashsql.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "session.h"

/* The state of one try. */
struct apply {
	struct engine *e;
	const struct delta *d;
	struct buf after; /* SQL that puts triggers and constraints back */
	bool hard;        /* replace rows; foreign keys are dropped meanwhile */
	bool legacy;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

/* "t.a = s.a AND t.b = s.b" over the key. */
static int
put_match(struct buf *b, const struct catalog_table *t)
{
	size_t i;

	for (i = 1; i <= t->n_key; i++) {
		const char *name = catalog_key(t, i)->name;

		if (buf_puts(b, i > 1 ? " AND t." : "t.") ||
			ident_quote(b, name) || buf_puts(b, " = s.") ||
			ident_quote(b, name))
			return -1;
	}
	return 0;
}

/* Whether an UPDATE can set every column that is not of the key. */
static bool
is_updatable(const struct catalog_table *t)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		if (!t->column[i].key && t->column[i].is_identity_always)
			return false;
	return t->n_key > 0 && t->n_columns > t->n_key;
}

static int
put_update(struct buf *b, const struct catalog_table *t, size_t table)
{
	bool first = true;
	size_t i;

	if (buf_puts(b, "UPDATE ONLY ") ||
		ident_qualified(b, t->schema, t->name) ||
		buf_puts(b, " t SET "))
		return -1;
	for (i = 0; i < t->n_columns; i++) {
		const char *name = t->column[i].name;

		if (t->column[i].key)
			continue;
		if ((!first && buf_puts(b, ", ")) || ident_quote(b, name) ||
			buf_puts(b, " = s.") || ident_quote(b, name))
			return -1;
		first = false;
	}
	return buf_printf(b, " FROM airlift.rows_%zu s WHERE ", table) ||
			       put_match(b, t)
		       ? -1
		       : 0;
}

/* Deletes what is gone; with ${all}, what is staged to be inserted too. */
static int
put_delete(struct apply *a, struct buf *b, size_t table, bool all)
{
	const struct catalog_table *t = &a->e->catalog->table[table];
	struct hashsql h = {.table = t, .legacy = a->legacy};

	if (buf_puts(b, "DELETE FROM ONLY ") ||
		ident_qualified(b, t->schema, t->name) ||
		buf_printf(b, " t USING airlift.%s_%zu s WHERE ",
			all ? "rows" : "gone", table))
		return -1;
	if (t->n_key)
		return put_match(b, t);
	return hashsql_hash(b, &h) || buf_puts(b, " = s.h") ? -1 : 0;
}

static int
put_insert(struct buf *b, const struct catalog_table *t, size_t table)
{
	if (buf_puts(b, "INSERT INTO ") ||
		ident_qualified(b, t->schema, t->name))
		return -1;
	if (*t->columns && buf_printf(b, " (%s)", t->columns))
		return -1;
	if (buf_printf(b,
		    " OVERRIDING SYSTEM VALUE SELECT %s FROM "
		    "airlift.rows_%zu s",
		    t->columns, table))
		return -1;
	if (!t->n_key)
		return 0;
	return buf_puts(b, " WHERE NOT EXISTS (SELECT FROM ONLY ") ||
			       ident_qualified(b, t->schema, t->name) ||
			       buf_puts(b, " t WHERE ") || put_match(b, t) ||
			       buf_putc(b, ')')
		       ? -1
		       : 0;
}

/* The foreign keys that touch the tables $1, each at its topmost parent. */
#define TOUCHING                                                               \
	"WITH RECURSIVE up AS (SELECT k.oid, k.conparentid FROM"               \
	" pg_constraint k WHERE k.contype = 'f' AND (k.conrelid = ANY"         \
	" ($1::regclass[]) OR k.confrelid = ANY ($1::regclass[]))"             \
	" UNION SELECT p.oid, p.conparentid FROM up JOIN pg_constraint p"      \
	" ON p.oid = up.conparentid)"                                          \
	" SELECT format('ALTER TABLE %I.%I', n.nspname, c.relname),"           \
	" quote_ident(k.conname), pg_get_constraintdef(k.oid),"                \
	" k.condeferrable, k.convalidated,"                                    \
	" c.relkind = 'p' OR f.relkind = 'p', CASE WHEN"                       \
	" obj_description(k.oid, 'pg_constraint') IS NOT NULL THEN"            \
	" format('COMMENT ON CONSTRAINT %I ON %I.%I IS %L', k.conname,"        \
	" n.nspname, c.relname, obj_description(k.oid, 'pg_constraint'))"      \
	" ELSE '' END"                                                         \
	" FROM up JOIN pg_constraint k USING (oid)"                            \
	" JOIN pg_class c ON c.oid = k.conrelid"                               \
	" JOIN pg_class f ON f.oid = k.confrelid"                              \
	" JOIN pg_namespace n ON n.oid = c.relnamespace"                       \
	" WHERE k.conparentid = 0"

/* Makes one deferrable until the end. A role that does not own the table
 * cannot: then the order of the statements must do. */
static int
defer_fkey(struct apply *a, const struct rows *r, int i)
{
	struct session *t = a->e->target;
	struct buf b = BUF_INIT;
	int rc = -1;

	if (rows_bool(r, i, 3))
		return 0;
	if (buf_printf(&b,
		    "%s ALTER CONSTRAINT %s DEFERRABLE INITIALLY DEFERRED",
		    rows_str(r, i, 0), rows_str(r, i, 1)) ||
		buf_printf(&a->after, "; %s ALTER CONSTRAINT %s NOT DEFERRABLE",
			rows_str(r, i, 0), rows_str(r, i, 1)))
		no_memory();
	else
		rc = session_exec(t, buf_str(&b));
	buf_fini(&b);
	return rc;
}

/* Drops one, to be made again, and validated if it was. */
static int
drop_fkey(struct apply *a, const struct rows *r, int i)
{
	const char *table = rows_str(r, i, 0), *name = rows_str(r, i, 1);
	const char *definition = rows_str(r, i, 2);
	bool valid = rows_bool(r, i, 4), whole = rows_bool(r, i, 5);
	bool later = valid && !whole;
	struct buf b = BUF_INIT;
	int rc = -1;

	if (buf_printf(&b, "%s DROP CONSTRAINT %s", table, name) ||
		buf_printf(&a->after, "; %s ADD CONSTRAINT %s %s%s", table,
			name, definition, later ? " NOT VALID" : "") ||
		(later && buf_printf(&a->after, "; %s VALIDATE CONSTRAINT %s",
				  table, name)) ||
		(*rows_str(r, i, 6) &&
			buf_printf(&a->after, "; %s", rows_str(r, i, 6))))
		no_memory();
	else
		rc = session_exec(a->e->target, buf_str(&b));
	buf_fini(&b);
	return rc;
}

static bool
is_changed(const struct apply *a, size_t table)
{
	return a->d->table[table].is_compared &&
	       !is_delta_empty(&a->d->table[table]);
}

/* The changed tables as an array of regclass. */
static int
put_changed(struct buf *b, const struct apply *a)
{
	const struct catalog *c = a->e->catalog;
	size_t i;
	int n = 0;

	if (buf_puts(b, "ARRAY["))
		return -1;
	for (i = 0; i < c->n_tables; i++) {
		struct buf name = BUF_INIT;
		int rc;

		if (!is_changed(a, i))
			continue;
		rc = ident_qualified(
			     &name, c->table[i].schema, c->table[i].name) ||
		     (n++ && buf_putc(b, ',')) ||
		     ident_literal(b, buf_str(&name)) ||
		     buf_puts(b, "::regclass");
		buf_fini(&name);
		if (rc)
			return -1;
	}
	return buf_puts(b, "]::regclass[]");
}

/* Foreign keys that touch a changed table: deferred, or dropped for now. */
static int
loosen_fkeys(struct apply *a)
{
	struct session *t = a->e->target;
	struct buf names = BUF_INIT;
	const char *params[1];
	struct rows *list = NULL, *r = NULL;
	int i, rc = -1;

	if (buf_puts(&names, "SELECT (") || put_changed(&names, a) ||
		buf_puts(&names, ")::oid[]")) {
		no_memory();
		goto out;
	}
	if (!(list = session_query(t, buf_str(&names), 0, NULL)))
		goto out;
	params[0] = rows_str(list, 0, 0);
	if (!(r = session_query(t, TOUCHING, 1, params)))
		goto out;
	rc = 0;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = a->hard ? drop_fkey(a, r, i) : defer_fkey(a, r, i);
out:
	rows_free(list);
	rows_free(r);
	buf_fini(&names);
	return rc;
}

/* Turns the user triggers and rules of a table off until the end. */
static int
quiet_table(struct apply *a, const struct catalog_table *t)
{
	struct buf off = BUF_INIT, on = BUF_INIT;
	int rc = finish_triggers(a->e->target, t->schema, t->name, &off, &on);

	if (rc == 0 && off.len)
		rc = session_exec(a->e->target, buf_str(&off) + 2);
	if (rc == 0 && on.len && buf_printf(&a->after, "; %s", buf_str(&on)))
		rc = no_memory();
	buf_fini(&off);
	buf_fini(&on);
	return rc;
}

/* Statements are run for every changed table before the next kind. */
enum step { QUIET, UPDATE, DELETE, REPLACE, INSERT };

static int
put_step(struct apply *a, struct buf *b, enum step step, size_t table)
{
	const struct catalog_table *t = &a->e->catalog->table[table];

	switch (step) {
	case UPDATE:
		return put_update(b, t, table);
	case DELETE:
		return put_delete(a, b, table, false);
	case REPLACE:
		return put_delete(a, b, table, true);
	case QUIET:
	case INSERT:
		break;
	}
	return put_insert(b, t, table);
}

/* Whether the table needs that step at all. */
static bool
has_step(const struct apply *a, enum step step, size_t table)
{
	const struct delta_table *d = &a->d->table[table];
	bool keyless = !a->e->catalog->table[table].n_key;

	switch (step) {
	case UPDATE:
		return !a->hard && !keyless && d->changed;
	case DELETE:
		return d->extra || (keyless && d->changed);
	case REPLACE:
		return a->hard && !keyless && d->changed;
	case QUIET:
	case INSERT:
		break;
	}
	return d->missing || (d->changed && (keyless || a->hard));
}

/*
 * The rows that a step has to move. Deletes are not counted: a cascade may
 * have been there first.
 */
static bool
is_count_right(const struct apply *a, enum step step, size_t table, int64_t n)
{
	const struct delta_table *d = &a->d->table[table];

	if (step == UPDATE)
		return n == d->changed;
	if (step != INSERT)
		return true;
	if (!a->e->catalog->table[table].n_key || a->hard)
		return n == (int64_t)d->rows;
	return n >= d->missing;
}

static int
run_step(struct apply *a, enum step step)
{
	const struct catalog *c = a->e->catalog;
	struct session *t = a->e->target;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < c->n_tables; i++) {
		struct buf sql = BUF_INIT;
		int64_t n = 0;

		if (!is_changed(a, i))
			continue;
		if (step == QUIET) {
			rc = quiet_table(a, &c->table[i]) ||
					     session_execf(t,
						     "ANALYZE airlift.rows_%zu,"
						     " airlift.gone_%zu",
						     i, i)
				     ? -1
				     : 0;
			continue;
		}
		if (!has_step(a, step, i))
			continue;
		if (put_step(a, &sql, step, i))
			rc = no_memory();
		else if (session_count(t, buf_str(&sql), &n))
			rc = -1;
		else if (!is_count_right(a, step, i, n)) {
			msg_error("%s: %s.%s changed while it was compared: "
				  "stop what writes to it, then run again",
				session_what(t), c->table[i].schema,
				c->table[i].name);
			rc = -1;
		}
		buf_fini(&sql);
	}
	return rc;
}

static int
try_once(struct apply *a)
{
	struct session *t = a->e->target;

	return session_exec(t, "BEGIN") || run_step(a, QUIET) ||
			       loosen_fkeys(a) ||
			       session_exec(
				       t, "SET CONSTRAINTS ALL DEFERRED") ||
			       run_step(a, UPDATE) || run_step(a, DELETE) ||
			       run_step(a, REPLACE) || run_step(a, INSERT) ||
			       session_exec(
				       t, "SET CONSTRAINTS ALL IMMEDIATE") ||
			       (a->after.len &&
				       session_exec(
					       t, buf_str(&a->after) + 2)) ||
			       session_exec(t, "COMMIT")
		       ? -1
		       : 0;
}

/* Whether rows can only be replaced, not updated. */
static bool
needs_replacing(const struct apply *a)
{
	size_t i;

	for (i = 0; i < a->e->catalog->n_tables; i++)
		if (is_changed(a, i) && a->d->table[i].changed &&
			a->e->catalog->table[i].n_key &&
			!is_updatable(&a->e->catalog->table[i]))
			return true;
	return false;
}

/* A violation that replacing rows would not meet: unique, RESTRICT, foreign
 * key; or a foreign key that is not ours to alter. */
static bool
is_order_trouble(const struct session *t)
{
	static const char *const states[] = {
		"23505", "23001", "23503", "23P01"};
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(session_sqlstate(t), states[i]) == 0)
			return true;
	return false;
}

int
apply_delta(struct engine *e, const struct delta *d)
{
	struct apply a = {.e = e, .d = d, .after = BUF_INIT};
	int rc;

	a.legacy = session_version(e->source) < 140000 ||
		   session_version(e->target) < 140000;
	a.hard = needs_replacing(&a);
	session_forget(e->target);
	rc = try_once(&a);
	if (rc && !a.hard && is_session_alive(e->target) &&
		is_order_trouble(e->target)) {
		msg_note("values have changed places: replacing rows instead");
		buf_clear(&a.after);
		a.hard = true;
		rc = session_exec(e->target, "ROLLBACK") || try_once(&a) ? -1
									 : 0;
	}
	if (rc && is_session_alive(e->target))
		(void)session_try(e->target, "ROLLBACK");
	buf_fini(&a.after);
	return rc;
}
