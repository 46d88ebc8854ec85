#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "definitions.h"
#include "definitions_sql.h"
#include "engine.h"
#include "filter.h"
#include "msg.h"
#include "session.h"
#include "str.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Columns of a row of definitions_sql. */
enum { KIND, SCHEMA, TABLE, IDENTITY, DEFINITION };

/* What both sides are asked with. */
struct question {
	struct buf sql;
	struct buf schemas; /* a regular expression of schemas of extensions */
	const char *params[2];
};

/* Adds "|name" with whatever means something in an expression escaped. */
static int
put_schemas(struct buf *b, const struct catalog *c)
{
	size_t i;
	const char *s;

	for (i = 0; i < c->n_extensions; i++) {
		if (strcmp(c->extension[i].schema, "pg_catalog") == 0)
			continue;
		if (buf_putc(b, '|'))
			return -1;
		for (s = c->extension[i].schema; *s; s++)
			if ((strchr("\\.[](){}*+?^$|", *s) &&
				    buf_putc(b, '\\')) ||
				buf_putc(b, *s))
				return -1;
	}
	return 0;
}

/* Servers hash the texts in their own encodings: ${whole} asks for these. */
static int
make(struct question *q, const struct catalog *a, const struct catalog *b,
	bool whole)
{
	size_t i;

	/* a name that no schema has is always there */
	if (buf_puts(&q->schemas, "\\m\"?(airlift") ||
		put_schemas(&q->schemas, a) || put_schemas(&q->schemas, b) ||
		buf_puts(&q->schemas, ")\"?\\."))
		return -1;
	if (buf_puts(&q->sql,
		    "SELECT kind, schema, rel, id, CASE WHEN $2::bool THEN def"
		    " ELSE hashtextextended(def, 0)::text END FROM (SELECT"
		    " kind, schema, rel, regexp_replace(id, $1, '', 'g') AS id,"
		    " regexp_replace(coalesce(def, ''), $1, '', 'g') AS def"
		    " FROM ("))
		return -1;
	for (i = 0; i < COUNT(definitions_sql); i++)
		if ((i && buf_puts(&q->sql, " UNION ALL ")) ||
			buf_puts(&q->sql, definitions_sql[i]))
			return -1;
	if (buf_puts(&q->sql, ") a(kind, schema, rel, id, def)) b ORDER BY kind"
			      " COLLATE \"C\", id COLLATE \"C\""))
		return -1;
	q->params[0] = buf_str(&q->schemas);
	q->params[1] = whole ? "true" : "false";
	return 0;
}

/* What an application does not notice. */
static bool
is_minor(const char *kind)
{
	static const char *const kinds[] = {
		"comment", "statistics", "event trigger", NULL};

	return is_str_one_of(kind, kinds);
}

/* Objects that do nothing until they are called for. */
static bool
is_passive(const char *kind)
{
	static const char *const kinds[] = {
		"view", "function", "type", "sequence", "index", "table", NULL};

	return is_str_one_of(kind, kinds);
}

/* Definitions that the server writes anew from what it has parsed. */
static bool
is_deparsed(const char *kind)
{
	static const char *const kinds[] = {"view", "function", "trigger",
		"policy", "rule", "constraint", "column", "type", NULL};

	return is_str_one_of(kind, kinds);
}

static int
tell(struct engine *e, const struct rows *r, int i, const char *level,
	const char *rule, const char *what)
{
	/* a comment does not tell which table it belongs to */
	if (!is_filter_wanted(
		    e->opt, rows_str(r, i, SCHEMA), rows_str(r, i, TABLE)) ||
		(is_filter_set(e->opt) &&
			strcmp(rows_str(r, i, KIND), "comment") == 0))
		return 0;
	return engine_tell(e, level, rule,
		"compare pg_dump --schema-only of both, and make the same "
		"change on the target",
		"%s %s: %s", rows_str(r, i, KIND), rows_str(r, i, IDENTITY),
		what);
}

static int
tell_missing(struct engine *e, const struct rows *r, int i)
{
	const char *kind = rows_str(r, i, KIND);

	/* compare.h tells of these */
	if (strcmp(kind, "index") == 0 || strcmp(kind, "table") == 0)
		return 0;
	return tell(e, r, i, is_minor(kind) ? "warning" : "error",
		"definition-missing", "not on the target");
}

static int
tell_extra(struct engine *e, const struct rows *r, int i)
{
	const char *kind = rows_str(r, i, KIND);

	if (strcmp(kind, "table") == 0)
		return 0;
	return tell(e, r, i,
		is_minor(kind) || is_passive(kind) ? "warning" : "error",
		"definition-extra", "on the target only");
}

static int
tell_differs(struct engine *e, const struct rows *r, int i)
{
	const char *kind = rows_str(r, i, KIND);
	bool doubtful =
		is_deparsed(kind) && session_version(e->source) / 10000 !=
					     session_version(e->target) / 10000;

	return tell(e, r, i, is_minor(kind) || doubtful ? "warning" : "error",
		"definition-differs", "defined in another way on the target");
}

static int
order(const struct rows *a, int i, const struct rows *b, int k)
{
	int c = strcmp(rows_str(a, i, KIND), rows_str(b, k, KIND));

	return c ? c
		 : strcmp(rows_str(a, i, IDENTITY), rows_str(b, k, IDENTITY));
}

/* Both are sorted in the same way. */
static int
merge(struct engine *e, const struct rows *a, const struct rows *b)
{
	int i = 0, k = 0, rc = 0;

	while (rc == 0 && (i < rows_count(a) || k < rows_count(b))) {
		int c = i == rows_count(a)   ? 1
			: k == rows_count(b) ? -1
					     : order(a, i, b, k);

		if (c < 0)
			rc = tell_missing(e, a, i);
		else if (c > 0)
			rc = tell_extra(e, b, k);
		else if (strcmp(rows_str(a, i, DEFINITION),
				 rows_str(b, k, DEFINITION)) != 0)
			rc = tell_differs(e, a, i);
		i += c <= 0;
		k += c >= 0;
	}
	return rc;
}

int
definitions_compare(struct engine *e, const struct catalog *source,
	const struct catalog *target)
{
	bool whole = strcmp(session_encoding(e->source),
			     session_encoding(e->target)) != 0;
	struct question q = {BUF_INIT, BUF_INIT, {NULL, NULL}};
	struct rows *a = NULL, *b = NULL;
	int rc = -1;

	if (make(&q, source, target, whole))
		msg_error("out of memory");
	else if ((a = session_query(e->source, buf_str(&q.sql), 2, q.params)) &&
		 (b = session_query(e->target, buf_str(&q.sql), 2, q.params)))
		rc = merge(e, a, b);
	rows_free(a);
	rows_free(b);
	buf_fini(&q.sql);
	buf_fini(&q.schemas);
	return rc;
}
