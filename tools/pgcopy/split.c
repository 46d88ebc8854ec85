#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "copysql.h"
#include "engine.h"
#include "hashsql.h"
#include "ident.h"
#include "keyrange.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "pgcopy.h"
#include "plan.h"
#include "session.h"
#include "split.h"
#include "str.h"
#include "wirebytes.h"

/* A part is what a crash may cost: none is larger, unless asked for. But a
 * table in one part is read in its own order and stored frozen, which saves a
 * tenth of its CPU. */
#define PART_LIMIT (UINT64_C(2) << 30)

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

void
split_fini(struct split *s)
{
	free(s->first);
	memset(s, 0, sizeof(*s));
}

double
split_chain(const struct catalog *c, size_t table)
{
	double most = 0;
	size_t i;

	for (i = 0; i < c->n_indexes; i++) {
		double cost;

		if (c->index[i].table != c->table[table].oid)
			continue;
		cost = copysql_index_cost(&c->index[i]);
		if (cost > most)
			most = cost;
	}
	return (double)c->table[table].bytes + most;
}

static double
total_cost(const struct catalog *c)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < c->n_tables; i++)
		sum += (double)c->table[i].bytes;
	for (i = 0; i < c->n_indexes; i++)
		sum += copysql_index_cost(&c->index[i]);
	return sum;
}

static const struct ledger_entry *
entry_of(const struct ledger *l, const struct catalog_table *t, int64_t k)
{
	char *id = plan_id("split:", t->schema, t->name, k);
	const struct ledger_entry *e = id ? ledger_find(l, id) : NULL;

	free(id);
	return e;
}

/* 1: as an earlier run has stored it, 0: it has not, -1. */
static int
recall(struct engine *e, const struct ledger *l, size_t table)
{
	const struct catalog_table *t = &e->catalog->table[table];
	struct split *s = &e->table[table].split;
	const struct ledger_entry *old = entry_of(l, t, 0);
	int64_t k;

	if (!old)
		return 0;
	s->n = (int64_t)old->sum->rows;
	s->blocks = (int64_t)old->sum->bytes;
	s->by_key = str_starts(old->kind, "split-key");
	/* what is there has its digests in that format */
	if (strstr(old->kind, "-text"))
		e->table[table].binary = false;
	if (!s->by_key)
		return 1;
	s->first = mem_zalloc((size_t)s->n + 1, sizeof(*s->first));
	if (!s->first)
		return no_memory();
	for (k = 2; k <= s->n; k++) {
		if (!(old = entry_of(l, t, k))) {
			msg_error("the ledger lacks a bound of %s.%s",
				t->schema, t->name);
			return -1;
		}
		s->first[k] = (int64_t)old->sum->bytes;
	}
	return 1;
}

/* Whether reading by the key is about as good as reading in order. */
static bool
is_by_key(const struct engine *e, const struct catalog_table *t)
{
	double c = t->correlation;

	if (!is_hashsql_range(t))
		return false;
	/* before 14 a range of ctids is a scan of the whole table */
	return c > 0.9 || c < -0.9 || session_version(e->source) < 140000;
}

/* Bounds that rise; equal ones are left out. 0 or -1. */
static int
cut_by_key(struct engine *e, struct split *s, const struct catalog_table *t)
{
	int64_t *bound, k, n = 1;
	size_t n_bounds;

	if (keyrange_read(e->source, t, &bound, &n_bounds))
		return -1;
	s->first = mem_zalloc((size_t)s->n + 1, sizeof(*s->first));
	for (k = 1; s->first && n_bounds && k < s->n; k++) {
		int64_t at = keyrange_begin(bound, n_bounds, k, s->n);

		if (at > bound[0] && (n == 1 || at > s->first[n]))
			s->first[++n] = at;
	}
	free(bound);
	if (!s->first)
		return no_memory();
	s->n = n;
	s->by_key = n > 1;
	return 0;
}

static int
decide(struct engine *e, size_t table)
{
	const struct catalog_table *t = &e->catalog->table[table];
	struct split *s = &e->table[table].split;
	uint64_t limit = e->opt->split ? e->opt->split : PART_LIMIT;

	if (e->table[table].binary && is_wirebytes_text(t, e->opt->rate))
		e->table[table].binary = false;
	s->n = copysql_parts(t->bytes, split_chain(e->catalog, table),
		total_cost(e->catalog), e->jobs_wanted, limit);
	if (s->n > 1 && is_by_key(e, t))
		return cut_by_key(e, s, t);
	if (session_version(e->source) < 140000)
		s->n = 1;
	if (s->n > t->blocks)
		s->n = t->blocks;
	if (s->n < 2)
		s->n = 1;
	else
		s->blocks = (t->blocks + s->n - 1) / s->n;
	return 0;
}

int
split_load(struct engine *e, const struct ledger *l)
{
	size_t i;

	for (i = 0; i < e->catalog->n_tables; i++) {
		struct split *s = &e->table[i].split;
		int rc = 1;

		if (!s->is_set)
			rc = recall(e, l, i);
		if (rc < 0 || (rc == 0 && decide(e, i)))
			return -1;
		s->is_set = true;
	}
	return 0;
}

static int
store(struct engine *e, size_t table, int64_t k)
{
	static const char *const kinds[2][2] = {
		{"split-text", "split"}, {"split-key-text", "split-key"}};
	const struct catalog_table *t = &e->catalog->table[table];
	const struct split *s = &e->table[table].split;
	char *id = plan_id("split:", t->schema, t->name, k);
	struct multiset m = MULTISET_INIT;
	int rc;

	m.rows = (uint64_t)s->n;
	m.bytes = (uint64_t)(k ? s->first[k] : s->blocks);
	rc = id ? ledger_add(e->target, id,
			  kinds[s->by_key][e->table[table].binary], &m)
		: no_memory();
	free(id);
	return rc;
}

int
split_store(struct engine *e, const struct ledger *l)
{
	size_t i;
	int rc = session_exec(e->target, "BEGIN");

	for (i = 0; rc == 0 && i < e->catalog->n_tables; i++) {
		const struct catalog_table *t = &e->catalog->table[i];
		const struct split *s = &e->table[i].split;
		int64_t k;

		if (entry_of(l, t, 0))
			continue;
		rc = store(e, i, 0);
		for (k = 2; rc == 0 && s->by_key && k <= s->n; k++)
			rc = store(e, i, k);
	}
	return rc ? rc : session_exec(e->target, "COMMIT");
}

/* "WHERE key >= a AND key < b" of part k. */
static int
put_range(struct buf *b, const struct catalog_table *t, const struct split *s,
	int64_t k)
{
	const char *key = catalog_key(t, 1)->name;

	if (buf_puts(b, " WHERE true") ||
		(k > 1 && (buf_puts(b, " AND ") || ident_quote(b, key) ||
				  buf_printf(b, " >= '%" PRId64 "'::int8",
					  s->first[k]))) ||
		(k < s->n && (buf_puts(b, " AND ") || ident_quote(b, key) ||
				     buf_printf(b, " < '%" PRId64 "'::int8",
					     s->first[k + 1]))))
		return -1;
	return 0;
}

int
split_out(struct buf *b, const struct engine *e, size_t table, int64_t k)
{
	const struct catalog_table *t = &e->catalog->table[table];
	const struct split *s = &e->table[table].split;
	bool binary = e->table[table].binary;

	if (s->n < 2)
		return copysql_out(b, t, 0, 0, binary);
	/* the first part begins at block 0 and ends before ${blocks}: not the
	 * "from = to = 0" that means everything */
	if (!s->by_key)
		return copysql_out(b, t, (k - 1) * s->blocks,
			k < s->n ? k * s->blocks : 0, binary);
	return buf_printf(b, "COPY (SELECT %s FROM ONLY ", t->columns) ||
			       ident_qualified(b, t->schema, t->name) ||
			       put_range(b, t, s, k) ||
			       buf_printf(b, ") TO STDOUT (FORMAT %s)",
				       binary ? "binary" : "text")
		       ? -1
		       : 0;
}

int
split_clear(struct buf *b, const struct engine *e, size_t table, int64_t k)
{
	const struct catalog_table *t = &e->catalog->table[table];

	return buf_puts(b, "DELETE FROM ONLY ") ||
			       ident_qualified(b, t->schema, t->name) ||
			       put_range(b, t, &e->table[table].split, k)
		       ? -1
		       : 0;
}
