#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "catalog_columns.h"
#include "mem.h"
#include "msg.h"
#include "session.h"

/*
 * One row a column, table by table. A key is what identifies a row on both
 * ends: the primary key, else the smallest unique index, valid, checked at
 * once, of plain columns that are all NOT NULL and not generated.
 */
#define COLUMNS                                                                 \
	"WITH RECURSIVE base(oid, root) AS ("                                   \
	" SELECT t.oid, t.oid FROM pg_type t WHERE t.typtype <> 'd'"            \
	" UNION ALL SELECT t.oid, b.root FROM pg_type t JOIN base b"            \
	" ON t.typtype = 'd' AND t.typbasetype = b.oid),"                       \
	"keys(rel, cols) AS ("                                                  \
	" SELECT DISTINCT ON (i.indrelid) i.indrelid,"                          \
	"  (i.indkey::int2[])[0:i.indnkeyatts - 1]"                             \
	" FROM pg_index i WHERE i.indisunique AND i.indisvalid"                 \
	" AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL"      \
	" AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid ="        \
	"  i.indrelid AND a.attnum = ANY ((i.indkey::int2[])"                   \
	"  [0:i.indnkeyatts - 1]) AND (NOT a.attnotnull"                        \
	"  OR a.attgenerated <> ''))"                                           \
	" ORDER BY i.indrelid, i.indisprimary DESC, i.indnkeyatts,"             \
	"  i.indexrelid)"                                                       \
	" SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod),"       \
	" CASE WHEN bn.nspname = 'pg_catalog' AND bt.typtype = 'b'"             \
	"  THEN bt.typname ELSE '' END,"                                        \
	" coalesce(array_position(k.cols, a.attnum)"                            \
	"  - array_lower(k.cols, 1) + 1, 0),"                                   \
	" a.attidentity = 'a', NOT coalesce(l.collisdeterministic, true),"      \
	" coalesce(s.correlation, 0),"                                          \
	" coalesce(w.null_frac, 0), coalesce(w.avg_width, 0)," /* "{1,20,300}": \
								  commas and    \
								  braces are    \
								  one more      \
								  than values   \
								*/              \
	" coalesce(CASE WHEN bt.typname IN ('int2', 'int4', 'int8', 'oid',"     \
	"  'float4', 'float8', 'numeric') THEN (CASE WHEN"                      \
	"  w.histogram_bounds IS NULL THEN (length(w.most_common_vals::text)"   \
	"  - 1) / array_length(w.most_common_vals, 1)::float8 ELSE"             \
	"  (length(w.histogram_bounds::text) - 1)"                              \
	"  / array_length(w.histogram_bounds, 1)::float8 END) - 1 END, 0)"      \
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"        \
	" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"           \
	"  AND NOT a.attisdropped AND a.attgenerated = ''"                      \
	" LEFT JOIN base b ON b.oid = a.atttypid"                               \
	" LEFT JOIN pg_type bt ON bt.oid = b.root"                              \
	" LEFT JOIN pg_namespace bn ON bn.oid = bt.typnamespace"                \
	" LEFT JOIN pg_collation l ON l.oid = a.attcollation"                   \
	" LEFT JOIN keys k ON k.rel = c.oid"                                    \
	" LEFT JOIN pg_stats s ON a.attnum = k.cols[array_lower(k.cols, 1)]"    \
	"  AND s.schemaname = n.nspname AND s.tablename = c.relname"            \
	"  AND s.attname = a.attname AND NOT s.inherited"                       \
	" LEFT JOIN pg_stats w ON w.schemaname = n.nspname"                     \
	"  AND w.tablename = c.relname AND w.attname = a.attname"               \
	"  AND NOT w.inherited"                                                 \
	" WHERE c.relkind = 'r' AND c.relpersistence <> 't'"                    \
	" AND n.nspname NOT IN ('pg_catalog', 'information_schema')"            \
	" ORDER BY c.oid, a.attnum"

static int
compare_oid(const void *a, const void *b)
{
	uint32_t x = (*(struct catalog_table *const *)a)->oid;
	uint32_t y = (*(struct catalog_table *const *)b)->oid;

	return (x > y) - (x < y);
}

/* The tables in the order of the query; the caller frees. */
static struct catalog_table **
sorted(struct catalog *c)
{
	struct catalog_table **t = mem_zalloc(c->n_tables + 1, sizeof(*t));
	size_t i;

	for (i = 0; t && i < c->n_tables; i++)
		t[i] = &c->table[i];
	if (t)
		qsort(t, c->n_tables, sizeof(*t), compare_oid);
	return t;
}

/* Takes the table's rows of the result, from ${i} on. The next row, or -1. */
static int
take(struct catalog_table *t, const struct rows *r, int i)
{
	int end = i, n;

	while (end < rows_count(r) && (uint32_t)rows_int(r, end, 0) == t->oid)
		end++;
	n = end - i;
	if (!(t->column = mem_zalloc((size_t)n + 1, sizeof(*t->column))))
		return -1;
	for (; i < end; i++) {
		struct catalog_column *a = &t->column[t->n_columns++];

		a->name = mem_strdup(rows_str(r, i, 1));
		a->type = mem_strdup(rows_str(r, i, 2));
		a->base = mem_strdup(rows_str(r, i, 3));
		if (!a->name || !a->type || !a->base)
			return -1;
		a->key = (int)rows_int(r, i, 4);
		a->is_identity_always = rows_bool(r, i, 5);
		a->has_own_collation = rows_bool(r, i, 6);
		a->nulls = strtod(rows_str(r, i, 8), NULL);
		a->width = strtod(rows_str(r, i, 9), NULL);
		a->digits = strtod(rows_str(r, i, 10), NULL);
		t->n_key += a->key > 0;
		if (a->key == 1)
			t->correlation = strtod(rows_str(r, i, 7), NULL);
	}
	return end;
}

int
catalog_columns_load(struct session *s, struct catalog *c)
{
	struct rows *r = session_query(s, COLUMNS, 0, NULL);
	struct catalog_table **t = NULL;
	size_t k = 0;
	int i = 0, rc = -1;

	if (!r)
		return -1;
	if (!(t = sorted(c)))
		goto out;
	while (k < c->n_tables) {
		uint32_t oid = i < rows_count(r) ? (uint32_t)rows_int(r, i, 0)
						 : UINT32_MAX;

		/* a relation that is none of ours, or one without columns */
		if (oid < t[k]->oid)
			i++;
		else if ((i = take(t[k++], r, i)) < 0)
			goto out;
	}
	rc = 0;
out:
	if (rc)
		msg_error("%s: out of memory", session_what(s));
	free(t);
	rows_free(r);
	return rc;
}

void
catalog_columns_fini(struct catalog_table *t)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++) {
		free(t->column[i].name);
		free(t->column[i].type);
		free(t->column[i].base);
	}
	free(t->column);
}

static const struct catalog_column *
find(const struct catalog_table *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		if (strcmp(t->column[i].name, name) == 0)
			return &t->column[i];
	return NULL;
}

/* A type without its schema. */
static const char *
unqualified(const char *type)
{
	const char *dot = strchr(type, '.');

	return dot ? dot + 1 : type;
}

static const char *
after_modifier(const char *s)
{
	const char *end = *s == '(' ? strchr(s, ')') : NULL;

	return end ? end + 1 : s;
}

/* What does not count: a modifier, and quotes, as a version quotes what it
 * reserves. */
static const char *
after_ignored(const char *s)
{
	s = after_modifier(s);
	while (*s == '"')
		s++;
	return s;
}

/* Whether two types are the same but for "(10,2)" in them. */
static bool
is_same_type(const char *a, const char *b)
{
	a = unqualified(a);
	b = unqualified(b);
	for (;;) {
		a = after_ignored(a);
		b = after_ignored(b);
		if (*a != *b)
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

const char *
catalog_other_column(
	const struct catalog_table *t, const struct catalog_table *u)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		if (!find(u, t->column[i].name))
			return t->column[i].name;
	for (i = 0; i < u->n_columns; i++)
		if (!find(t, u->column[i].name))
			return u->column[i].name;
	return NULL;
}

const char *
catalog_other_type(const struct catalog_table *t, const struct catalog_table *u)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++) {
		const struct catalog_column *c = find(u, t->column[i].name);

		if (c && !is_same_type(c->type, t->column[i].type))
			return c->name;
	}
	return NULL;
}

bool
is_catalog_key(const struct catalog_table *t, const struct catalog_table *u)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++) {
		const struct catalog_column *c = find(u, t->column[i].name);

		if (t->column[i].key && (!c || !c->key))
			return false;
	}
	return t->n_key == u->n_key;
}

void
catalog_drop_key(struct catalog_table *t)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		t->column[i].key = 0;
	t->n_key = 0;
}

const struct catalog_column *
catalog_key(const struct catalog_table *t, size_t place)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		if ((size_t)t->column[i].key == place)
			return &t->column[i];
	return NULL;
}
