#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "copysql.h"
#include "ident.h"

static const char *
format_of(bool binary)
{
	return binary ? "binary" : "text";
}

/* A table none of whose columns is copied has no column list. */
static int
put_table(struct buf *b, const struct catalog_table *t)
{
	if (ident_qualified(b, t->schema, t->name))
		return -1;
	return *t->columns ? buf_printf(b, " (%s)", t->columns) : 0;
}

int
copysql_out(struct buf *b, const struct catalog_table *t, int64_t from,
	int64_t to, bool binary)
{
	if (buf_puts(b, "COPY "))
		return -1;
	if (!from && !to) {
		if (put_table(b, t))
			return -1;
	} else {
		if (buf_printf(b, "(SELECT %s FROM ONLY ", t->columns) ||
			ident_qualified(b, t->schema, t->name) ||
			buf_printf(b, " WHERE ctid >= '(%" PRId64 ",0)'::tid",
				from) ||
			(to && buf_printf(b,
				       " AND ctid < '(%" PRId64 ",0)'::tid",
				       to)) ||
			buf_putc(b, ')'))
			return -1;
	}
	return buf_printf(b, " TO STDOUT (FORMAT %s)", format_of(binary));
}

int
copysql_in(
	struct buf *b, const struct catalog_table *t, bool binary, bool freeze)
{
	if (buf_puts(b, "COPY ") || put_table(b, t))
		return -1;
	return buf_printf(b, " FROM STDIN (FORMAT %s%s)", format_of(binary),
		freeze ? ", FREEZE true" : "");
}

int
copysql_truncate(struct buf *b, const struct catalog_table *t)
{
	return buf_puts(b, "TRUNCATE ONLY ") ||
			       ident_qualified(b, t->schema, t->name)
		       ? -1
		       : 0;
}

int
copysql_fkey(struct buf *b, const struct catalog_fkey *k)
{
	/* ONLY would leave the partitions out; a plain table has none */
	if (buf_printf(b, "ALTER TABLE %s", k->is_partitioned ? "" : "ONLY ") ||
		ident_qualified(b, k->schema, k->table) ||
		buf_puts(b, " ADD CONSTRAINT ") || ident_quote(b, k->name) ||
		buf_printf(b, " %s%s", k->definition,
			k->is_partitioned ? "" : " NOT VALID"))
		return -1;
	return 0;
}

int
copysql_validate(struct buf *b, const struct catalog_fkey *k)
{
	if (buf_puts(b, "ALTER TABLE ONLY ") ||
		ident_qualified(b, k->schema, k->table) ||
		buf_puts(b, " VALIDATE CONSTRAINT ") || ident_quote(b, k->name))
		return -1;
	return 0;
}

int64_t
copysql_parts(
	int64_t bytes, double chain, double total, int64_t jobs, uint64_t limit)
{
	const int64_t least = 32 << 20; /* not worth the start of a part */
	int64_t n = 1;

	if (limit && bytes > 0 && (uint64_t)bytes > limit)
		n = (int64_t)(((uint64_t)bytes + limit - 1) / limit);
	if (jobs > 1 && bytes > 2 * least && n < jobs &&
		chain * (double)jobs > 0.8 * total)
		n = jobs;
	if (n > 1 && bytes / n < least && !limit)
		n = bytes / least;
	return n < 1 ? 1 : n > 4096 ? 4096 : n;
}

double
copysql_index_cost(const struct catalog_index *x)
{
	double bytes = (double)x->bytes;

	/* measured: a GIN index takes some ten times a btree of its size */
	if (strcmp(x->method, "gin") == 0)
		return bytes * 20;
	if (strcmp(x->method, "gist") == 0 || strcmp(x->method, "spgist") == 0)
		return bytes * 10;
	return bytes * 2;
}
