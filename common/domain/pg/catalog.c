#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "catalog_columns.h"
#include "catalog_sql.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "session.h"

/* A column as a string of the catalog's own; sets ${*bad} when it cannot. */
static char *
text(const struct rows *r, int row, int col, bool *bad)
{
	char *s = mem_dup(rows_str(r, row, col), rows_len(r, row, col));

	if (!s)
		*bad = true;
	return s;
}

static int
no_memory(struct session *s)
{
	msg_error("%s: out of memory", session_what(s));
	return -1;
}

/* Runs a query and makes room for as many items of ${size} bytes. */
static struct rows *
fetch(struct session *s, const char *sql, size_t size, void **items, size_t *n)
{
	struct rows *r = session_query(s, sql, 0, NULL);

	if (!r)
		return NULL;
	if (!(*items = mem_zalloc((size_t)rows_count(r) + 1, size))) {
		no_memory(s);
		rows_free(r);
		return NULL;
	}
	*n = (size_t)rows_count(r);
	return r;
}

static int
load_tables(struct session *s, struct catalog *c)
{
	struct rows *r = fetch(s, CATALOG_TABLES, sizeof(*c->table),
		(void **)&c->table, &c->n_tables);
	bool bad = false;
	int i;

	if (!r)
		return -1;
	for (i = 0; i < rows_count(r); i++) {
		struct catalog_table *t = &c->table[i];

		t->oid = (uint32_t)rows_int(r, i, 0);
		t->schema = text(r, i, 1, &bad);
		t->name = text(r, i, 2, &bad);
		t->columns = text(r, i, 3, &bad);
		t->is_binary = rows_bool(r, i, 4);
		t->is_unlogged = rows_bool(r, i, 5);
		t->has_rls = rows_bool(r, i, 6);
		t->bytes = rows_int(r, i, 7);
		t->blocks = rows_int(r, i, 8);
		t->index_bytes = rows_int(r, i, 9);
		t->rows = strtod(rows_str(r, i, 10), NULL);
		t->has_late_statistics = rows_bool(r, i, 11);
	}
	rows_free(r);
	return bad ? no_memory(s) : 0;
}

/* Only a plain unique btree index can become a constraint's afterwards. */
static bool
is_built_by_constraint(const struct rows *r, int i)
{
	return *rows_str(r, i, 9) &&
	       (rows_bool(r, i, 10) || *rows_str(r, i, 9) == 'x' ||
		       strcmp(rows_str(r, i, 6), "btree") != 0);
}

/* "ALTER TABLE ... ADD CONSTRAINT name definition" for an index's constraint.
 */
static char *
constraint_sql(const struct rows *r, int i, bool *bad)
{
	struct buf b = BUF_INIT;
	const char *how = rows_str(r, i, 7);
	char *sql = NULL;

	if (is_built_by_constraint(r, i))
		how = rows_str(r, i, 15);
	if (*rows_str(r, i, 9) &&
		(buf_puts(&b, "ALTER TABLE ONLY ") ||
			ident_qualified(
				&b, rows_str(r, i, 2), rows_str(r, i, 4)) ||
			buf_printf(&b, " ADD CONSTRAINT %s %s",
				rows_str(r, i, 14), how)))
		*bad = true;
	if (!(sql = buf_steal(&b)))
		*bad = true;
	buf_fini(&b);
	return sql;
}

static int
load_indexes(struct session *s, struct catalog *c)
{
	struct rows *r = fetch(s, CATALOG_INDEXES, sizeof(*c->index),
		(void **)&c->index, &c->n_indexes);
	bool bad = false;
	int i;

	if (!r)
		return -1;
	for (i = 0; i < rows_count(r); i++) {
		struct catalog_index *x = &c->index[i];

		x->oid = (uint32_t)rows_int(r, i, 0);
		x->table = (uint32_t)rows_int(r, i, 1);
		x->schema = text(r, i, 2, &bad);
		x->name = text(r, i, 3, &bad);
		x->table_name = text(r, i, 4, &bad);
		x->definition = text(r, i, 5, &bad);
		x->method = text(r, i, 6, &bad);
		x->constraint = constraint_sql(r, i, &bad);
		x->constraint_oid = (uint32_t)rows_int(r, i, 8);
		x->kind = *rows_str(r, i, 9);
		x->is_partitioned = rows_bool(r, i, 10);
		x->by_constraint = is_built_by_constraint(r, i);
		x->is_valid = rows_bool(r, i, 11);
		x->of_matview = rows_bool(r, i, 12);
		x->bytes = rows_int(r, i, 13);
		x->marks = text(r, i, 16, &bad);
	}
	rows_free(r);
	return bad ? no_memory(s) : 0;
}

static int
load_fkeys(struct session *s, struct catalog *c)
{
	struct rows *r = fetch(s, CATALOG_FKEYS, sizeof(*c->fkey),
		(void **)&c->fkey, &c->n_fkeys);
	bool bad = false;
	int i;

	if (!r)
		return -1;
	for (i = 0; i < rows_count(r); i++) {
		struct catalog_fkey *k = &c->fkey[i];

		k->oid = (uint32_t)rows_int(r, i, 0);
		k->schema = text(r, i, 1, &bad);
		k->table = text(r, i, 2, &bad);
		k->name = text(r, i, 3, &bad);
		k->definition = text(r, i, 4, &bad);
		k->is_valid = rows_bool(r, i, 5);
		k->is_partitioned = rows_bool(r, i, 6);
		k->to_schema = text(r, i, 7, &bad);
		k->to_table = text(r, i, 8, &bad);
	}
	rows_free(r);
	return bad ? no_memory(s) : 0;
}

static int
load_matviews(struct session *s, struct catalog *c)
{
	struct rows *r = fetch(s, CATALOG_MATVIEWS, sizeof(*c->matview),
		(void **)&c->matview, &c->n_matviews);
	bool bad = false;
	int i;

	if (!r)
		return -1;
	for (i = 0; i < rows_count(r); i++) {
		struct catalog_matview *m = &c->matview[i];

		m->oid = (uint32_t)rows_int(r, i, 0);
		m->schema = text(r, i, 1, &bad);
		m->name = text(r, i, 2, &bad);
		m->is_populated = rows_bool(r, i, 3);
		m->bytes = rows_int(r, i, 4);
	}
	rows_free(r);
	return bad ? no_memory(s) : 0;
}

static int
load_extensions(struct session *s, struct catalog *c)
{
	struct rows *r = fetch(s, CATALOG_EXTENSIONS, sizeof(*c->extension),
		(void **)&c->extension, &c->n_extensions);
	bool bad = false;
	int i;

	if (!r)
		return -1;
	for (i = 0; i < rows_count(r); i++) {
		c->extension[i].name = text(r, i, 0, &bad);
		c->extension[i].schema = text(r, i, 1, &bad);
		c->extension[i].version = text(r, i, 2, &bad);
	}
	rows_free(r);
	return bad ? no_memory(s) : 0;
}

static void
free_sequences(struct catalog *c)
{
	size_t i;

	for (i = 0; c->sequence && i < c->n_sequences + c->left_out.n_sequences;
		i++) {
		struct catalog_sequence *q = &c->sequence[i];

		free(q->schema);
		free(q->name);
		free(q->last_value);
		free(q->increment);
		free(q->table_schema);
		free(q->table);
		free(q->column);
	}
	free(c->sequence);
	c->sequence = NULL;
	c->n_sequences = c->left_out.n_sequences = 0;
}

/* The state of one sequence, from the sequence itself. */
static int
read_state(struct session *s, struct catalog_sequence *q)
{
	struct buf b = BUF_INIT;
	struct rows *r = NULL;
	bool bad = false;

	if (buf_puts(&b, "SELECT last_value, is_called FROM ") == 0 &&
		ident_qualified(&b, q->schema, q->name) == 0)
		r = session_query(s, buf_str(&b), 0, NULL);
	buf_fini(&b);
	if (!r)
		return -1;
	q->last_value = text(r, 0, 0, &bad);
	q->is_called = rows_bool(r, 0, 1);
	rows_free(r);
	return bad ? no_memory(s) : 0;
}

int
catalog_read_sequences(struct session *s, struct catalog *c)
{
	struct rows *r;
	bool bad = false;
	int i, rc = 0;

	free_sequences(c);
	r = fetch(s, CATALOG_SEQUENCES, sizeof(*c->sequence),
		(void **)&c->sequence, &c->n_sequences);
	if (!r)
		return -1;
	for (i = 0; i < rows_count(r); i++) {
		struct catalog_sequence *q = &c->sequence[i];

		q->schema = text(r, i, 0, &bad);
		q->name = text(r, i, 1, &bad);
		q->increment = text(r, i, 2, &bad);
		q->table_schema = text(r, i, 3, &bad);
		q->table = text(r, i, 4, &bad);
		q->column = text(r, i, 5, &bad);
	}
	rows_free(r);
	if (bad)
		return no_memory(s);
	for (i = 0; rc == 0 && i < (int)c->n_sequences; i++)
		rc = read_state(s, &c->sequence[i]);
	return rc;
}

/* The first column of the first row of a query. 0 or -1. */
static int
count(struct session *s, const char *sql, int64_t *out)
{
	struct rows *r = session_query(s, sql, 0, NULL);

	if (!r)
		return -1;
	*out = rows_int(r, 0, 0);
	rows_free(r);
	return 0;
}

int
catalog_load(struct session *s, struct catalog **out)
{
	struct catalog *c = mem_zalloc(1, sizeof(*c));

	if (!c)
		return no_memory(s);
	if (load_tables(s, c) || catalog_columns_load(s, c) ||
		load_indexes(s, c) || load_fkeys(s, c) || load_matviews(s, c) ||
		load_extensions(s, c) || catalog_read_sequences(s, c) ||
		count(s, "SELECT count(*) FROM pg_largeobject_metadata",
			&c->n_large_objects)) {
		catalog_free(c);
		return -1;
	}
	*out = c;
	return 0;
}

static void
free_tables(struct catalog *c)
{
	size_t i;

	for (i = 0; i < c->n_tables + c->left_out.n_tables; i++) {
		free(c->table[i].schema);
		free(c->table[i].name);
		free(c->table[i].columns);
		catalog_columns_fini(&c->table[i]);
	}
	free(c->table);
	for (i = 0; i < c->n_indexes + c->left_out.n_indexes; i++) {
		struct catalog_index *x = &c->index[i];

		free(x->schema);
		free(x->name);
		free(x->table_name);
		free(x->definition);
		free(x->method);
		free(x->constraint);
		free(x->marks);
	}
	free(c->index);
}

void
catalog_free(struct catalog *c)
{
	size_t i;

	if (!c)
		return;
	free_tables(c);
	for (i = 0; i < c->n_fkeys + c->left_out.n_fkeys; i++) {
		free(c->fkey[i].schema);
		free(c->fkey[i].table);
		free(c->fkey[i].name);
		free(c->fkey[i].definition);
		free(c->fkey[i].to_schema);
		free(c->fkey[i].to_table);
	}
	free(c->fkey);
	for (i = 0; i < c->n_matviews + c->left_out.n_matviews; i++) {
		free(c->matview[i].schema);
		free(c->matview[i].name);
	}
	free(c->matview);
	for (i = 0; i < c->n_extensions; i++) {
		free(c->extension[i].name);
		free(c->extension[i].schema);
		free(c->extension[i].version);
	}
	free(c->extension);
	free_sequences(c);
	free(c);
}

const struct catalog_table *
catalog_find(const struct catalog *c, const char *schema, const char *name)
{
	size_t i;

	for (i = 0; i < c->n_tables; i++)
		if (strcmp(c->table[i].schema, schema) == 0 &&
			strcmp(c->table[i].name, name) == 0)
			return &c->table[i];
	return NULL;
}

const struct catalog_matview *
catalog_find_matview(
	const struct catalog *c, const char *schema, const char *name)
{
	size_t i;

	for (i = 0; i < c->n_matviews; i++)
		if (strcmp(c->matview[i].schema, schema) == 0 &&
			strcmp(c->matview[i].name, name) == 0)
			return &c->matview[i];
	return NULL;
}

int
catalog_count_foreign(struct session *s, int64_t *out)
{
	return count(s, CATALOG_FOREIGN, out);
}
