#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "definitions.h"
#include "definitions_sql.h"
#include "engine.h"
#include "excerpt.h"
#include "filter.h"
#include "msg.h"
#include "pgcopy.h"
#include "probe.h"
#include "session.h"
#include "str.h"

/* Columns of a row of definitions_sql. */
enum { KIND, SCHEMA, TABLE, IDENTITY, PROBE, FACT, DEFINITION, RAW };

enum { N_PARAMS = 8, MAINTAIN_SINCE = 170000 };

/* What both sides are asked. */
struct question {
	struct engine *e;
	struct buf schemas; /* a regular expression of schemas of extensions */
	struct buf wanted;  /* the objects that differ, as an array's text */
	bool whole;         /* the texts themselves, not their hashes */
	bool copied;        /* what was refused has been told */
	struct rows *source, *target;
};

/* A pair of rows, -1 where a side has none. */
typedef int pair_fn(struct question *q, int i, int k);

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

/* Adds "|name" with whatever means something in an expression escaped. */
static int
put_schema(struct buf *b, const char *s)
{
	if (buf_putc(b, '|'))
		return -1;
	for (; *s; s++)
		if ((strchr("\\.[](){}*+?^$|", *s) && buf_putc(b, '\\')) ||
			buf_putc(b, *s))
			return -1;
	return 0;
}

/* Schemas of extensions that the two sides have in different ones. */
static int
put_schemas(struct buf *b, const struct catalog *x, const struct catalog *y)
{
	size_t i, k;

	/* a name that no schema has is always there */
	if (buf_puts(b, "\\m\"?(airlift"))
		return -1;
	for (i = 0; i < x->n_extensions; i++)
		for (k = 0; k < y->n_extensions; k++) {
			const char *s = x->extension[i].schema;
			const char *t = y->extension[k].schema;

			if (strcmp(x->extension[i].name,
				    y->extension[k].name) == 0 &&
				strcmp(s, t) != 0 &&
				(put_schema(b, s) || put_schema(b, t)))
				return -1;
		}
	return buf_puts(b, ")\"?\\.");
}

static const char *
truth(bool yes)
{
	return yes ? "true" : "false";
}

static struct rows *
ask_side(struct question *q, struct session *s)
{
	const struct engine *e = q->e;
	const char *params[N_PARAMS] = {buf_str(&q->schemas), truth(q->whole),
		q->wanted.len ? buf_str(&q->wanted) : NULL, truth(e->opt->acl),
		truth(e->opt->owner),
		truth(session_version(e->source) >= MAINTAIN_SINCE &&
			session_version(e->target) >= MAINTAIN_SINCE),
		e->opt->slot,
		/* what one version has to quote another has not */
		is_engine_quoting(e) ? "\"([a-z_][a-z0-9_$]*)\"" : "(\\Z.)"};

	struct rows *r;

	if (engine_quote(e, s, true))
		return NULL;
	r = session_query(s, definitions_sql, N_PARAMS, params);
	if (r && engine_quote(e, s, false)) {
		rows_free(r);
		r = NULL;
	}
	return r;
}

static int
ask(struct question *q)
{
	rows_free(q->source);
	rows_free(q->target);
	q->target = NULL;
	q->source = ask_side(q, q->e->source);
	if (q->source)
		q->target = ask_side(q, q->e->target);
	return q->target ? 0 : -1;
}

/* What an application does not notice. */
static bool
is_minor(const char *kind)
{
	static const char *const kinds[] = {"comment", "statistics", "storage",
		"event trigger", "publication", "conversion", "setting",
		"default privileges", "database privileges", "foreign server",
		NULL};

	return is_str_one_of(kind, kinds);
}

/* Whether an object that the target alone has may refuse or change rows. */
static bool
is_active(const char *kind, const char *fact)
{
	static const char *const kinds[] = {"column", "constraint",
		"foreign key", "trigger", "policy", "rule", "owner",
		"privileges", NULL};

	if (strcmp(kind, "index") == 0)
		return str_starts(fact, "UNIQUE") ||
		       str_starts(fact, "EXCLUDE");
	return is_str_one_of(kind, kinds);
}

/* Objects whose text tells all that is in their facts, and more legibly. */
static bool
is_told_by_text(const char *kind)
{
	static const char *const kinds[] = {
		"function", "rule", "statistics", NULL};

	return is_str_one_of(kind, kinds);
}

/* What compare.h tells when it is missing, or goes with such a thing. */
static bool
is_compared_elsewhere(const char *kind)
{
	static const char *const kinds[] = {
		"table", "storage", "index", "foreign key", NULL};

	return is_str_one_of(kind, kinds);
}

/* What a copy goes on without when the target refuses it, with a finding. */
static bool
is_refused_alone(const char *kind)
{
	static const char *const kinds[] = {"event trigger", "setting", NULL};

	return is_str_one_of(kind, kinds);
}

static bool
is_wanted(const struct question *q, const struct rows *r, int i)
{
	const char *kind = rows_str(r, i, KIND);

	/* a comment does not tell which table it belongs to, and a publication
	 * may lack those that are left out */
	return is_filter_wanted(q->e->opt, rows_str(r, i, SCHEMA),
		       rows_str(r, i, TABLE)) &&
	       (!is_filter_set(q->e->opt) ||
		       (strcmp(kind, "comment") != 0 &&
			       strcmp(kind, "publication") != 0));
}

/* What there is to show of an object. */
static int
put_text(struct buf *b, const struct rows *r, int i, bool text)
{
	const char *fact = rows_str(r, i, FACT);
	const char *def = rows_str(r, i, DEFINITION);

	text = text && *def && is_told_by_text(rows_str(r, i, KIND));
	if (text)
		return buf_puts(b, def);
	return buf_puts(b, fact) ||
			       (*def &&
				       !is_told_by_text(rows_str(r, i, KIND)) &&
				       buf_printf(b, "%s%s", *fact ? " " : "",
					       def))
		       ? -1
		       : 0;
}

static int
tell(struct question *q, const struct rows *r, int i, const char *level,
	const char *rule, const char *what)
{
	return engine_tell(q->e, level, rule,
		"compare pg_dump --schema-only of both, and make the same "
		"change on the target",
		"%s %s: %s", rows_str(r, i, KIND), rows_str(r, i, IDENTITY),
		what);
}

/* Of an object that one side alone has. */
static int
tell_alone(struct question *q, const struct rows *r, int i, const char *level,
	const char *rule, const char *what)
{
	struct buf text = BUF_INIT, b = BUF_INIT;
	int rc = -1;

	if (put_text(&text, r, i, true) || buf_puts(&b, what) ||
		(text.len && (buf_puts(&b, ": ") ||
				     excerpt_put(&b, buf_str(&text), 0))))
		no_memory();
	else
		rc = tell(q, r, i, level, rule, buf_str(&b));
	buf_fini(&text);
	buf_fini(&b);
	return rc;
}

static int
tell_missing(struct question *q, int i)
{
	const char *kind = rows_str(q->source, i, KIND);

	return tell_alone(q, q->source, i, is_minor(kind) ? "warning" : "error",
		"definition-missing", "not on the target");
}

static int
tell_extra(struct question *q, int k)
{
	const struct rows *r = q->target;

	return tell_alone(q, r, k,
		is_active(rows_str(r, k, KIND), rows_str(r, k, FACT))
			? "error"
			: "warning",
		"definition-extra", "on the target only");
}

/* Both texts, from where they begin to differ. */
static int
tell_both(struct question *q, int i, int k, const char *level, const char *what)
{
	bool text = strcmp(rows_str(q->source, i, DEFINITION),
			    rows_str(q->target, k, DEFINITION)) != 0;
	bool index = strcmp(rows_str(q->source, i, KIND), "index") == 0;
	struct buf x = BUF_INIT, y = BUF_INIT, b = BUF_INIT;
	int rc = -1;

	if (put_text(&x, q->source, i, text) ||
		put_text(&y, q->target, k, text) || buf_puts(&b, what) ||
		excerpt_put_both(&b, buf_str(&x), buf_str(&y)))
		no_memory();
	else
		rc = tell(q, q->source, i, level,
			index ? "index-differs" : "definition-differs",
			buf_str(&b));
	buf_fini(&x);
	buf_fini(&y);
	buf_fini(&b);
	return rc;
}

static bool
is_equal(const struct question *q, int i, int k, int column)
{
	return strcmp(rows_str(q->source, i, column),
		       rows_str(q->target, k, column)) == 0;
}

/* Texts that differ where the facts do not: the target's server is asked. */
static int
tell_texts(struct question *q, int i, int k, const char *level)
{
	struct engine *e = q->e;
	const struct rows *r = q->source;
	bool same_major = session_version(e->source) / 10000 ==
			  session_version(e->target) / 10000;
	int same = probe_same(e->target, rows_str(r, i, PROBE),
		rows_str(r, i, SCHEMA), rows_str(r, i, TABLE),
		rows_str(r, i, RAW), rows_str(q->target, k, RAW));

	if (!is_session_alive(e->target))
		return -1;
	if (same > 0)
		return 0;
	if (same == 0 || same_major)
		return tell_both(
			q, i, k, level, "defined in another way on the target");
	return tell_both(q, i, k, "warning",
		"written in another way by the target's version, or defined "
		"in another way");
}

static int
tell_pair(struct question *q, int i, int k)
{
	const char *level;

	if (k < 0)
		return tell_missing(q, i);
	if (i < 0)
		return tell_extra(q, k);
	level = is_minor(rows_str(q->source, i, KIND)) ? "warning" : "error";
	if (is_equal(q, i, k, FACT))
		return tell_texts(q, i, k, level);
	return tell_both(
		q, i, k, level, "defined in another way on the target");
}

/* Adds the object to those whose texts are wanted. */
static int
want(struct question *q, int i, int k)
{
	const struct rows *r = i < 0 ? q->target : q->source;
	int at = i < 0 ? k : i;
	const char *part[] = {
		rows_str(r, at, KIND), " ", rows_str(r, at, IDENTITY)};
	struct buf *b = &q->wanted;
	const char *s;
	size_t n;
	int rc = buf_puts(b, b->len ? ",\"" : "{\"");

	for (n = 0; n < 3; n++)
		for (s = part[n]; rc == 0 && *s; s++)
			rc = ((*s == '"' || *s == '\\') && buf_putc(b, '\\')) ||
			     buf_putc(b, *s);
	return rc || buf_putc(b, '"') ? no_memory() : 0;
}

static int
order(const struct rows *a, int i, const struct rows *b, int k)
{
	int c = strcmp(rows_str(a, i, KIND), rows_str(b, k, KIND));

	return c ? c
		 : strcmp(rows_str(a, i, IDENTITY), rows_str(b, k, IDENTITY));
}

/* Whether there is nothing to say of a pair. */
static bool
is_settled(const struct question *q, int i, int k)
{
	const struct rows *r = i < 0 ? q->target : q->source;
	const char *kind = rows_str(r, i < 0 ? k : i, KIND);

	if (!is_wanted(q, r, i < 0 ? k : i))
		return true;
	if (q->copied && is_refused_alone(kind))
		return true;
	if (k < 0)
		return is_compared_elsewhere(kind);
	/* what else is set there is the target's affair */
	if (i < 0)
		return strcmp(kind, "table") == 0 ||
		       strcmp(kind, "setting") == 0;
	return is_equal(q, i, k, FACT) && is_equal(q, i, k, DEFINITION);
}

/* Both are sorted in the same way. */
static int
merge(struct question *q, pair_fn *each)
{
	int n = rows_count(q->source), m = rows_count(q->target);
	int i = 0, k = 0, rc = 0;

	while (rc == 0 && (i < n || k < m)) {
		int c = i == n   ? 1
			: k == m ? -1
				 : order(q->source, i, q->target, k);
		int x = c <= 0 ? i : -1, y = c >= 0 ? k : -1;

		if (!is_settled(q, x, y))
			rc = each(q, x, y);
		i += c <= 0;
		k += c >= 0;
	}
	return rc;
}

int
definitions_compare(struct engine *e, const struct catalog *source,
	const struct catalog *target, bool copied)
{
	struct question q = {e, BUF_INIT, BUF_INIT, false, copied, NULL, NULL};
	int rc = -1;

	/* servers hash the texts in their own encodings */
	q.whole = strcmp(session_encoding(e->source),
			  session_encoding(e->target)) != 0;
	if (put_schemas(&q.schemas, source, target)) {
		no_memory();
		goto out;
	}
	if (ask(&q) || (!q.whole && merge(&q, want)))
		goto out;
	if (q.wanted.len) {
		q.whole = true;
		if (buf_putc(&q.wanted, '}')) {
			no_memory();
			goto out;
		}
		if (ask(&q))
			goto out;
	}
	rc = q.whole ? merge(&q, tell_pair) : 0;
out:
	rows_free(q.source);
	rows_free(q.target);
	buf_fini(&q.schemas);
	buf_fini(&q.wanted);
	return rc;
}
