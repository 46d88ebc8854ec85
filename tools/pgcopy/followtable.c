#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "finish.h"
#include "followtable.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "pgoutput.h"
#include "session.h"

/* OIDs below are PostgreSQL's own, the same everywhere. */
enum { FIRST_OTHER_OID = 16384, VARCHAR_OID = 1043, VARBIT_OID = 1562 };

/* The target's columns: name, type, identity, modifier, and the operator by
 * which values of the type are equal, which is not found without its schema
 * when an extension has made it. */
#define COLUMNS                                                                \
	"SELECT '\"' || replace(a.attname, '\"', '\"\"') || '\"',"             \
	" a.atttypid, a.attidentity, a.atttypmod, coalesce((SELECT"            \
	" format('OPERATOR(%I.=)', n.nspname) FROM pg_opclass k"               \
	" JOIN pg_amop m ON m.amopfamily = k.opcfamily AND m.amoplefttype ="   \
	" k.opcintype AND m.amoprighttype = k.opcintype AND"                   \
	" m.amopstrategy = 3 JOIN pg_operator o ON o.oid = m.amopopr AND"      \
	" o.oprname = '=' JOIN pg_namespace n ON n.oid = o.oprnamespace"       \
	" WHERE k.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')"  \
	" AND k.opcdefault AND k.opcintype = coalesce(NULLIF(t.typbasetype,"   \
	" 0), t.oid)), '=') FROM pg_attribute a JOIN pg_type t ON t.oid ="     \
	" a.atttypid WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND"  \
	" NOT a.attisdropped AND a.attgenerated = ''"

static void
column_fini(struct followtable_column *c)
{
	free(c->name);
	free(c->equal);
}

void
followtable_free(struct followtable *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->n; i++)
		column_fini(&t->column[i]);
	free(t->column);
	free(t->name);
	free(t->off);
	free(t->on);
	free(t);
}

static char *
quoted(const char *name)
{
	struct buf b = BUF_INIT;
	char *s = ident_quote(&b, name) ? NULL : buf_steal(&b);

	buf_fini(&b);
	return s;
}

static int
fill(struct followtable *t, const struct pgoutput *m)
{
	struct buf name = BUF_INIT;
	size_t i;

	t->id = m->relation;
	t->identity = m->identity;
	if (ident_qualified(&name, m->schema, m->name) == 0)
		t->name = buf_steal(&name);
	buf_fini(&name);
	t->column = mem_zalloc(m->n_columns + 1, sizeof(*t->column));
	if (!t->name || !t->column)
		return -1;
	for (i = 0; i < m->n_columns; i++) {
		t->column[i].name = quoted(m->column[i].name);
		t->column[i].type = m->column[i].type;
		t->column[i].modifier = m->column[i].modifier;
		t->column[i].is_key = m->column[i].is_key;
		t->n++;
		if (!t->column[i].name)
			return -1;
	}
	return 0;
}

/* Whether the target's modifier keeps each value as it is: one of another
 * length or precision would round or trim without a word. */
static bool
is_modifier_kept(const struct followtable_column *c, int32_t there)
{
	return there == c->modifier || there == -1 ||
	       ((c->type == VARCHAR_OID || c->type == VARBIT_OID) &&
		       c->modifier != -1 && there > c->modifier);
}

/* Compares with the target's columns, the rows of COLUMNS. */
static int
compare(struct followtable *t, const struct rows *r, struct buf *why)
{
	size_t i;
	int k;

	for (i = 0; i < t->n; i++) {
		struct followtable_column *c = &t->column[i];
		uint32_t type;

		for (k = 0; k < rows_count(r); k++)
			if (strcmp(rows_str(r, k, 0), c->name) == 0)
				break;
		if (k == rows_count(r))
			return buf_printf(why,
				       "%s has the column %s on the source "
				       "alone",
				       t->name, c->name)
				       ? -1
				       : 0;
		type = (uint32_t)rows_int(r, k, 1);
		c->is_always = *rows_str(r, k, 2) == 'a';
		if (type != c->type &&
			(type < FIRST_OTHER_OID || c->type < FIRST_OTHER_OID))
			return buf_printf(why,
				       "the column %s of %s has another type "
				       "on the target",
				       c->name, t->name)
				       ? -1
				       : 0;
		if (!is_modifier_kept(c, (int32_t)rows_int(r, k, 3)))
			return buf_printf(why,
				       "the column %s of %s has another length "
				       "or precision on the target",
				       c->name, t->name)
				       ? -1
				       : 0;
		if (!(c->equal = mem_strdup(rows_str(r, k, 4))))
			return -1;
	}
	/* the target may have more: a change that was made there first */
	return 1;
}

/* Whether a foreign key of the table changes its rows when those that they
 * refer to change or go. 0 or -1. */
static int
read_cascades(struct session *target, struct followtable *t)
{
	const char *params[1] = {t->name};
	struct rows *r = session_query(target,
		"SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid ="
		" to_regclass($1) AND contype = 'f' AND (confupdtype IN ('c',"
		" 'n', 'd') OR confdeltype IN ('n', 'd')))",
		1, params);

	if (!r)
		return -1;
	t->cascades = rows_bool(r, 0, 0);
	rows_free(r);
	return 0;
}

int
followtable_new(struct session *target, const struct pgoutput *m,
	struct followtable **out, struct buf *why)
{
	struct followtable *t = mem_zalloc(1, sizeof(*t));
	struct buf off = BUF_INIT, on = BUF_INIT;
	const char *params[1];
	struct rows *r = NULL;
	int rc = -1;

	if (!t || fill(t, m)) {
		msg_error("out of memory");
		goto out;
	}
	params[0] = t->name;
	r = session_query(target, COLUMNS, 1, params);
	if (!r)
		goto out;
	if (rows_count(r) == 0 && t->n) {
		rc = buf_printf(why, "%s is not on the target", t->name) ? -1
									 : 0;
		goto out;
	}
	if ((rc = compare(t, r, why)) <= 0)
		goto out;
	rc = -1;
	if (read_cascades(target, t) ||
		finish_triggers(target, m->schema, m->name, &off, &on) ||
		!(t->off = mem_strdup(off.len ? buf_str(&off) + 2 : "")) ||
		!(t->on = mem_strdup(buf_str(&on))))
		goto out;
	rc = 1;
out:
	rows_free(r);
	buf_fini(&off);
	buf_fini(&on);
	if (rc > 0)
		*out = t;
	else
		followtable_free(t);
	return rc;
}

static int
put_value(struct buf *b, const struct pgoutput_value *v)
{
	struct buf text = BUF_INIT;
	int rc;

	if (v->kind == 'n')
		return buf_puts(b, "NULL");
	if (v->kind != 't')
		return -1;
	rc = buf_append(&text, v->data, v->len) ||
			     ident_literal(b, buf_str(&text))
		     ? -1
		     : 0;
	buf_fini(&text);
	return rc;
}

int
followtable_insert(struct buf *b, const struct followtable *t)
{
	size_t i;

	if (buf_printf(b, "INSERT INTO %s (", t->name))
		return -1;
	for (i = 0; i < t->n; i++)
		if (buf_printf(b, "%s%s", i ? ", " : "", t->column[i].name))
			return -1;
	return buf_puts(b, ") OVERRIDING SYSTEM VALUE VALUES ");
}

int
followtable_values(
	struct buf *b, const struct followtable *t, const struct pgoutput *m)
{
	size_t i;

	if (m->new.n != t->n || buf_putc(b, '('))
		return -1;
	for (i = 0; i < t->n; i++)
		if ((i && buf_puts(b, ", ")) || put_value(b, &m->new.value[i]))
			return -1;
	return buf_putc(b, ')');
}

/* Whether equality of the type is equality of the text, by an index. */
static bool
is_plain_type(uint32_t type)
{
	return type == 20 || type == 21 || type == 23 || type == 2950;
}

/* "a = 1 AND b IS NULL": of the key by its operator, else of the text; a row
 * without columns is like all others. */
static int
put_match(struct buf *b, const struct followtable *t,
	const struct pgoutput_tuple *row, bool whole)
{
	size_t i;
	int n = 0;

	if (row->n != t->n)
		return -1;
	for (i = 0; i < t->n; i++) {
		const struct followtable_column *c = &t->column[i];
		const struct pgoutput_value *v = &row->value[i];

		if (!whole && !c->is_key)
			continue;
		if (n++ && buf_puts(b, " AND "))
			return -1;
		if (v->kind == 'n') {
			if (buf_printf(b, "%s IS NULL", c->name))
				return -1;
			continue;
		}
		/* format() calls the type's output function, as the source
		 * did; a cast to text is another thing: 't' or 'true' */
		if (whole && !is_plain_type(c->type)
				? buf_printf(b,
					  "format('%%s', %s) COLLATE \"C\" = ",
					  c->name)
				: buf_printf(b, "%s %s ", c->name, c->equal))
			return -1;
		if (put_value(b, v))
			return -1;
	}
	return n || buf_puts(b, "true") == 0 ? 0 : -1;
}

/* The one row that was changed: duplicates are told apart by nothing. */
static int
put_where(struct buf *b, const struct followtable *t, const struct pgoutput *m)
{
	if (m->old_kind != 'O')
		return buf_puts(b, " WHERE ") ||
				       put_match(b, t,
					       m->old_kind ? &m->old : &m->new,
					       false)
			       ? -1
			       : 0;
	return buf_printf(b, " WHERE ctid = (SELECT ctid FROM ONLY %s WHERE ",
		       t->name) ||
			       put_match(b, t, &m->old, true) ||
			       buf_puts(b, " LIMIT 1)")
		       ? -1
		       : 0;
}

static bool
is_same(const struct pgoutput_value *a, const struct pgoutput_value *b)
{
	return a->kind == b->kind && a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* Whether the column stays as it is, so that it need not be set. */
static bool
is_unchanged(const struct followtable *t, const struct pgoutput *m, size_t i)
{
	const struct pgoutput_value *v = &m->new.value[i];

	if (v->kind == 'u')
		return true;
	if (m->old_kind == 'O' || (m->old_kind == 'K' && t->column[i].is_key))
		return is_same(v, &m->old.value[i]);
	return t->column[i].is_key;
}

/* A column GENERATED ALWAYS can be set only while it is not. */
static int
put_always(struct buf *b, const struct followtable *t, size_t i, bool back)
{
	return buf_printf(b,
		"%sALTER TABLE ONLY %s ALTER COLUMN %s SET "
		"GENERATED %s%s",
		back ? "; " : "", t->name, t->column[i].name,
		back ? "ALWAYS" : "BY DEFAULT", back ? "" : "; ");
}

int
followtable_update(
	struct buf *b, const struct followtable *t, const struct pgoutput *m)
{
	size_t i, n = 0;

	if (m->new.n != t->n || (m->old_kind && m->old.n != t->n))
		return -1;
	for (i = 0; i < t->n; i++)
		if (!is_unchanged(t, m, i) && t->column[i].is_always &&
			put_always(b, t, i, false))
			return -1;
	if (buf_printf(b, "UPDATE ONLY %s SET ", t->name))
		return -1;
	for (i = 0; i < t->n; i++) {
		if (is_unchanged(t, m, i))
			continue;
		if (buf_printf(
			    b, "%s%s = ", n++ ? ", " : "", t->column[i].name) ||
			put_value(b, &m->new.value[i]))
			return -1;
	}
	/* a row written as it was: it must be there all the same */
	if (!n &&
		buf_printf(b, "%s = %s", t->column[0].name,
			t->column[0].is_always ? "DEFAULT" : t->column[0].name))
		return -1;
	if (put_where(b, t, m))
		return -1;
	for (i = 0; i < t->n; i++)
		if (!is_unchanged(t, m, i) && t->column[i].is_always &&
			put_always(b, t, i, true))
			return -1;
	return 0;
}

int
followtable_again(
	struct buf *b, const struct followtable *t, const struct pgoutput *m)
{
	struct pgoutput again = *m;
	size_t i;

	if (m->old_kind == 'O') {
		for (i = 0; i < m->new.n; i++)
			if (m->new.value[i].kind == 'u')
				return 0;
		again.old = m->new;
	} else {
		again.old_kind = 0;
	}
	return followtable_update(b, t, &again);
}

int
followtable_delete(
	struct buf *b, const struct followtable *t, const struct pgoutput *m)
{
	return m->old.n != t->n ||
			       buf_printf(b, "DELETE FROM ONLY %s", t->name) ||
			       put_where(b, t, m)
		       ? -1
		       : 0;
}
