#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "buf.h"
#include "catalog.h"
#include "compare.h"
#include "copying.h"
#include "finish.h"
#include "msg.h"
#include "objects.h"
#include "plan.h"
#include "rerun.h"
#include "session.h"
#include "status.h"
#include "str.h"
#include "tablerecord.h"

/*
 * What was kept from an earlier run: still the same on the source? A part
 * that is not is copied again in place of what is there; ranges of blocks
 * have no place of their own, so that the whole table must go.
 */
int
rerun_rechecked(struct copy *c, size_t job, const struct multiset *m)
{
	struct engine *e = &c->e;
	struct engine_table *t = &e->table[e->jobs.job[job].table];
	struct buf id = BUF_INIT;
	const struct ledger_entry *l = NULL;
	int rc = 0;

	if (buf_printf(&id, PLAN_DATA "%s",
		    e->jobs.job[job].id + strlen(PLAN_RECHECK)) == 0)
		l = ledger_find(&c->ledger, buf_str(&id));
	if (l && is_multiset_equal(l->sum, m)) {
		multiset_merge(&t->source, m);
		c->kept++;
	} else if (t->split.n > 1 && !t->split.by_key) {
		t->dirty = true;
	} else {
		c->stale++;
		rc = ledger_remove(e->target, buf_str(&id));
	}
	buf_fini(&id);
	return rc;
}

/* A table that an earlier run has copied and begun to index is made equal by
 * the rows that differ; servers hash text in their own encoding. */
static void
mark_complete(struct copy *c)
{
	struct engine *e = &c->e;
	bool attached = ledger_find(&c->ledger, "stage:attach") != NULL;
	size_t i;

	if (strcmp(session_encoding(e->source), session_encoding(e->target)) !=
		0)
		return;
	for (i = 0; i < e->catalog->n_tables; i++)
		if (!e->table[i].is_empty && is_plan_stored(e, &c->ledger, i) &&
			(attached || has_plan_index(e, &c->ledger, i)))
			e->table[i].by_delta = true;
}

static bool
has_parts(struct copy *c, size_t table)
{
	bool has = false;
	int64_t k;

	for (k = 1; !has && k <= c->e.table[table].split.n; k++)
		has = plan_stored(&c->e, &c->ledger, table, k) != NULL;
	return has;
}

/* Clears the tables that cannot be completed in parts. Their number, or -1. */
static int64_t
reset_tables(struct copy *c)
{
	struct engine *e = &c->e;
	bool attached = ledger_find(&c->ledger, "stage:attach") != NULL;
	int64_t n = 0;
	size_t i;

	for (i = 0; i < e->catalog->n_tables; i++) {
		struct engine_table *t = &e->table[i];

		/* rows that this run leaves out, and an earlier one did not */
		if (t->is_empty && has_parts(c, i))
			t->dirty = true;
		else if (t->by_delta || t->is_empty)
			continue;
		/* a missing part has the table's keys in its way by now */
		if (!is_plan_stored(e, &c->ledger, i) &&
			(attached || has_plan_index(e, &c->ledger, i)))
			t->dirty = true;
		if (!t->dirty)
			continue;
		n++;
		t->source = (struct multiset)MULTISET_INIT;
		if (finish_reset(e, i))
			return -1;
	}
	return n;
}

/* A rerun: keeps what is still true, and makes room for what changed. */
int
rerun_recheck(struct copy *c)
{
	struct engine *e = &c->e;
	struct buf text = BUF_INIT;
	int64_t whole = 0, reset;
	size_t i;
	int status;

	mark_complete(c);
	if (plan_recheck(e, &c->ledger))
		return STATUS_TEMPORARY;
	status = copying_phase(c, "checking what is there");
	if (status != STATUS_OK)
		return status;
	if (copying_reload(c) || (reset = reset_tables(c)) < 0 ||
		session_exec(e->target,
			"DELETE FROM airlift.ledger WHERE kind = 'lo'") ||
		copying_reload(c))
		return engine_status(e);
	for (i = 0; i < e->catalog->n_tables; i++)
		whole += e->table[i].by_delta;
	if (buf_printf(&text,
		    "the earlier snapshot is gone: a new one was taken; %lld "
		    "parts are unchanged, %lld are copied again, %lld tables "
		    "begin anew, %lld are made equal row by row",
		    (long long)c->kept, (long long)c->stale, (long long)reset,
		    (long long)whole) == 0)
		(void)engine_finding(
			e, "note", "copy-continued", buf_str(&text), NULL);
	buf_fini(&text);
	return STATUS_OK;
}

/* The records of tables that were compared row by row; ${final}: those that
 * still differ are not what they should be. */
static int
report(struct copy *c, bool final)
{
	struct engine *e = &c->e;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->catalog->n_tables; i++) {
		const struct delta_table *t = &c->delta.table[i];

		if (!e->table[i].by_delta || !t->is_compared)
			continue;
		if (!final && !is_delta_empty(t)) {
			rc = tablerecord_synced(e, i, t);
			continue;
		}
		c->differing += !is_delta_empty(t);
		rc = tablerecord_compared(e, i, t);
		e->table[i].by_delta = false;
	}
	return rc;
}

/* What cannot be compared has not been proven. An exit status. */
static int
refuse_incomparable(struct copy *c)
{
	struct engine *e = &c->e;
	int64_t errors = e->rec.errors;
	size_t i;

	for (i = 0; i < e->catalog->n_tables; i++)
		if (e->table[i].by_delta && !e->table[i].is_empty &&
			compare_table(
				e, &e->catalog->table[i], c->other, "warning"))
			return STATUS_TEMPORARY;
	if (e->rec.errors == errors)
		return STATUS_OK;
	msg_error("the target is not as the copy has left it: nothing was "
		  "changed");
	return STATUS_NO;
}

/* Makes the tables of an earlier run equal, and proves it. */
int
rerun_repair(struct copy *c)
{
	struct engine *e = &c->e;
	bool any = false, changed = false;
	size_t i;
	int status;

	for (i = 0; i < e->catalog->n_tables; i++)
		any = any || e->table[i].by_delta;
	if (!any)
		return STATUS_OK;
	c->delta.only_marked = true;
	if (engine_load(e, e->target, &c->other))
		return engine_status(e);
	if ((status = refuse_incomparable(c)) != STATUS_OK)
		return status;
	if (delta_plan(e, &c->delta, c->other, true))
		return engine_status(e);
	if ((status = copying_phase(c, "comparing")) != STATUS_OK)
		return status;
	for (i = 0; i < e->catalog->n_tables; i++) {
		e->table[i].dirty =
			e->table[i].dirty ||
			(e->table[i].by_delta &&
				!is_delta_empty(&c->delta.table[i]));
		changed =
			changed || (e->table[i].by_delta && e->table[i].dirty);
	}
	if ((changed && apply_delta(e, &c->delta)) || delta_unstage(e) ||
		report(c, false))
		return engine_status(e);
	if (!changed)
		return STATUS_OK;
	/* those that are still marked have changed: now they must be equal */
	if (delta_plan(e, &c->delta, c->other, false))
		return engine_status(e);
	if ((status = copying_phase(c, "proving")) != STATUS_OK)
		return status;
	return report(c, true) ? STATUS_TEMPORARY : STATUS_OK;
}

/* Large objects: of a rerun, those that differ. */
int
rerun_objects(struct copy *c)
{
	struct engine *e = &c->e;
	size_t changed;
	int status = objects_sync(e, &changed);

	if (status != STATUS_OK || !changed)
		return status;
	if ((status = objects_sync(e, &changed)) == STATUS_OK && changed)
		c->differing++;
	return status;
}

int
rerun_adopt(struct copy *c)
{
	struct engine *e = &c->e;
	size_t i;
	int64_t k;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->catalog->n_tables; i++) {
		struct engine_table *t = &e->table[i];

		for (k = 1; k <= t->split.n; k++) {
			const struct ledger_entry *l =
				plan_stored(e, &c->ledger, i, k);

			if (l)
				multiset_merge(&t->source, l->sum);
		}
		if (!is_plan_stored(e, &c->ledger, i))
			continue;
		t->dirty = true;
		e->rec.bytes += t->source.bytes;
		rc = tablerecord_copied(e, i);
	}
	return rc;
}
