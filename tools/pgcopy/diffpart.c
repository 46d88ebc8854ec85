#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "copyin.h"
#include "diffrows.h"
#include "fd.h"
#include "hashsql.h"
#include "ident.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "part.h"
#include "pgcopy.h"
#include "session.h"
#include "str.h"
#include "worker.h"

enum {
	FETCH_KEYS = 5000, /* of one COPY from the source */
	FETCH_HASHES = 100000,
	TOLD_ROWS = 100 /* differing rows of one part that are named */
};

/* What a server says of one group. */
struct group {
	int64_t number;
	uint64_t digest;
};

struct groups {
	struct group *item;
	size_t n;
};

struct diff {
	struct worker *w;
	const struct part *p;
	struct diffrows rows;
	struct buf told; /* records of differing rows */
	int n_told;
	struct multiset moved;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

static uint64_t
big_endian(const char *p, size_t n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | (unsigned char)*p++;
	return v;
}

static int
by_number(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* From the rows of hashsql_groups(), sorted. 0, or -1 after a message. */
static int
read_groups(struct session *s, struct groups *g)
{
	struct rows *r = session_receive(s);
	size_t n = 0, at;
	int i, rc = -1;

	if (!r)
		return -1;
	for (i = 0; i < rows_count(r); i++)
		n += rows_len(r, i, 1) / HASHSQL_ENTRY;
	if (!(g->item = mem_zalloc(n + 1, sizeof(*g->item)))) {
		no_memory();
		goto out;
	}
	for (i = 0; i < rows_count(r); i++) {
		const char *p = rows_str(r, i, 1);
		int64_t page = (int64_t)big_endian(rows_str(r, i, 0), 8);

		for (at = 0; at + HASHSQL_ENTRY <= rows_len(r, i, 1);
			at += HASHSQL_ENTRY) {
			struct group *x = &g->item[g->n++];

			x->number = page * HASHSQL_PAGE +
				    (int64_t)big_endian(p + at, 2);
			x->digest = big_endian(p + at + 2, 8);
		}
	}
	qsort(g->item, g->n, sizeof(*g->item), by_number);
	rc = 0;
out:
	rows_free(r);
	return rc;
}

/* The numbers of groups that differ, with commas; their number, or -1. */
static int64_t
put_differing(struct buf *b, const struct groups *x, const struct groups *y)
{
	size_t i = 0, k = 0;
	int64_t n = 0;

	while (i < x->n || k < y->n) {
		int c = i == x->n   ? 1
			: k == y->n ? -1
				    : by_number(&x->item[i], &y->item[k]);
		int64_t g = c > 0 ? y->item[k].number : x->item[i].number;
		bool same = c == 0 && x->item[i].digest == y->item[k].digest;

		i += c <= 0;
		k += c >= 0;
		if (same)
			continue;
		if (buf_printf(b, "%s%" PRId64, n ? "," : "", g))
			return no_memory();
		n++;
	}
	return n;
}

/*
 * Asks both servers at once for their groups. The numbers of those that
 * differ go to ${list}; ${*all}: nearly all do, which needs no list. The
 * number, or -1.
 */
static int64_t
compare_groups(struct diff *d, struct buf *list, bool *all)
{
	struct worker *w = d->w;
	struct groups a = {NULL, 0}, b = {NULL, 0};
	int64_t n = -1;

	if (session_send(w->source, d->p->groups) == 0 &&
		session_send(w->target, d->p->groups) == 0 &&
		read_groups(w->source, &a) == 0 &&
		read_groups(w->target, &b) == 0) {
		n = put_differing(list, &a, &b);
		*all = n > (int64_t)(a.n + b.n) / 4;
		d->moved.bytes += (a.n + b.n) * HASHSQL_ENTRY;
	}
	free(a.item);
	free(b.item);
	return n;
}

/* ${sql} with its markers replaced, in their order. 0 or -1. */
static int
splice(struct buf *b, const char *sql, const char *first, const char *second)
{
	const char *value[2] = {first, second};
	int i = 0;

	buf_clear(b);
	while (*sql) {
		size_t n = strcspn(sql, HASHSQL_HERE);

		if (buf_append(b, sql, n))
			return no_memory();
		sql += n;
		if (!*sql)
			break;
		if (i == 2 || !value[i]) {
			msg_error("a name has a control character that cannot "
				  "be handled");
			return -1;
		}
		if (buf_puts(b, value[i++]))
			return no_memory();
		sql++;
	}
	return 0;
}

/* One field of a COPY line, as it was before it was escaped. Its end. */
static const char *
take_field(const char *p, const char *end, struct buf *out)
{
	static const char names[] = "bfnrtv", values[] = "\b\f\n\r\t\v";

	buf_clear(out);
	for (; p < end && *p != '\t'; p++) {
		const char *name;
		char c = *p;

		if (c == '\\' && p + 1 < end) {
			name = strchr(names, *++p);
			c = name ? values[name - names] : *p;
		}
		if (buf_putc(out, c))
			return NULL;
	}
	return p;
}

/* "('a', 'b')" of a line of key columns. 0 or -1. */
static int
put_values(struct buf *b, const char *line, size_t n)
{
	struct buf field = BUF_INIT;
	const char *p = line, *end = line + n;
	int rc = buf_putc(b, '(');

	while (rc == 0) {
		if (!(p = take_field(p, end, &field)) ||
			ident_literal(b, buf_str(&field)))
			rc = -1;
		if (rc || p >= end)
			break;
		p++;
		rc = buf_puts(b, ", ");
	}
	buf_fini(&field);
	return rc || buf_putc(b, ')') ? -1 : 0;
}

/* Up to FETCH_KEYS keys from ${*at} on, as the fetch wants them. */
static int64_t
put_list(struct diff *d, struct buf *b, size_t *at)
{
	const struct buf *keys = &d->rows.fetch;
	bool values = strcmp(d->p->list, "values") == 0;
	/* without a key each COPY reads the whole table: few, then */
	int64_t most = d->rows.keyless ? FETCH_HASHES : FETCH_KEYS;
	int64_t n = 0;

	buf_clear(b);
	while (*at < keys->len && n < most) {
		const char *line = keys->data + *at;
		size_t len = (size_t)((const char *)memchr(
					      line, '\n', keys->len - *at) -
				      line);

		if ((n++ && buf_puts(b, ",")) ||
			(values ? put_values(b, line, len)
				: buf_append(b, line, len)))
			return no_memory();
		*at += len + 1;
	}
	return n;
}

/* Brings the rows of all keys gathered into the staging table. */
static int
fetch_rows(struct diff *d)
{
	struct buf list = BUF_INIT, sql = BUF_INIT;
	struct part move = *d->p;
	size_t at = 0;
	int rc = 0;

	move.in = d->p->stage_rows;
	while (rc == 0 && at < d->rows.fetch.len) {
		struct multiset m = MULTISET_INIT;
		int64_t n = put_list(d, &list, &at);

		if (n < 0 || splice(&sql, d->p->fetch, buf_str(&list), NULL)) {
			rc = -1;
			break;
		}
		move.out = buf_str(&sql);
		rc = streampart_transfer(d->w, &move, &m);
		if (rc == 0 && !d->rows.keyless && (int64_t)m.rows != n) {
			msg_error("part %s: %" PRId64 " keys gave %" PRIu64
				  " rows",
				d->p->id, n, m.rows);
			rc = -1;
		}
		multiset_merge(&d->moved, &m);
		worker_progress(d->w, d->p->id, &d->moved);
	}
	buf_fini(&list);
	buf_fini(&sql);
	return rc;
}

static int
put_gone(struct diff *d)
{
	struct worker *w = d->w;
	uint64_t rows;

	if (!d->rows.n_gone)
		return 0;
	return copyin_start(w->target, d->p->stage_gone) ||
			       copyin_put(w->target, d->rows.gone.data,
				       d->rows.gone.len) ||
			       copyin_end(w->target, &rows)
		       ? -1
		       : 0;
}

/* Writes down how far the part is: in the transaction of what it staged. */
static int
mark(struct diff *d, int64_t next, bool over)
{
	struct buf sql = BUF_INIT;
	int rc;

	if (buf_puts(&sql, "INSERT INTO airlift.staged VALUES (") ||
		ident_literal(&sql, d->p->id) ||
		buf_printf(&sql,
			", '%" PRId64 "', %s, %" PRId64 ", %" PRId64
			", %" PRId64 ", %" PRIu64 ", %" PRIu64
			") ON CONFLICT (part) DO UPDATE SET next ="
			" excluded.next, over = excluded.over, missing ="
			" excluded.missing, extra = excluded.extra, changed ="
			" excluded.changed, rows = excluded.rows, bytes ="
			" excluded.bytes",
			next, over ? "true" : "false", d->rows.missing,
			d->rows.extra, d->rows.changed, d->moved.rows,
			d->moved.bytes))
		rc = no_memory();
	else
		rc = session_exec(d->w->target, buf_str(&sql));
	buf_fini(&sql);
	return rc;
}

/* What has been found so far goes into the staging tables. */
static int
stage(struct diff *d, int64_t next, bool over)
{
	return session_exec(d->w->target, "BEGIN") || put_gone(d) ||
			       fetch_rows(d) || mark(d, next, over) ||
			       session_exec(d->w->target, "COMMIT")
		       ? -1
		       : 0;
}

/* What an earlier try of this part has staged. 1: all of it, 0, -1. */
static int
resume(struct diff *d, int64_t *next)
{
	const char *params[1] = {d->p->id};
	struct rows *r;
	int over = 0;

	if (!d->p->stage_rows)
		return 0;
	r = session_query(d->w->target,
		"SELECT next, over, missing, extra, changed, rows, bytes"
		" FROM airlift.staged WHERE part = $1",
		1, params);
	if (!r)
		return -1;
	if (rows_count(r)) {
		*next = rows_int(r, 0, 0);
		over = rows_bool(r, 0, 1);
		d->rows.missing = rows_int(r, 0, 2);
		d->rows.extra = rows_int(r, 0, 3);
		d->rows.changed = rows_int(r, 0, 4);
		d->moved.rows = (uint64_t)rows_int(r, 0, 5);
		d->moved.bytes = (uint64_t)rows_int(r, 0, 6);
	}
	rows_free(r);
	return over;
}

/* A key as a record shows it: bytes that are no text in hexadecimal. */
static void
put_key(struct jsonw *j, const char *key, const struct buf *field)
{
	struct buf hex = BUF_INIT;
	size_t i, bad;

	if (utf8_check(buf_str(field), field->len, &bad) == 0) {
		jsonw_strn(j, key, buf_str(field), field->len);
		return;
	}
	(void)buf_puts(&hex, "\\x");
	for (i = 0; i < field->len; i++)
		(void)buf_printf(&hex, "%02x", (unsigned char)field->data[i]);
	jsonw_str(j, key, buf_str(&hex));
	buf_fini(&hex);
}

/* One differing row becomes a record, while there are not too many. */
static void
tell(void *ctx, enum diffrows_what what, const char *key, size_t n)
{
	static const char *const words[] = {"missing", "extra", "changed"};
	struct diff *d = ctx;
	struct buf field = BUF_INIT;
	const char *p = key, *end = key + n;
	struct jsonw j;

	if (d->n_told >= TOLD_ROWS)
		return;
	d->n_told++;
	jsonw_record(&j, &d->told, "row.differs");
	jsonw_str(&j, "part", d->p->id);
	jsonw_str(&j, "schema", d->p->schema);
	jsonw_str(&j, "table", d->p->table);
	jsonw_str(&j, "what", words[what]);
	if (!d->rows.keyless) {
		jsonw_array(&j, "key");
		while (p && (p = take_field(p, end, &field))) {
			put_key(&j, NULL, &field);
			if (p++ >= end)
				break;
		}
		jsonw_close(&j);
	}
	(void)jsonw_end_record(&j);
	buf_fini(&field);
}

/* The counts, for the planner, behind the rows that were named. */
static int
report(struct diff *d)
{
	struct jsonw j;

	jsonw_record(&j, &d->told, "diff.found");
	jsonw_str(&j, "part", d->p->id);
	jsonw_int(&j, "missing", d->rows.missing);
	jsonw_int(&j, "extra", d->rows.extra);
	jsonw_int(&j, "changed", d->rows.changed);
	if (jsonw_end_record(&j))
		return no_memory();
	if (fd_write_all(d->w->out, d->told.data, d->told.len)) {
		msg_errno("standard output");
		return -1;
	}
	return 0;
}

/* Compares row by row, where the groups say so. 0 or -1. */
static int
compare_rows(struct diff *d, int64_t next, const struct buf *list, bool all)
{
	struct worker *w = d->w;
	struct buf sql = BUF_INIT, from = BUF_INIT;
	bool temporary;
	int rc;

	do {
		buf_clear(&from);
		if (buf_printf(&from, "%" PRId64, next)) {
			rc = no_memory();
			break;
		}
		rc = all ? splice(&sql, d->p->all, buf_str(&from), NULL)
			 : splice(&sql, d->p->some, buf_str(list),
				   buf_str(&from));
		if (rc)
			break;
		rc = diffrows_run(&d->rows, w->source, w->target, buf_str(&sql),
			buf_str(&sql), &next);
		d->moved.bytes += d->rows.bytes;
		d->rows.bytes = 0;
		/* it stopped within its streams: the sessions are new ones */
		if (rc > 0 && (worker_source(w, &temporary) ||
				      worker_target(w, &temporary)))
			rc = -1;
		if (rc >= 0 && d->p->stage_rows && stage(d, next, rc == 0))
			rc = -1;
		diffrows_clear(&d->rows);
	} while (rc > 0);
	buf_fini(&sql);
	buf_fini(&from);
	return rc;
}

int
diffpart_run(struct worker *w, const struct part *p, struct multiset *m)
{
	struct diff d = {.w = w, .p = p, .told = BUF_INIT};
	struct buf list = BUF_INIT;
	int64_t next = INT64_MIN, n = 1;
	bool all = true;
	int rc;

	diffrows_init(&d.rows, strcmp(p->list, "hash") == 0);
	d.rows.ctx = &d;
	d.rows.each = p->stage_rows ? NULL : tell;
	if ((rc = resume(&d, &next)) == 0) {
		/* room for the groups of one part, without files */
		rc = session_exec(w->source, "SET work_mem = '64MB'") ||
				     session_exec(
					     w->target, "SET work_mem = '64MB'")
			     ? -1
			     : 0;
		if (rc == 0 && p->groups)
			n = compare_groups(&d, &list, &all);
		if (n < 0)
			rc = -1;
		if (rc == 0 && n > 0)
			rc = compare_rows(&d, next, &list, all);
	}
	if (rc >= 0)
		rc = report(&d);
	*m = d.moved;
	diffrows_fini(&d.rows);
	buf_fini(&d.told);
	buf_fini(&list);
	return rc;
}
