#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "hashsql.h"
#include "ident.h"
#include "str.h"

/* Rows of a group: more make fewer bytes of digests, and more of keys. */
enum { GROUP_ROWS = 16, MAX_BUCKETS = 1 << 18, MAX_PER_VALUE = 1000 };

/* Columns up to which one may take two fields of a record. */
enum { MAX_DOUBLE = 800 };

/* Types whose own extended hash tells all different values apart: not bpchar,
 * whose trailing blanks it leaves out, nor timestamps, whose halves it folds.
 */
static bool
has_exact_hash(const char *base)
{
	static const char *const types[] = {"int2", "int4", "bool", "char",
		"uuid", "date", "bytea", "inet", "cidr", "macaddr", "macaddr8",
		"text", "varchar", "name", "oid", NULL};

	return is_str_one_of(base, types);
}

/* The function that gives a type's exact binary form, where that is quicker
 * than its text. NULL: none. */
static const char *
exact_send(const char *base)
{
	static const char *const types[][2] = {{"numeric", "numeric_send"},
		{"float4", "float4send"}, {"float8", "float8send"},
		{"int8", "int8send"}, {"bpchar", "bpcharsend"},
		{"timestamp", "timestamp_send"},
		{"timestamptz", "timestamptz_send"}, {"time", "time_send"}};
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(base, types[i][0]) == 0)
			return types[i][1];
	return NULL;
}

static bool
is_integer(const char *base)
{
	static const char *const types[] = {"int2", "int4", "int8", NULL};

	return is_str_one_of(base, types);
}

/*
 * The column of row t as something that a record's hash covers exactly; with
 * ${narrow} as one field: a record takes 1664.
 */
static int
put_column(struct buf *b, const struct catalog_column *c, bool narrow)
{
	const char *send = exact_send(c->base);
	struct buf name = BUF_INIT;
	int rc;

	if (buf_puts(&name, "t.") || ident_quote(&name, c->name))
		rc = -1;
	else if (strcmp(c->base, "int8") == 0 && !narrow)
		/* its hash folds the halves upon each other */
		rc = buf_printf(b, "%s, (%s >> 32)::int4", buf_str(&name),
			buf_str(&name));
	else if (c->has_own_collation)
		rc = buf_printf(b, "%s::text COLLATE \"C\"", buf_str(&name));
	else if (has_exact_hash(c->base))
		rc = buf_puts(b, buf_str(&name));
	else if (send)
		rc = buf_printf(b, "%s(%s)", send, buf_str(&name));
	else
		rc = buf_printf(b, "%s::text", buf_str(&name));
	buf_fini(&name);
	return rc;
}

/* The hash of a record of all columns, or of the key's alone. */
static int
put_record(struct buf *b, const struct hashsql *h, bool key)
{
	const struct catalog_table *t = h->table;
	bool first = true;
	size_t i;

	if (!t->n_columns)
		return buf_puts(b, "0::int8");
	if (buf_puts(b, h->legacy ? "hashtextextended(ROW("
				  : "hash_record_extended(ROW("))
		return -1;
	for (i = 0; i < t->n_columns; i++) {
		const struct catalog_column *c = &t->column[i];

		if (key && !c->key)
			continue;
		if ((!first && buf_puts(b, ", ")) ||
			put_column(b, c, t->n_columns > MAX_DOUBLE))
			return -1;
		first = false;
	}
	return buf_puts(b, h->legacy ? ")::text, 0)" : "), 0)");
}

int
hashsql_hash(struct buf *b, const struct hashsql *h)
{
	return put_record(b, h, false);
}

bool
is_hashsql_range(const struct catalog_table *t)
{
	return t->n_key > 0 && is_integer(catalog_key(t, 1)->base);
}

int
hashsql_bounds(struct buf *b, const struct catalog_table *t, bool sampled)
{
	const char *name = catalog_key(t, 1)->name;

	if (sampled)
		return buf_puts(b,
			       "SELECT unnest(histogram_bounds::text::int8[])"
			       " FROM pg_stats WHERE NOT inherited AND"
			       " schemaname = ") ||
				       ident_literal(b, t->schema) ||
				       buf_puts(b, " AND tablename = ") ||
				       ident_literal(b, t->name) ||
				       buf_puts(b, " AND attname = ") ||
				       ident_literal(b, name) ||
				       buf_puts(b, " ORDER BY 1")
			       ? -1
			       : 0;
	return buf_puts(b, "SELECT unnest(ARRAY[min(") ||
			       ident_quote(b, name) ||
			       buf_puts(b, ")::int8, max(") ||
			       ident_quote(b, name) ||
			       buf_puts(b, ")::int8]) FROM ONLY ") ||
			       ident_qualified(b, t->schema, t->name)
		       ? -1
		       : 0;
}

void
hashsql_init(struct hashsql *h, const struct catalog_table *t, double rows,
	double step, bool legacy)
{
	double groups = 1;

	memset(h, 0, sizeof(*h));
	h->table = t;
	h->legacy = legacy;
	if (is_hashsql_range(t) &&
		(t->n_key == 1 || step > 1.0 / MAX_PER_VALUE)) {
		h->kind = HASHSQL_RANGE;
		while (h->shift < 48 &&
			(double)(INT64_C(1) << h->shift) < step * GROUP_ROWS)
			h->shift++;
		return;
	}
	h->kind = t->n_key ? HASHSQL_BUCKET : HASHSQL_KEYLESS;
	while (groups < rows / GROUP_ROWS && groups < MAX_BUCKETS)
		groups *= 2;
	h->mask = (int64_t)groups - 1;
}

/* The group of row t. */
static int
put_group(struct buf *b, const struct hashsql *h)
{
	if (h->kind == HASHSQL_RANGE)
		return buf_puts(b, "(t.") ||
				       ident_quote(b, catalog_key(h->table, 1)
							      ->name) ||
				       buf_printf(b, "::int8 >> %d)", h->shift)
			       ? -1
			       : 0;
	return buf_putc(b, '(') ||
			       put_record(b, h, h->kind == HASHSQL_BUCKET) ||
			       buf_printf(b, " & %" PRId64 ")", h->mask)
		       ? -1
		       : 0;
}

/* " AND t.key >= n" for a bound that is a group; other kinds: no bounds. */
static int
put_bound(struct buf *b, const struct hashsql *h, const char *op, int64_t group)
{
	if (h->kind != HASHSQL_RANGE)
		return 0;
	return buf_puts(b, " AND t.") ||
			       ident_quote(b, catalog_key(h->table, 1)->name) ||
			       buf_printf(b, " %s (%" PRId64 "::int8 << %d)",
				       op, group, h->shift)
		       ? -1
		       : 0;
}

static int
put_bounds(struct buf *b, const struct hashsql *h, const struct hashsql_part *p)
{
	return (p->has_from && put_bound(b, h, ">=", p->from)) ||
			       (p->has_to && put_bound(b, h, "<", p->to))
		       ? -1
		       : 0;
}

/* "FROM ONLY schema.table t WHERE true AND ..." */
static int
put_from(struct buf *b, const struct hashsql *h, const struct hashsql_part *p)
{
	return buf_puts(b, " FROM ONLY ") ||
			       ident_qualified(
				       b, h->table->schema, h->table->name) ||
			       buf_puts(b, " t WHERE true") ||
			       put_bounds(b, h, p)
		       ? -1
		       : 0;
}

/*
 * What the hashes of a group's rows make: an exclusive or where no two rows
 * are alike, else a sum. Each is mixed once more before: a record's hash is
 * linear in its columns', so that values which two rows have swapped would
 * cancel out.
 */
static const char *
digest(const struct hashsql *h)
{
	if (h->legacy || h->kind == HASHSQL_KEYLESS)
		return "(sum(r # hashint8extended(r, 7))"
		       " % 9223372036854775807)::int8";
	return "bit_xor(r # hashint8extended(r, 7))";
}

int
hashsql_groups(
	struct buf *b, const struct hashsql *h, const struct hashsql_part *p)
{
	/* OFFSET 0: else the hash would be computed twice */
	return buf_puts(b,
		       "SELECT g >> 12, string_agg(int2send((g & 4095)::int2)"
		       " || int8send(d), ''::bytea) FROM (SELECT g, ") ||
			       buf_puts(b, digest(h)) ||
			       buf_puts(b, " AS d FROM (SELECT ") ||
			       put_group(b, h) || buf_puts(b, " AS g, ") ||
			       put_record(b, h, false) ||
			       buf_puts(b, " AS r") || put_from(b, h, p) ||
			       buf_puts(b,
				       " OFFSET 0) q GROUP BY g) p GROUP BY 1")
		       ? -1
		       : 0;
}

/* ", t.a::text, t.b::text" of the key, or without text: names alone. */
static int
put_keys(struct buf *b, const struct catalog_table *t, const char *prefix,
	const char *suffix)
{
	size_t i;

	for (i = 1; i <= t->n_key; i++)
		if (buf_puts(b, prefix) ||
			ident_quote(b, catalog_key(t, i)->name) ||
			buf_puts(b, suffix))
			return -1;
	return 0;
}

/* The groups asked for, each by the index on the key. */
static int
put_lateral(struct buf *b, const struct hashsql *h)
{
	const char *key = catalog_key(h->table, 1)->name;

	return buf_puts(b, " FROM unnest('{" HASHSQL_HERE "}'::int8[]) w(g)"
			   " CROSS JOIN LATERAL (SELECT * FROM ONLY ") ||
			       ident_qualified(
				       b, h->table->schema, h->table->name) ||
			       buf_puts(b, " x WHERE x.") ||
			       ident_quote(b, key) ||
			       buf_printf(
				       b, " >= (w.g << %d) AND x.", h->shift) ||
			       ident_quote(b, key) ||
			       buf_printf(b,
				       " <= ((w.g << %d) | %" PRId64
				       ") OFFSET 0) t WHERE w.g "
				       ">= '" HASHSQL_HERE "'::int8",
				       h->shift, (INT64_C(1) << h->shift) - 1)
		       ? -1
		       : 0;
}

static int
put_some(struct buf *b, const struct hashsql *h)
{
	return buf_puts(b, " FROM unnest('{" HASHSQL_HERE "}'::int8[]) w(g)"
			   " JOIN ONLY ") ||
			       ident_qualified(
				       b, h->table->schema, h->table->name) ||
			       buf_puts(b, " t ON w.g = ") || put_group(b, h) ||
			       buf_puts(b,
				       " WHERE w.g >= '" HASHSQL_HERE "'::int8")
		       ? -1
		       : 0;
}

static int
put_all(struct buf *b, const struct hashsql *h, const struct hashsql_part *p)
{
	return put_from(b, h, p) || buf_puts(b, " AND ") || put_group(b, h) ||
			       buf_puts(b, " >= '" HASHSQL_HERE "'::int8")
		       ? -1
		       : 0;
}

int
hashsql_rows(struct buf *b, const struct hashsql *h,
	const struct hashsql_part *p, bool some)
{
	bool keyless = h->kind == HASHSQL_KEYLESS;

	if (buf_puts(b, "COPY (SELECT ") || put_group(b, h) ||
		buf_puts(b, " AS g, ") || put_record(b, h, false) ||
		buf_puts(b, " AS r") ||
		(keyless ? buf_puts(b, ", count(*)")
			 : put_keys(b, h->table, ", t.", "::text")))
		return -1;
	if (!some                          ? put_all(b, h, p)
		: h->kind == HASHSQL_RANGE ? put_lateral(b, h)
					   : put_some(b, h))
		return -1;
	return buf_puts(b, keyless ? " GROUP BY 1, 2 ORDER BY 1) TO STDOUT"
				   : " ORDER BY 1) TO STDOUT");
}

/* "(k1, k2) v(c1, c2)" and the condition that joins it to t, with types: a
 * literal of VALUES has none of its own. */
static int
put_match(struct buf *b, const struct catalog_table *t)
{
	size_t i;

	if (buf_puts(b, " JOIN (VALUES " HASHSQL_HERE ") v("))
		return -1;
	for (i = 1; i <= t->n_key; i++)
		if (buf_printf(b, "%sc%zu", i > 1 ? ", " : "", i))
			return -1;
	if (buf_puts(b, ") ON true"))
		return -1;
	for (i = 1; i <= t->n_key; i++) {
		const struct catalog_column *c = catalog_key(t, i);

		if (buf_puts(b, " AND t.") || ident_quote(b, c->name) ||
			buf_printf(b, " = v.c%zu::%s", i, c->type))
			return -1;
	}
	return 0;
}

int
hashsql_fetch(struct buf *b, const struct hashsql *h, bool binary)
{
	const struct catalog_table *t = h->table;
	size_t i;

	if (buf_puts(b, "COPY (SELECT "))
		return -1;
	for (i = 0; i < t->n_columns; i++)
		if (buf_puts(b, i ? ", t." : "t.") ||
			ident_quote(b, t->column[i].name))
			return -1;
	if (buf_puts(b, " FROM ONLY ") ||
		ident_qualified(b, t->schema, t->name) || buf_puts(b, " t"))
		return -1;
	if (h->kind == HASHSQL_KEYLESS) {
		if (buf_puts(b, " JOIN unnest('{" HASHSQL_HERE
				"}'::int8[]) v(r) ON v.r = ") ||
			put_record(b, h, false))
			return -1;
	} else if (strcmp(hashsql_list(h), "int") == 0) {
		if (buf_puts(b, " WHERE t.") ||
			ident_quote(b, catalog_key(t, 1)->name) ||
			buf_puts(b, " = ANY ('{" HASHSQL_HERE "}'::int8[])"))
			return -1;
	} else if (put_match(b, t)) {
		return -1;
	}
	return buf_printf(
		b, ") TO STDOUT (FORMAT %s)", binary ? "binary" : "text");
}

const char *
hashsql_list(const struct hashsql *h)
{
	if (h->kind == HASHSQL_KEYLESS)
		return "hash";
	return h->table->n_key == 1 &&
			       is_integer(catalog_key(h->table, 1)->base)
		       ? "int"
		       : "values";
}
