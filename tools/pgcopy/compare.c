#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "compare.h"
#include "engine.h"
#include "filter.h"
#include "ident.h"
#include "msg.h"
#include "num.h"
#include "plan.h"
#include "session.h"

static int
tell_at(struct engine *e, const char *level, const char *rule, const char *what,
	const char *schema, const char *name, const char *fix)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (plan_name(&b, schema, name) == 0 &&
		buf_printf(&b, ": %s", what) == 0)
		rc = engine_finding(e, level, rule, buf_str(&b), fix);
	buf_fini(&b);
	return rc;
}

static int
tell(struct engine *e, const char *rule, const char *what, const char *schema,
	const char *name, const char *fix)
{
	return tell_at(e, "error", rule, what, schema, name, fix);
}

static int
tell_column(struct engine *e, const char *level, const struct catalog_table *t,
	const char *column, const char *what)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (buf_printf(&b, "the column %s %s", column, what) == 0)
		rc = tell_at(e, level, "columns-differ", buf_str(&b), t->schema,
			t->name, "ALTER TABLE on the target, as on the source");
	buf_fini(&b);
	return rc;
}

int
compare_table(struct engine *e, const struct catalog_table *t,
	const struct catalog *b, const char *types)
{
	const struct catalog_table *u = catalog_find(b, t->schema, t->name);
	const char *column;

	if (!u)
		return tell(e, "table-missing", "not on the target", t->schema,
			t->name, NULL);
	if ((column = catalog_other_column(t, u)))
		return tell_column(
			e, "error", t, column, "is not on both sides");
	column = catalog_other_type(t, u);
	return column ? tell_column(e, types, t, column,
				"has another type on the target")
		      : 0;
}

int
compare_tables(struct engine *e, const struct catalog *a,
	const struct catalog *b, const char *differences)
{
	size_t i;

	for (i = 0; i < a->n_tables; i++)
		if (compare_table(e, &a->table[i], b, differences))
			return -1;
	for (i = 0; i < b->n_tables; i++) {
		const struct catalog_table *u = &b->table[i];

		if (!catalog_find(a, u->schema, u->name) &&
			tell_at(e, differences, "table-extra",
				"on the target only", u->schema, u->name, NULL))
			return -1;
	}
	return 0;
}

static const struct catalog_index *
find_index(const struct catalog *c, const struct catalog_index *x)
{
	size_t i;

	for (i = 0; i < c->n_indexes; i++)
		if (strcmp(c->index[i].name, x->name) == 0 &&
			strcmp(c->index[i].schema, x->schema) == 0)
			return &c->index[i];
	return NULL;
}

/* The SQL that makes it, and the constraint that it belongs to. */
static int
put_index(struct buf *b, const struct catalog_index *x)
{
	if (!x->by_constraint && buf_puts(b, x->definition))
		return -1;
	if (!*x->constraint)
		return 0;
	return (!x->by_constraint && buf_puts(b, "; ")) ||
			       buf_puts(b, x->constraint)
		       ? -1
		       : 0;
}

static int
tell_index(struct engine *e, const struct catalog_index *x, const char *rule,
	const char *what)
{
	struct buf fix = BUF_INIT;
	int rc = put_index(&fix, x) ? -1
				    : tell(e, rule, what, x->schema, x->name,
					      buf_str(&fix));

	buf_fini(&fix);
	return rc;
}

static int
compare_indexes(
	struct engine *e, const struct catalog *a, const struct catalog *b)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < a->n_indexes; i++) {
		const struct catalog_index *x = &a->index[i];
		const struct catalog_index *y = find_index(b, x);

		if (!y)
			rc = tell_index(
				e, x, "index-missing", "not on the target");
		else if (x->is_valid && !y->is_valid)
			rc = tell(e, "index-differs", "invalid on the target",
				x->schema, x->name,
				"REINDEX it there; of a partitioned table: "
				"attach the indexes of its partitions");
	}
	return rc;
}

static const struct catalog_fkey *
find_fkey(const struct catalog *c, const struct catalog_fkey *k)
{
	size_t i;

	for (i = 0; i < c->n_fkeys; i++)
		if (strcmp(c->fkey[i].name, k->name) == 0 &&
			strcmp(c->fkey[i].table, k->table) == 0 &&
			strcmp(c->fkey[i].schema, k->schema) == 0)
			return &c->fkey[i];
	return NULL;
}

static int
tell_fkey(struct engine *e, const struct catalog_fkey *k, const char *what)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (buf_printf(&b, "%s: %s", what, k->name) == 0)
		rc = tell(e, "foreign-key-differs", buf_str(&b), k->schema,
			k->table, k->definition);
	buf_fini(&b);
	return rc;
}

static int
compare_fkeys(
	struct engine *e, const struct catalog *a, const struct catalog *b)
{
	size_t i;

	for (i = 0; i < a->n_fkeys; i++) {
		const struct catalog_fkey *k = &a->fkey[i];
		const struct catalog_fkey *l = find_fkey(b, k);
		const char *what = NULL;

		if (!l)
			what = "a foreign key is not on the target";
		else if (strcmp(k->definition, l->definition) != 0)
			what = "a foreign key differs on the target";
		else if (k->is_valid && !l->is_valid &&
			 /* it cannot be, and the copy has told so */
			 !is_filter_empty(e->opt, k->to_schema, k->to_table))
			what = "a foreign key is not validated on the target";
		if (what && tell_fkey(e, k, what))
			return -1;
	}
	return 0;
}

/* What nextval() would give; at the end of its range, the last value. */
static int64_t
next_of(const struct catalog_sequence *q)
{
	int64_t last = 0, step = 0, next;

	(void)num_int(q->last_value, INT64_MIN, INT64_MAX, &last);
	(void)num_int(q->increment, INT64_MIN, INT64_MAX, &step);
	if (!q->is_called || __builtin_add_overflow(last, step, &next))
		return last;
	return next;
}

/* Whether a sequence's next value on the target may have been given out. */
static bool
is_behind(const struct catalog_sequence *a, const struct catalog_sequence *b)
{
	int64_t x = next_of(a), y = next_of(b);

	return *a->increment == '-' ? y > x : y < x;
}

static int
compare_sequences(
	struct engine *e, const struct catalog *a, const struct catalog *b)
{
	size_t i, k;

	for (i = 0; i < a->n_sequences; i++) {
		const struct catalog_sequence *q = &a->sequence[i];
		const char *what = "not on the target";

		for (k = 0; k < b->n_sequences; k++) {
			const struct catalog_sequence *r = &b->sequence[k];

			if (strcmp(q->name, r->name) != 0 ||
				strcmp(q->schema, r->schema) != 0)
				continue;
			what = is_behind(q, r)
				       ? "the target's next value has been used"
				       : NULL;
			break;
		}
		if (what && tell(e, "sequence-behind", what, q->schema, q->name,
				    k < b->n_sequences
					    ? "SELECT setval(...) on the target"
					    : NULL))
			return -1;
	}
	return 0;
}

static int
compare_matviews(
	struct engine *e, const struct catalog *a, const struct catalog *b)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < a->n_matviews; i++) {
		const struct catalog_matview *m = &a->matview[i];
		const struct catalog_matview *n =
			catalog_find_matview(b, m->schema, m->name);

		if (!n)
			rc = tell(e, "matview-differs", "not on the target",
				m->schema, m->name, NULL);
		else if (m->is_populated && !n->is_populated)
			rc = tell(e, "matview-differs",
				"not populated on the target", m->schema,
				m->name,
				"REFRESH MATERIALIZED VIEW on the target");
	}
	return rc;
}

/* Rows and their hashes as text: "" when this role may not read them. 0, -1. */
static int
sum_matview(struct session *s, const struct catalog_matview *m, struct buf *out)
{
	struct buf name = BUF_INIT, sql = BUF_INIT;
	const char *params[1];
	struct rows *r = NULL;
	int rc = -1;

	if (ident_qualified(&name, m->schema, m->name) ||
		buf_printf(&sql,
			"SELECT count(*) || ' ' || coalesce(sum("
			"hashtextextended(ROW(t.*)::text, 0)::numeric), 0)"
			" FROM %s t",
			buf_str(&name)))
		goto out;
	params[0] = buf_str(&name);
	r = session_query(
		s, "SELECT has_table_privilege($1, 'SELECT')", 1, params);
	if (!r)
		goto out;
	if (rows_bool(r, 0, 0)) {
		rows_free(r);
		if (!(r = session_query(s, buf_str(&sql), 0, NULL)) ||
			buf_puts(out, rows_str(r, 0, 0)))
			goto out;
	}
	rc = 0;
out:
	rows_free(r);
	buf_fini(&name);
	buf_fini(&sql);
	return rc;
}

int
compare_matview_rows(struct engine *e, const struct catalog *source,
	const struct catalog *target)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < source->n_matviews; i++) {
		const struct catalog_matview *m = &source->matview[i];
		const struct catalog_matview *n =
			catalog_find_matview(target, m->schema, m->name);
		struct buf x = BUF_INIT, y = BUF_INIT;

		if (!m->is_populated || !n || !n->is_populated)
			continue;
		rc = sum_matview(e->source, m, &x) ||
				     sum_matview(e->target, n, &y)
			     ? -1
			     : 0;
		if (rc == 0 && x.len && y.len &&
			strcmp(buf_str(&x), buf_str(&y)) != 0)
			rc = tell_at(e, "warning", "matview-rows-differ",
				"it holds other rows on the target", m->schema,
				m->name,
				"REFRESH MATERIALIZED VIEW on both sides and "
				"verify again; a query that depends on time or "
				"chance gives other rows each time");
		buf_fini(&x);
		buf_fini(&y);
	}
	return rc;
}

static const struct catalog_extension *
find_extension(const struct catalog *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n_extensions; i++)
		if (strcmp(c->extension[i].name, name) == 0)
			return &c->extension[i];
	return NULL;
}

int
compare_extensions(struct engine *e, const struct catalog *source,
	const struct catalog *target)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < source->n_extensions; i++) {
		const struct catalog_extension *x = &source->extension[i];
		const struct catalog_extension *y =
			find_extension(target, x->name);

		if (!y)
			rc = engine_tell(e, "warning", "extension-missing",
				NULL, "extension %s is not on the target",
				x->name);
		else if (strcmp(x->version, y->version) != 0)
			rc = engine_tell(e, "note", "extension-version", NULL,
				"extension %s is %s on the source, %s on the "
				"target",
				x->name, x->version, y->version);
	}
	return rc;
}

int
compare_others(struct engine *e, const struct catalog *source,
	const struct catalog *target)
{
	return compare_indexes(e, source, target) ||
			       compare_fkeys(e, source, target) ||
			       compare_sequences(e, source, target) ||
			       compare_matviews(e, source, target)
		       ? -1
		       : 0;
}
