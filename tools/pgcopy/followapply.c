#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "followapply.h"
#include "followtable.h"
#include "ident.h"
#include "mem.h"
#include "msg.h"
#include "pgoutput.h"
#include "replication.h"
#include "session.h"

enum {
	SCRIPT = 256 * 1024, /* bytes of SQL sent at once */
	ENOUGH = 2000        /* changes that are worth a commit */
};

/* What a statement of the script must affect; any number: -1. */
struct expectation {
	int64_t rows;
	const char *name; /* of the table; NULL: the position's own row */
};

struct followapply {
	struct session *target;
	char *slot;
	uint64_t applied, seen; /* committed there; ended by a commit message */
	uint64_t stored;        /* what the target's row says */
	bool overtaken;         /* it says something else by now */
	bool in_source;         /* between Begin and Commit */
	bool skipping;          /* of a transaction that is there already */
	bool in_target;         /* a transaction is open */
	bool is_replica;        /* no trigger fires at all */
	struct buf sql;
	struct expectation *expect;
	size_t n_expect, cap_expect;
	struct followtable *inserting; /* an INSERT that can take more rows */
	int64_t inserted;
	struct followtable **table;
	size_t n_tables;
	int64_t changes, pending, time;
	struct buf why;
};

struct followapply *
followapply_new(struct session *target, const char *slot, uint64_t lsn)
{
	struct followapply *f = mem_zalloc(1, sizeof(*f));

	if (!f || !(f->slot = mem_strdup(slot))) {
		msg_error("out of memory");
		free(f);
		return NULL;
	}
	f->target = target;
	f->applied = f->seen = f->stored = lsn;
	/* the right to do this is a superuser's, or granted from 15 on */
	f->is_replica = session_try(target,
				"SET session_replication_role = replica") == 0;
	session_forget(target);
	return f;
}

void
followapply_free(struct followapply *f)
{
	size_t i;

	if (!f)
		return;
	for (i = 0; i < f->n_tables; i++)
		followtable_free(f->table[i]);
	free(f->table);
	free(f->expect);
	free(f->slot);
	buf_fini(&f->sql);
	buf_fini(&f->why);
	free(f);
}

static enum followapply_result
no_memory(void)
{
	msg_error("out of memory");
	return FOLLOWAPPLY_FAILED;
}

static struct followtable *
find(const struct followapply *f, uint32_t id)
{
	size_t i;

	for (i = 0; i < f->n_tables; i++)
		if (f->table[i]->id == id)
			return f->table[i];
	return NULL;
}

/* Notes what the next statement of the script must affect. */
static int
expect(struct followapply *f, int64_t rows, const char *name)
{
	if (f->n_expect == f->cap_expect) {
		size_t cap = f->cap_expect ? f->cap_expect * 2 : 256;
		struct expectation *e = mem_resize(f->expect, cap, sizeof(*e));

		if (!e)
			return -1;
		f->expect = e;
		f->cap_expect = cap;
	}
	f->expect[f->n_expect++] = (struct expectation){rows, name};
	return 0;
}

/* Ends the INSERT that was still open. 0 or -1. */
static int
close_insert(struct followapply *f)
{
	struct followtable *t = f->inserting;

	if (!t)
		return 0;
	f->inserting = NULL;
	return buf_putc(&f->sql, ';') || expect(f, f->inserted, t->name) ? -1
									 : 0;
}

static int
is_as_expected(void *ctx, size_t place, int64_t n)
{
	struct followapply *f = ctx;
	const struct expectation *e = &f->expect[place];

	if (place >= f->n_expect || e->rows < 0 || e->rows == n)
		return 0;
	if (!e->name) {
		f->overtaken = true;
		msg_error("target: it is not where it was left: another "
			  "follower was at work");
		return -1;
	}
	msg_error("%s: %" PRId64 " rows were changed in place of %" PRId64
		  ": something else writes to the target",
		e->name, n, e->rows);
	return -1;
}

/* Sends the script. */
static enum followapply_result
send_script(struct followapply *f)
{
	int rc;

	if (close_insert(f))
		return no_memory();
	if (!f->sql.len)
		return FOLLOWAPPLY_OK;
	rc = session_each(f->target, buf_str(&f->sql), is_as_expected, f);
	buf_clear(&f->sql);
	f->n_expect = 0;
	return rc ? FOLLOWAPPLY_FAILED : FOLLOWAPPLY_OK;
}

/* A relation is described anew: before its first change, after DDL, and
 * whenever the source has forgotten that it was. */
static enum followapply_result
take_relation(struct followapply *f, const struct pgoutput *m)
{
	struct followtable *t, **list;
	size_t i;
	int rc;

	/* what is not sent yet refers to the former description */
	if (send_script(f) != FOLLOWAPPLY_OK)
		return FOLLOWAPPLY_FAILED;
	rc = followtable_new(f->target, m, &t, &f->why);
	if (rc <= 0)
		return rc ? FOLLOWAPPLY_FAILED : FOLLOWAPPLY_DRIFT;
	for (i = 0; i < f->n_tables; i++)
		if (f->table[i]->id == m->relation) {
			t->is_quiet = f->table[i]->is_quiet;
			followtable_free(f->table[i]);
			f->table[i] = t;
			return FOLLOWAPPLY_OK;
		}
	list = mem_resize(f->table, f->n_tables + 1, sizeof(*list));
	if (!list) {
		followtable_free(t);
		return no_memory();
	}
	f->table = list;
	f->table[f->n_tables++] = t;
	return FOLLOWAPPLY_OK;
}

/* A plain statement. 0 or -1. */
static int
put(struct followapply *f, const char *sql)
{
	return close_insert(f) || buf_puts(&f->sql, sql) ||
			       buf_putc(&f->sql, ';') || expect(f, -1, "")
		       ? -1
		       : 0;
}

static int
begin(struct followapply *f)
{
	if (f->in_target)
		return 0;
	f->in_target = true;
	return put(f, "BEGIN") || put(f, "SET CONSTRAINTS ALL DEFERRED") ? -1
									 : 0;
}

/* Statements of their own, after what was written so far. 0 or -1. */
static int
run_now(struct followapply *f, const char *sql)
{
	return send_script(f) == FOLLOWAPPLY_OK &&
			       session_exec(f->target, sql) == 0
		       ? 0
		       : -1;
}

/* The table's triggers are off from its first change to the commit. */
static int
quiet(struct followapply *f, struct followtable *t)
{
	if (f->is_replica || t->is_quiet || !*t->off)
		return 0;
	t->is_quiet = true;
	return run_now(f, t->off);
}

static int
put_insert(
	struct followapply *f, struct followtable *t, const struct pgoutput *m)
{
	/* a row of no columns has no VALUES */
	if (!t->n)
		return close_insert(f) ||
				       buf_printf(&f->sql,
					       "INSERT INTO %s DEFAULT VALUES;",
					       t->name) ||
				       expect(f, 1, t->name)
			       ? -1
			       : 0;
	if (f->inserting != t || f->inserted >= 500) {
		if (close_insert(f) || followtable_insert(&f->sql, t))
			return -1;
		f->inserting = t;
		f->inserted = 0;
	} else if (buf_puts(&f->sql, ", ")) {
		return -1;
	}
	f->inserted++;
	return followtable_values(&f->sql, t, m);
}

/* An update of a row that a foreign key may have changed before us: it is
 * there afterwards, whoever did it. */
static int
put_cascaded(struct followapply *f, struct followtable *t, const char *update,
	const struct pgoutput *m)
{
	size_t before;

	if (put(f, update))
		return -1;
	before = f->sql.len;
	if (followtable_again(&f->sql, t, m))
		return -1;
	return f->sql.len == before || (buf_putc(&f->sql, ';') == 0 &&
					       expect(f, 1, t->name) == 0)
		       ? 0
		       : -1;
}

static int
put_change(
	struct followapply *f, struct followtable *t, const struct pgoutput *m)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (m->kind == 'I')
		return put_insert(f, t, m);
	if (close_insert(f) || (m->kind == 'U' ? followtable_update(&b, t, m)
					       : followtable_delete(&b, t, m)))
		goto out;
	/* a key that is GENERATED ALWAYS: its column is altered around it */
	if (m->kind == 'U' && strncmp(buf_str(&b), "ALTER", 5) == 0) {
		rc = run_now(f, buf_str(&b));
		goto out;
	}
	if (m->kind == 'U' && m->old_kind && t->cascades && !f->is_replica) {
		rc = put_cascaded(f, t, buf_str(&b), m);
		goto out;
	}
	/* a cascade of the target's own may have been before a delete */
	rc = buf_append(&f->sql, b.data, b.len) || buf_putc(&f->sql, ';') ||
			     expect(f,
				     m->kind == 'D' && !f->is_replica ? -1 : 1,
				     t->name)
		     ? -1
		     : 0;
out:
	buf_fini(&b);
	return rc;
}

static int
put_truncate(struct followapply *f, const struct pgoutput *m)
{
	struct buf b = BUF_INIT;
	size_t i;
	int rc = buf_puts(&b, "TRUNCATE ONLY ");

	for (i = 0; rc == 0 && i < m->n_truncated; i++) {
		struct followtable *t = find(f, m->truncated[i]);

		rc = !t || quiet(f, t) ||
				     buf_printf(&b, "%s%s", i ? ", ONLY " : "",
					     t->name)
			     ? -1
			     : 0;
	}
	if (rc == 0 && m->restart_identity)
		rc = buf_puts(&b, " RESTART IDENTITY");
	if (rc == 0)
		rc = put(f, buf_str(&b));
	buf_fini(&b);
	return rc;
}

static enum followapply_result
take_change(struct followapply *f, const struct pgoutput *m)
{
	struct followtable *t = m->kind == 'T' ? NULL : find(f, m->relation);

	if (!f->in_source || (!t && m->kind != 'T')) {
		msg_error("source: a change outside of what was described");
		return FOLLOWAPPLY_FAILED;
	}
	if (f->skipping)
		return FOLLOWAPPLY_OK;
	if (begin(f) || (t && quiet(f, t)) ||
		(t ? put_change(f, t, m) : put_truncate(f, m))) {
		msg_error("a change of %s cannot be written down",
			t ? t->name : "several tables");
		return FOLLOWAPPLY_FAILED;
	}
	f->changes++;
	f->pending++;
	return f->sql.len > SCRIPT ? send_script(f) : FOLLOWAPPLY_OK;
}

enum followapply_result
followapply_message(struct followapply *f, const struct pgoutput *m)
{
	switch (m->kind) {
	case 'B':
		f->in_source = true;
		f->skipping = m->lsn < f->seen;
		return FOLLOWAPPLY_OK;
	case 'C':
		f->in_source = false;
		f->time = m->time;
		if (m->end_lsn > f->seen)
			f->seen = m->end_lsn;
		return FOLLOWAPPLY_OK;
	case 'R':
		return take_relation(f, m);
	case 'I':
	case 'U':
	case 'D':
	case 'T':
		return take_change(f, m);
	default:
		return FOLLOWAPPLY_OK;
	}
}

/* Triggers come back before the commit, when nothing waits for it. */
static int
unquiet(struct followapply *f)
{
	size_t i;
	int rc = put(f, "SET CONSTRAINTS ALL IMMEDIATE");

	for (i = 0; rc == 0 && i < f->n_tables; i++)
		if (f->table[i]->is_quiet) {
			f->table[i]->is_quiet = false;
			rc = run_now(f, f->table[i]->on);
		}
	return rc;
}

/* The position moves from where we know it to be, or not at all: a session
 * of a killed follower may still be at work. 0 or -1. */
static int
put_position(struct followapply *f, uint64_t lsn)
{
	struct buf *b = &f->sql;

	return close_insert(
		       f) || buf_puts(b, "UPDATE airlift.follow SET lsn = '") ||
			       replication_put_lsn(b, lsn) ||
			       buf_puts(b, "', at = now() WHERE lsn = '") ||
			       replication_put_lsn(b, f->stored) ||
			       buf_puts(b, "' AND slot = ") ||
			       ident_literal(b, f->slot) || buf_putc(b, ';') ||
			       expect(f, 1, NULL)
		       ? -1
		       : 0;
}

enum followapply_result
followapply_flush(struct followapply *f, bool force)
{
	enum followapply_result rc;

	if (f->in_source || f->seen == f->applied ||
		(!force && f->pending < ENOUGH))
		return FOLLOWAPPLY_OK;
	if (!f->in_target) {
		/* transactions of other databases or tables */
		f->applied = f->seen;
		return FOLLOWAPPLY_OK;
	}
	if (unquiet(f) || put_position(f, f->seen))
		rc = no_memory();
	else
		/* the commit only when all have affected what they must */
		rc = send_script(f);
	if (rc == FOLLOWAPPLY_OK && session_exec(f->target, "COMMIT"))
		rc = FOLLOWAPPLY_FAILED;
	if (rc == FOLLOWAPPLY_OK) {
		f->in_target = false;
		f->applied = f->stored = f->seen;
		f->pending = 0;
	}
	return rc;
}

enum followapply_result
followapply_store(struct followapply *f, uint64_t lsn)
{
	enum followapply_result rc;

	if (lsn <= f->stored || !is_followapply_idle(f))
		return FOLLOWAPPLY_OK;
	rc = put_position(f, lsn) ? no_memory() : send_script(f);
	if (rc == FOLLOWAPPLY_OK)
		f->stored = lsn;
	return rc;
}

bool
is_followapply_open(const struct followapply *f)
{
	return f->in_target;
}

bool
is_followapply_overtaken(const struct followapply *f)
{
	return f->overtaken;
}

uint64_t
followapply_lsn(const struct followapply *f)
{
	return f->applied;
}

bool
is_followapply_idle(const struct followapply *f)
{
	return !f->in_source && !f->in_target && f->applied == f->seen;
}

int64_t
followapply_changes(const struct followapply *f)
{
	return f->changes;
}

int64_t
followapply_time(const struct followapply *f)
{
	return f->time;
}

const char *
followapply_why(const struct followapply *f)
{
	return buf_str(&f->why);
}
