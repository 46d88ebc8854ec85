#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "copysql.h"
#include "engine.h"
#include "filter.h"
#include "finish.h"
#include "ident.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "part.h"
#include "pgcopy.h"
#include "plan.h"
#include "session.h"
#include "str.h"

/* Classes of jobs in one pool: lower ones first. */
enum { RANK_WORK, RANK_AFTER, RANK_READ };

/* Large objects of one job. */
enum { LO_BATCH = 200 };

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

static bool
is_plain(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz_0123456789");

	return *s && !s[n] && (*s < '0' || *s > '9');
}

int
plan_name(struct buf *b, const char *schema, const char *name)
{
	return (is_plain(schema) ? buf_puts(b, schema)
				 : ident_quote(b, schema)) ||
			       buf_putc(b, '.') ||
			       (is_plain(name) ? buf_puts(b, name)
					       : ident_quote(b, name))
		       ? -1
		       : 0;
}

char *
plan_id(const char *prefix, const char *schema, const char *name, int64_t k)
{
	struct buf b = BUF_INIT;
	char *id = NULL;

	if (buf_puts(&b, prefix) == 0 && plan_name(&b, schema, name) == 0 &&
		(k == 0 || buf_printf(&b, "#%lld", (long long)k) == 0))
		id = buf_steal(&b);
	buf_fini(&b);
	return id;
}

/* Adds a part as a job. Its index, or JOBS_NONE after a message. */
static size_t
add(struct engine *e, const struct part *p, int rank, double cost, size_t table)
{
	struct buf line = BUF_INIT;
	size_t i = JOBS_NONE;

	if (part_put(&line, p, NULL, 0) == 0)
		i = jobs_add(
			&e->jobs, p->id, buf_str(&line), rank, cost, table);
	buf_fini(&line);
	if (i == JOBS_NONE)
		no_memory();
	return i;
}

/* "data:schema.table" of part k of n. */
static char *
data_id(const char *prefix, const struct engine *e, size_t table, int64_t k)
{
	const struct catalog_table *t = &e->catalog->table[table];

	return plan_id(prefix, t->schema, t->name,
		e->table[table].split.n > 1 ? k : 0);
}

/* What must go before part k comes. Statements are joined by "; ". */
static int
put_before(struct buf *b, struct engine *e, size_t table, int64_t k)
{
	const struct split *s = &e->table[table].split;

	if (s->n == 1)
		return copysql_truncate(b, &e->catalog->table[table]);
	/* an earlier run may have left the part with other rows */
	return e->again && s->by_key ? split_clear(b, e, table, k) : 0;
}

static int
add_data(struct engine *e, const struct ledger *l, size_t table, int64_t k,
	size_t barrier)
{
	const struct catalog_table *t = &e->catalog->table[table];
	const struct split *s = &e->table[table].split;
	char *id = data_id(PLAN_DATA, e, table, k);
	struct buf out = BUF_INIT, in = BUF_INIT, before = BUF_INIT,
		   after = BUF_INIT;
	struct part p = {0};
	size_t job = JOBS_NONE, plain;
	int rc = -1;

	if (!id || split_out(&out, e, table, k) ||
		copysql_in(&in, t, e->table[table].binary, s->n == 1) ||
		put_before(&before, e, table, k)) {
		no_memory();
		goto out;
	}
	if (ledger_find(l, id)) {
		rc = 0;
		goto out;
	}
	plain = before.len;
	/* a rerun of a complete copy meets the application's triggers */
	if (ledger_find(l, "stage:late") &&
		finish_triggers(e->target, t->schema, t->name, &before, &after))
		goto out;
	p.id = id;
	p.kind = "copy";
	p.out = buf_str(&out);
	p.in = buf_str(&in);
	if (before.len)
		p.before = buf_str(&before) + (plain ? 0 : 2);
	p.after = after.len ? buf_str(&after) : NULL;
	p.binary = e->table[table].binary;
	p.by_key = s->n > 1 && s->by_key;
	/* the longest chain first: all parts of a split table together, so that
	 * its costliest index can begin */
	job = add(e, &p, RANK_WORK, split_chain(e->catalog, table), table);
	if (job == JOBS_NONE)
		goto out;
	e->jobs.job[job].size = (uint64_t)(t->bytes / s->n);
	e->table[table].parts_left++;
	e->table[table].dirty = true;
	rc = jobs_after(&e->jobs, barrier, job) ? no_memory() : 0;
out:
	free(id);
	buf_fini(&out);
	buf_fini(&in);
	buf_fini(&before);
	buf_fini(&after);
	return rc;
}

const struct ledger_entry *
plan_stored(struct engine *e, const struct ledger *l, size_t table, int64_t k)
{
	char *id = data_id(PLAN_DATA, e, table, k);
	const struct ledger_entry *entry = id ? ledger_find(l, id) : NULL;

	free(id);
	return entry;
}

bool
is_plan_stored(struct engine *e, const struct ledger *l, size_t table)
{
	bool stored = true;
	int64_t k;

	for (k = 1; stored && k <= e->table[table].split.n; k++)
		stored = plan_stored(e, l, table, k) != NULL;
	return stored;
}

bool
has_plan_index(struct engine *e, const struct ledger *l, size_t table)
{
	const struct catalog *c = e->catalog;
	bool has = false;
	size_t i;

	for (i = 0; !has && i < c->n_indexes; i++) {
		const struct catalog_index *x = &c->index[i];
		char *id = NULL, *con = NULL;

		if (x->table != c->table[table].oid)
			continue;
		id = plan_id(PLAN_INDEX, x->schema, x->name, 0);
		con = plan_id(PLAN_CONSTRAINT, x->schema, x->name, 0);
		has = !id || !con || ledger_find(l, id) || ledger_find(l, con);
		free(id);
		free(con);
	}
	return has;
}

/* The job that hashes the source's rows of one part that is there. */
static int
add_recheck(struct engine *e, const struct ledger *l, size_t table, int64_t k)
{
	const struct catalog_table *t = &e->catalog->table[table];
	const struct split *s = &e->table[table].split;
	char *id = data_id(PLAN_DATA, e, table, k);
	char *check = data_id(PLAN_RECHECK, e, table, k);
	struct buf out = BUF_INIT;
	struct part p = {.id = check,
		.kind = "hash",
		.side = "source",
		.by_key = s->n > 1 && s->by_key,
		.binary = e->table[table].binary};
	int rc = -1;

	if (!id || !check || split_out(&out, e, table, k)) {
		no_memory();
		goto out;
	}
	p.out = buf_str(&out);
	rc = 0;
	if (!ledger_find(l, id))
		goto out;
	if (add(e, &p, RANK_WORK, (double)t->bytes, table) == JOBS_NONE)
		rc = -1;
	else
		e->jobs.job[e->jobs.n - 1].size = (uint64_t)(t->bytes / s->n);
out:
	free(id);
	free(check);
	buf_fini(&out);
	return rc;
}

int
plan_recheck(struct engine *e, const struct ledger *l)
{
	size_t i;
	int64_t k;

	for (i = 0; i < e->catalog->n_tables; i++)
		for (k = 1; !e->table[i].by_delta && k <= e->table[i].split.n;
			k++)
			if (add_recheck(e, l, i, k))
				return -1;
	return 0;
}

/* A job of SQL with its ledger row. JOBS_NONE: failed; ${*skip}: is there. */
static size_t
add_sql(struct engine *e, const struct ledger *l, const char *id,
	const char *sql, double cost, bool *skip)
{
	struct part p = {.id = id, .kind = "sql", .before = sql};

	*skip = ledger_find(l, id) != NULL;
	if (*skip)
		return JOBS_NONE;
	return add(e, &p, RANK_WORK, cost, JOBS_NONE);
}

/* One index and, after all others of its table, its constraint. Any of the
 * barriers may be JOBS_NONE. */
static int
add_index(struct engine *e, const struct ledger *l,
	const struct catalog_index *x, size_t data, size_t last, size_t whole)
{
	char *id = plan_id(PLAN_INDEX, x->schema, x->name, 0);
	char *con = plan_id(PLAN_CONSTRAINT, x->schema, x->name, 0);
	size_t job = JOBS_NONE;
	bool skip = true;
	int rc = -1;

	if (!id || !con) {
		no_memory();
		goto out;
	}
	if (!x->by_constraint) {
		job = add_sql(
			e, l, id, x->definition, copysql_index_cost(x), &skip);
		if (job == JOBS_NONE && !skip)
			goto out;
		if (job != JOBS_NONE &&
			((data != JOBS_NONE &&
				 jobs_after(&e->jobs, job, data)) ||
				(last != JOBS_NONE &&
					jobs_after(&e->jobs, last, job)))) {
			no_memory();
			goto out;
		}
	}
	if (*x->constraint) {
		job = add_sql(e, l, con, x->constraint,
			x->by_constraint ? copysql_index_cost(x) : 1, &skip);
		if (job == JOBS_NONE && !skip)
			goto out;
		/* it locks the table: after its indexes and its read-back */
		if (job != JOBS_NONE && last != JOBS_NONE) {
			e->jobs.job[job].rank = RANK_AFTER;
			if (jobs_after(&e->jobs, job, last) ||
				jobs_after(&e->jobs, whole, job)) {
				no_memory();
				goto out;
			}
		}
	}
	rc = 0;
out:
	free(id);
	free(con);
	return rc;
}

/* A barrier: others wait for it. */
static size_t
add_barrier(struct engine *e, const char *prefix, size_t table)
{
	const struct catalog_table *t = &e->catalog->table[table];
	char *id = plan_id(prefix, t->schema, t->name, 0);
	size_t job = id ? jobs_add(&e->jobs, id, "", RANK_WORK, 0, JOBS_NONE)
			: JOBS_NONE;

	free(id);
	return job;
}

static size_t
add_read(struct engine *e, size_t table)
{
	const struct catalog_table *t = &e->catalog->table[table];
	char *id = plan_id(PLAN_READ, t->schema, t->name, 0);
	struct buf out = BUF_INIT;
	struct part p = {.id = id,
		.kind = "hash",
		.side = "target",
		.binary = e->table[table].binary};
	size_t job = JOBS_NONE;

	if (id && copysql_out(&out, t, 0, 0, p.binary) == 0) {
		p.out = buf_str(&out);
		job = add(e, &p, RANK_READ, (double)t->bytes, table);
		if (job != JOBS_NONE)
			e->jobs.job[job].size = (uint64_t)t->bytes;
	}
	free(id);
	buf_fini(&out);
	return job;
}

/* ANALYZE of a table, ${after} all that it would be in the way of. One that a
 * killed run has left out is made up for; ${l} NULL: whatever the ledger has.
 */
static int
add_analyze(
	struct engine *e, const struct ledger *l, size_t table, size_t after)
{
	const struct catalog_table *t = &e->catalog->table[table];
	char *id = plan_id(PLAN_ANALYZE, t->schema, t->name, 0);
	bool is_done = id && l && ledger_find(l, id);
	struct buf sql = BUF_INIT;
	struct part p = {.id = id, .kind = l && !is_done ? "sql" : "plain"};
	size_t job;
	int rc = -1;

	if (!id || buf_puts(&sql, "ANALYZE ") ||
		ident_qualified(&sql, t->schema, t->name)) {
		no_memory();
		goto out;
	}
	rc = 0;
	if (is_done && !e->table[table].dirty)
		goto out;
	p.before = buf_str(&sql);
	job = add(e, &p, RANK_READ, (double)t->bytes, table);
	if (job == JOBS_NONE)
		rc = -1;
	else if (after != JOBS_NONE && jobs_after(&e->jobs, job, after))
		rc = no_memory();
	e->table[table].is_analyzed = rc == 0;
out:
	free(id);
	buf_fini(&sql);
	return rc;
}

/* A table: its data, then its indexes and read-back, then constraints, then
 * its statistics. */
static int
plan_table(struct engine *e, const struct ledger *l, size_t table)
{
	const struct catalog *c = e->catalog;
	size_t data = add_barrier(e, "copied:", table);
	size_t last = add_barrier(e, "indexed:", table);
	size_t whole = add_barrier(e, "whole:", table), read, i;
	int64_t k;

	if (data == JOBS_NONE || last == JOBS_NONE || whole == JOBS_NONE ||
		jobs_after(&e->jobs, whole, last))
		return no_memory();
	/* one that is made equal row by row is compared after that */
	if (!e->table[table].by_delta && !e->table[table].is_empty &&
		((read = add_read(e, table)) == JOBS_NONE ||
			jobs_after(&e->jobs, read, data) ||
			jobs_after(&e->jobs, last, read)))
		return no_memory();
	for (k = 1; !e->table[table].is_empty && k <= e->table[table].split.n;
		k++)
		if (add_data(e, l, table, k, data))
			return -1;
	for (i = 0; i < c->n_indexes; i++)
		if (c->index[i].table == c->table[table].oid &&
			add_index(e, l, &c->index[i], data, last, whole))
			return -1;
	if (e->table[table].is_empty || c->table[table].has_late_statistics)
		return 0;
	return add_analyze(e, l, table, whole);
}

/* A job of some large objects: p is its kind and side. JOBS_NONE: ENOMEM. */
static size_t
add_batch(struct engine *e, const struct part *p, const char *prefix, int rank,
	const uint32_t *oids, size_t n)
{
	struct part named = *p;
	struct buf id = BUF_INIT, line = BUF_INIT;
	size_t job = JOBS_NONE;

	if (buf_printf(&id, "%s%u-%u", prefix, oids[0], oids[n - 1]) == 0) {
		named.id = buf_str(&id);
		if (part_put(&line, &named, oids, n) == 0)
			job = jobs_add(&e->jobs, named.id, buf_str(&line), rank,
				1 << 20, JOBS_NONE);
	}
	buf_fini(&id);
	buf_fini(&line);
	if (job == JOBS_NONE)
		no_memory();
	return job;
}

static int
add_large_objects(struct engine *e, const uint32_t *oids, size_t n)
{
	static const struct part copy = {.kind = "lo"};
	static const struct part hash = {.kind = "lohash", .side = "target"};
	size_t at, batch, job, read;

	for (at = 0; at < n; at += batch) {
		batch = n - at < LO_BATCH ? n - at : LO_BATCH;
		job = add_batch(e, &copy, PLAN_LO, RANK_WORK, oids + at, batch);
		read = add_batch(
			e, &hash, PLAN_LOREAD, RANK_READ, oids + at, batch);
		if (job == JOBS_NONE || read == JOBS_NONE)
			return -1;
		if (jobs_after(&e->jobs, read, job))
			return no_memory();
	}
	return 0;
}

int
plan_objects(struct engine *e, const struct part *p, const char *prefix,
	const uint32_t *oids, size_t n)
{
	size_t at, batch;

	for (at = 0; at < n; at += batch) {
		batch = n - at < LO_BATCH ? n - at : LO_BATCH;
		if (add_batch(e, p, prefix, RANK_WORK, oids + at, batch) ==
			JOBS_NONE)
			return -1;
	}
	return 0;
}

int
plan_data(struct engine *e, const struct ledger *l, const uint32_t *oids,
	size_t n_oids)
{
	const struct catalog *c = e->catalog;
	size_t i;

	for (i = 0; i < c->n_tables; i++)
		if (plan_table(e, l, i))
			return -1;
	/* of partitioned tables: they have no rows of their own */
	for (i = 0; i < c->n_indexes; i++)
		if (c->index[i].is_partitioned &&
			add_index(e, l, &c->index[i], JOBS_NONE, JOBS_NONE,
				JOBS_NONE))
			return -1;
	return add_large_objects(e, oids, n_oids);
}

int
plan_fkeys(struct engine *e, const struct ledger *l)
{
	size_t i;

	for (i = 0; i < e->catalog->n_fkeys; i++) {
		const struct catalog_fkey *k = &e->catalog->fkey[i];
		struct buf id = BUF_INIT, sql = BUF_INIT;
		bool skip = true;
		int rc;

		if (!k->is_valid && !k->is_partitioned)
			continue;
		/* rows that refer to what has none would not pass */
		if (is_filter_empty(e->opt, k->to_schema, k->to_table)) {
			if (engine_tell(e, "warning", "foreign-key-not-valid",
				    "VALIDATE CONSTRAINT it when the rows are "
				    "there",
				    "%s.%s.%s refers to a table without its "
				    "rows: it is not validated",
				    k->schema, k->table, k->name))
				return -1;
			continue;
		}
		rc = buf_puts(&id, PLAN_VALIDATE) ||
		     plan_name(&id, k->schema, k->table) ||
		     buf_putc(&id, '.') || buf_puts(&id, k->name) ||
		     (k->is_partitioned ? copysql_fkey(&sql, k)
					: copysql_validate(&sql, k));
		if (rc)
			no_memory();
		else if (add_sql(e, l, buf_str(&id), buf_str(&sql), 1, &skip) ==
				 JOBS_NONE &&
			 !skip)
			rc = -1;
		buf_fini(&id);
		buf_fini(&sql);
		if (rc)
			return -1;
	}
	return 0;
}

static int
put_refresh(struct buf *sql, const struct catalog_matview *m, const char *path)
{
	/* for the transaction; as a value: the source may have anything there
	 */
	return buf_puts(sql, "BEGIN; SELECT set_config('search_path', ") ||
			       ident_literal(sql, path) ||
			       buf_puts(sql,
				       ", true); REFRESH MATERIALIZED VIEW ") ||
			       ident_qualified(sql, m->schema, m->name) ||
			       (!m->is_populated &&
				       buf_puts(sql, " WITH NO DATA")) ||
			       buf_puts(sql, "; COMMIT")
		       ? -1
		       : 0;
}

int
plan_refresh_now(struct session *target, const struct catalog_matview *m,
	const char *path)
{
	struct buf sql = BUF_INIT;
	int rc = put_refresh(&sql, m, path)
			 ? no_memory()
			 : session_exec(target, buf_str(&sql));

	buf_fini(&sql);
	return rc;
}

int
plan_matviews(struct engine *e, const struct ledger *l, const char *path)
{
	const struct catalog *c = e->catalog;
	size_t i, k, before = JOBS_NONE;

	for (i = 0; i < c->n_matviews; i++) {
		const struct catalog_matview *m = &c->matview[i];
		char *id = plan_id(PLAN_MATVIEW, m->schema, m->name, 0);
		struct buf sql = BUF_INIT;
		struct part p = {.id = id, .kind = "plain"};
		size_t job = JOBS_NONE;

		if (id && put_refresh(&sql, m, path) == 0) {
			p.before = buf_str(&sql);
			job = add(
				e, &p, RANK_WORK, (double)m->bytes, JOBS_NONE);
		}
		free(id);
		buf_fini(&sql);
		if (job == JOBS_NONE ||
			(before != JOBS_NONE &&
				jobs_after(&e->jobs, job, before)))
			return no_memory();
		before = job;
		for (k = 0; k < c->n_indexes; k++)
			if (c->index[k].table == m->oid &&
				add_index(e, l, &c->index[k], job, JOBS_NONE,
					JOBS_NONE))
				return -1;
	}
	return 0;
}

static int
retext_job(struct job *j)
{
	struct buf b = BUF_INIT;
	char *line;

	if (part_retext(j->line, &b) || !(line = buf_steal(&b))) {
		buf_fini(&b);
		return no_memory();
	}
	free(j->line);
	j->line = line;
	return 0;
}

int
plan_retext(struct engine *e, size_t job)
{
	size_t table = e->jobs.job[job].table, i;

	if (table == JOBS_NONE || !e->table[table].binary)
		return 0;
	e->table[table].binary = false;
	for (i = 0; i < e->jobs.n; i++) {
		struct job *j = &e->jobs.job[i];

		if (j->table != table || j->state == JOB_DONE)
			continue;
		/* parts that came in two formats have no digest in one: no
		 * read-back, an empty line is done at once */
		if (str_starts(j->id, PLAN_READ))
			*j->line = '\0';
		else if (str_starts(j->id, PLAN_DATA) && retext_job(j))
			return -1;
	}
	e->table[table].by_delta = true;
	return 1;
}

int
plan_analyze(struct engine *e)
{
	size_t i;

	for (i = 0; i < e->catalog->n_tables; i++)
		if (e->table[i].dirty && !e->table[i].is_analyzed &&
			add_analyze(e, NULL, i, JOBS_NONE))
			return -1;
	return 0;
}
