#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "delta.h"
#include "engine.h"
#include "hashsql.h"
#include "ident.h"
#include "json.h"
#include "keyrange.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "part.h"
#include "plan.h"
#include "session.h"

enum {
	SMALL_ROWS = 20000,    /* such a table is compared row by row at once */
	PART_ROWS = 1 << 20,   /* of one part of a large table */
	PART_BYTES = 256 << 20 /* ... or as many rows as have these bytes */
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

void
delta_fini(struct delta *d)
{
	free(d->table);
	free(d->found);
	memset(d, 0, sizeof(*d));
}

bool
is_delta_empty(const struct delta_table *t)
{
	return !t->missing && !t->extra && !t->changed;
}

/* The rows that the planner believes in, or what the bytes suggest. */
static double
rows_of(const struct catalog_table *t)
{
	double by_bytes = (double)t->bytes / 40;

	return t->rows > 0 ? t->rows : by_bytes;
}

/* One part of a table's comparison as a job. 0 or -1. */
static int
add_part(struct engine *e, struct delta *d, const struct hashsql *h,
	const struct hashsql_part *range, int64_t number)
{
	const struct catalog_table *t = h->table;
	size_t table = (size_t)(t - e->catalog->table), job;
	bool binary = e->table[table].binary;
	struct buf id = BUF_INIT, groups = BUF_INIT, some = BUF_INIT,
		   all = BUF_INIT, fetch = BUF_INIT, rows = BUF_INIT,
		   gone = BUF_INIT, line = BUF_INIT;
	struct part p = {.kind = "diff",
		.binary = binary,
		.schema = t->schema,
		.table = t->name,
		.list = hashsql_list(h)};
	int rc = -1;

	if (buf_puts(&id, "diff:") || plan_name(&id, t->schema, t->name) ||
		(number && buf_printf(&id, "#%" PRId64, number)) ||
		hashsql_groups(&groups, h, range) ||
		hashsql_rows(&some, h, range, true) ||
		hashsql_rows(&all, h, range, false) ||
		hashsql_fetch(&fetch, h, binary) ||
		buf_printf(&rows,
			"COPY airlift.rows_%zu FROM STDIN (FORMAT %s)", table,
			binary ? "binary" : "text") ||
		buf_printf(&gone, "COPY airlift.gone_%zu FROM STDIN", table))
		goto out;
	p.id = buf_str(&id);
	p.all = buf_str(&all);
	if (rows_of(t) > SMALL_ROWS) {
		p.groups = buf_str(&groups);
		p.some = buf_str(&some);
	}
	if (d->staging) {
		p.fetch = buf_str(&fetch);
		p.stage_rows = buf_str(&rows);
		p.stage_gone = buf_str(&gone);
	}
	if (part_put(&line, &p, NULL, 0))
		goto out;
	job = jobs_add(
		&e->jobs, p.id, buf_str(&line), 0, (double)t->bytes, table);
	if (job == JOBS_NONE)
		goto out;
	e->jobs.job[job].size = (uint64_t)t->bytes;
	d->table[table].parts_left++;
	rc = 0;
out:
	if (rc)
		no_memory();
	buf_fini(&id);
	buf_fini(&groups);
	buf_fini(&some);
	buf_fini(&all);
	buf_fini(&fetch);
	buf_fini(&rows);
	buf_fini(&gone);
	buf_fini(&line);
	return rc;
}

/* The parts of a large table whose groups are ranges of its key. */
static int
add_ranges(struct engine *e, struct delta *d, const struct hashsql *h,
	const int64_t *bound, size_t n_bounds)
{
	const struct catalog_table *t = h->table;
	double rows = rows_of(t), parts = rows / PART_ROWS;
	struct hashsql_part p = {false, false, 0, 0};
	int64_t k, n, number = 0;

	if ((double)t->bytes / PART_BYTES > parts)
		parts = (double)t->bytes / PART_BYTES;
	/* at least one a worker, where that is worth its start */
	if (parts < (double)e->jobs_wanted && rows > 100000)
		parts = (double)e->jobs_wanted;
	n = (int64_t)parts + 1;
	for (k = 1; k <= n; k++) {
		if (k < n && n_bounds > 1) {
			p.to = keyrange_begin(bound, n_bounds, k, n) >>
			       h->shift;
			p.has_to = true;
			/* where rows crowd, parts may be empty: left out */
			if (p.has_from && p.to <= p.from)
				continue;
		} else if (k < n) {
			continue;
		} else {
			p.has_to = false;
		}
		if (add_part(e, d, h, &p, ++number))
			return -1;
		p.from = p.to;
		p.has_from = true;
	}
	return 0;
}

static int
plan_table(struct engine *e, struct delta *d, size_t table, bool legacy)
{
	const struct catalog_table *t = &e->catalog->table[table];
	const struct hashsql_part whole = {false, false, 0, 0};
	double rows = rows_of(t), step = 1;
	int64_t *bound = NULL;
	struct hashsql h;
	size_t n = 0;
	int rc;

	if (rows > SMALL_ROWS && is_hashsql_range(t)) {
		if (keyrange_read(e->source, t, &bound, &n))
			return -1;
		step = keyrange_step(bound, n, rows);
	}
	hashsql_init(&h, t, rows, step, legacy);
	rc = bound && h.kind == HASHSQL_RANGE ? add_ranges(e, d, &h, bound, n)
					      : add_part(e, d, &h, &whole, 0);
	free(bound);
	return rc;
}

/* Names of the key's columns, or the hash that stands for a row. */
static int
put_gone(struct buf *b, const struct catalog_table *t)
{
	size_t i;

	if (!t->n_key)
		return buf_puts(b, "0::int8 AS h");
	for (i = 1; i <= t->n_key; i++)
		if ((i > 1 && buf_puts(b, ", ")) ||
			ident_quote(b, catalog_key(t, i)->name))
			return -1;
	return 0;
}

/* SQL of one table's pair of staging tables, after the others'. */
static int
put_stage(struct buf *b, const struct catalog_table *t, size_t table)
{
	return buf_printf(b,
		       "CREATE UNLOGGED TABLE airlift.rows_%zu AS SELECT ",
		       table) ||
			       buf_puts(b, t->columns) ||
			       buf_puts(b, " FROM ") ||
			       ident_qualified(b, t->schema, t->name) ||
			       buf_printf(b,
				       " WITH NO DATA; CREATE UNLOGGED TABLE "
				       "airlift.gone_%zu AS SELECT ",
				       table) ||
			       put_gone(b, t) || buf_puts(b, " FROM ") ||
			       ident_qualified(b, t->schema, t->name) ||
			       buf_puts(b, " WITH NO DATA;")
		       ? -1
		       : 0;
}

int
delta_unstage(struct engine *e)
{
	struct rows *r = session_query(e->target,
		"SELECT string_agg(format('DROP TABLE airlift.%I', relname),"
		" '; ') FROM pg_class WHERE relnamespace ="
		" to_regnamespace('airlift') AND relkind = 'r' AND (relname ="
		" 'staged' OR relname ~ '^(rows|gone)_[0-9]+$')",
		0, NULL);
	int rc;

	if (!r)
		return -1;
	rc = is_rows_null(r, 0, 0) ? 0
				   : session_exec(e->target, rows_str(r, 0, 0));
	rows_free(r);
	if (rc)
		return -1;
	/* a schema that nothing else is in was made for this */
	return session_exec(e->target,
		"DO $$BEGIN IF to_regnamespace('airlift') IS NOT NULL AND NOT"
		" EXISTS (SELECT FROM pg_class WHERE relnamespace ="
		" to_regnamespace('airlift')) THEN DROP SCHEMA airlift; END IF;"
		" END$$");
}

static int
make_stage(struct engine *e, const struct delta *d)
{
	struct buf sql = BUF_INIT;
	size_t i;
	int rc = -1;

	if (delta_unstage(e))
		return -1;
	if (buf_puts(&sql,
		    "BEGIN; DO $$BEGIN IF to_regnamespace('airlift') IS NULL"
		    " THEN CREATE SCHEMA airlift; COMMENT ON SCHEMA airlift IS"
		    " 'pgcopy keeps its progress here; dropped when it is"
		    " done'; END IF; END$$; CREATE TABLE"
		    " airlift.staged (part text PRIMARY KEY, next int8,"
		    " over bool, missing int8, extra int8, changed int8,"
		    " rows int8, bytes int8);"))
		goto nomem;
	for (i = 0; i < e->catalog->n_tables; i++)
		if (d->table[i].is_compared &&
			put_stage(&sql, &e->catalog->table[i], i))
			goto nomem;
	if (buf_puts(&sql, "COMMIT"))
		goto nomem;
	rc = session_exec(e->target, buf_str(&sql));
	buf_fini(&sql);
	return rc;
nomem:
	buf_fini(&sql);
	return no_memory();
}

int
delta_plan(struct engine *e, struct delta *d, const struct catalog *other,
	bool staging)
{
	struct catalog *c = e->catalog;
	bool legacy = session_version(e->source) < 140000 ||
		      session_version(e->target) < 140000;
	size_t i;

	free(d->table);
	free(d->found);
	d->found = NULL;
	d->staging = staging;
	if (!(d->table = mem_zalloc(c->n_tables + 1, sizeof(*d->table))))
		return no_memory();
	for (i = 0; i < c->n_tables; i++) {
		const struct catalog_table *u = catalog_find(
			other, c->table[i].schema, c->table[i].name);

		d->table[i].is_compared =
			u && !catalog_other_column(&c->table[i], u) &&
			(!d->only_marked || e->table[i].by_delta) &&
			!e->table[i].is_empty;
		/* rows that a key does not tell apart on both ends are told
		 * apart by all of their columns */
		if (u && !is_catalog_key(&c->table[i], u))
			catalog_drop_key(&c->table[i]);
		if (u && !u->is_binary)
			e->table[i].binary = false;
	}
	if (staging && make_stage(e, d))
		return -1;
	for (i = 0; i < c->n_tables; i++)
		if (d->table[i].is_compared && plan_table(e, d, i, legacy))
			return -1;
	d->n_found = e->jobs.n;
	d->found = mem_zalloc(d->n_found + 1, sizeof(*d->found));
	return d->found ? 0 : no_memory();
}

int
delta_record(
	struct engine *e, struct delta *d, size_t job, const struct json_val *r)
{
	struct delta_table *f = &d->found[job];

	(void)e;
	if (job >= d->n_found ||
		strcmp(json_get_str(r, "type"), "diff.found") != 0)
		return 0;
	if (json_int(json_get(r, "missing"), 0, INT64_MAX, &f->missing) ||
		json_int(json_get(r, "extra"), 0, INT64_MAX, &f->extra) ||
		json_int(json_get(r, "changed"), 0, INT64_MAX, &f->changed)) {
		msg_error("a worker told of differences without their number");
		return -1;
	}
	return 0;
}

int
delta_finished(struct engine *e, struct delta *d, size_t job,
	const struct multiset *m, double seconds)
{
	struct delta_table *t = &d->table[e->jobs.job[job].table];

	t->missing += d->found[job].missing;
	t->extra += d->found[job].extra;
	t->changed += d->found[job].changed;
	t->rows += m->rows;
	t->bytes += m->bytes;
	t->seconds += seconds;
	e->rec.bytes += m->bytes;
	return --t->parts_left == 0;
}
