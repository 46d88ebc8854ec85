#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "compare.h"
#include "engine.h"
#include "msg.h"
#include "num.h"
#include "plan.h"

static int
tell_at(struct engine *e, const char *level, const char *rule, const char *what,
	const char *schema, const char *name)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (plan_name(&b, schema, name) == 0 &&
		buf_printf(&b, ": %s", what) == 0)
		rc = engine_finding(e, level, rule, buf_str(&b), NULL);
	buf_fini(&b);
	return rc;
}

static int
tell(struct engine *e, const char *rule, const char *what, const char *schema,
	const char *name, const char *fix)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (plan_name(&b, schema, name) == 0 &&
		buf_printf(&b, ": %s", what) == 0)
		rc = engine_finding(e, "error", rule, buf_str(&b), fix);
	buf_fini(&b);
	return rc;
}

int
compare_tables(struct engine *e, const struct catalog *a,
	const struct catalog *b, const char *extra)
{
	size_t i;

	for (i = 0; i < a->n_tables; i++) {
		const struct catalog_table *t = &a->table[i];
		const struct catalog_table *u =
			catalog_find(b, t->schema, t->name);

		if (!u) {
			if (tell(e, "table-missing", "not on the target",
				    t->schema, t->name, NULL))
				return -1;
		} else if (strcmp(t->columns, u->columns) != 0) {
			if (tell(e, "columns-differ",
				    "its columns are not the same on both "
				    "sides",
				    t->schema, t->name, NULL))
				return -1;
		}
	}
	for (i = 0; i < b->n_tables; i++) {
		const struct catalog_table *u = &b->table[i];

		if (!catalog_find(a, u->schema, u->name) &&
			tell_at(e, extra, "table-extra", "on the target only",
				u->schema, u->name))
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

static int
compare_indexes(
	struct engine *e, const struct catalog *a, const struct catalog *b)
{
	size_t i;

	for (i = 0; i < a->n_indexes; i++) {
		const struct catalog_index *x = &a->index[i];
		const struct catalog_index *y = find_index(b, x);
		const char *what = NULL;

		if (!y)
			what = "not on the target";
		else if (strcmp(x->definition, y->definition) != 0 ||
			 strcmp(x->constraint, y->constraint) != 0)
			what = "defined in another way on the target";
		else if (x->is_valid && !y->is_valid)
			what = "invalid on the target";
		if (what && tell(e, y ? "index-differs" : "index-missing", what,
				    x->schema, x->name, x->definition))
			return -1;
	}
	return 0;
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
		else if (k->is_valid && !l->is_valid)
			what = "a foreign key is not validated on the target";
		if (what && tell(e, "foreign-key-differs", what, k->schema,
				    k->table, k->name))
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
				    "SELECT setval(...) on the target"))
			return -1;
	}
	return 0;
}

static int
compare_matviews(
	struct engine *e, const struct catalog *a, const struct catalog *b)
{
	size_t i, k;

	for (i = 0; i < a->n_matviews; i++) {
		const struct catalog_matview *m = &a->matview[i];
		const char *what = "not on the target";

		for (k = 0; k < b->n_matviews; k++) {
			const struct catalog_matview *n = &b->matview[k];

			if (strcmp(m->name, n->name) != 0 ||
				strcmp(m->schema, n->schema) != 0)
				continue;
			what = m->is_populated && !n->is_populated
				       ? "not populated on the target"
				       : NULL;
			break;
		}
		if (what && tell(e, "matview-differs", what, m->schema, m->name,
				    "REFRESH MATERIALIZED VIEW on the target"))
			return -1;
	}
	return 0;
}

static int
compare_extensions(
	struct engine *e, const struct catalog *a, const struct catalog *b)
{
	size_t i, k;

	for (i = 0; i < a->n_extensions; i++) {
		const struct catalog_extension *x = &a->extension[i];
		struct buf text = BUF_INIT;
		int rc = 0;

		for (k = 0; k < b->n_extensions; k++)
			if (strcmp(x->name, b->extension[k].name) == 0)
				break;
		if (k < b->n_extensions)
			continue;
		if (buf_printf(&text, "extension %s is not on the target",
			    x->name) == 0)
			rc = engine_finding(e, "warning", "extension-missing",
				buf_str(&text), NULL);
		buf_fini(&text);
		if (rc)
			return -1;
	}
	return 0;
}

int
compare_catalogs(struct engine *e, const struct catalog *source,
	const struct catalog *target)
{
	return compare_tables(e, source, target, "error") ||
			       compare_indexes(e, source, target) ||
			       compare_fkeys(e, source, target) ||
			       compare_sequences(e, source, target) ||
			       compare_matviews(e, source, target) ||
			       compare_extensions(e, source, target)
		       ? -1
		       : 0;
}
