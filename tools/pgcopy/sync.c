#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "buf.h"
#include "catalog.h"
#include "check.h"
#include "clock.h"
#include "compare.h"
#include "definitions.h"
#include "delta.h"
#include "engine.h"
#include "env.h"
#include "finish.h"
#include "jsonw.h"
#include "msg.h"
#include "multiset.h"
#include "objects.h"
#include "pgcopy.h"
#include "session.h"
#include "status.h"
#include "tablerecord.h"

/* One run of `pgcopy sync`. */
struct sync {
	struct engine e; /* first: the callbacks get it */
	struct catalog *other;
	struct delta delta;
	size_t objects; /* large ones that this pass has moved */
	bool staged;    /* there are staging tables to remove */
	bool owed;      /* rows have changed, views have not been refreshed:
			   in an earlier run, when its tables are still there */
};

/* What one pass has moved. */
struct pass {
	int64_t tables, inserted, updated, deleted;
	uint64_t bytes;
	double begun;
};

static int
on_finished(
	struct engine *e, size_t job, const struct multiset *m, double seconds)
{
	struct sync *s = (struct sync *)e;

	if (e->jobs.job[job].table == JOBS_NONE) {
		e->rec.bytes += m->bytes;
		return 0;
	}
	return delta_finished(e, &s->delta, job, m, seconds) < 0 ? -1 : 0;
}

static int
on_record(struct engine *e, size_t job, const struct json_val *r)
{
	return delta_record(e, &((struct sync *)e)->delta, job, r);
}

/* Both catalogues as they are now, and whether rows can be compared. */
static int
look(struct sync *s)
{
	struct engine *e = &s->e;

	catalog_free(e->catalog);
	catalog_free(s->other);
	e->catalog = s->other = NULL;
	if (engine_export(e) || engine_load(e, e->source, &e->catalog) ||
		engine_load(e, e->target, &s->other) || engine_tables(e) ||
		check_patterns(e))
		return engine_status(e);
	if (e->rec.errors)
		return STATUS_NO;
	if (compare_tables(e, e->catalog, s->other, "warning"))
		return STATUS_TEMPORARY;
	if (!e->rec.errors)
		return STATUS_OK;
	msg_error("the two schemas are not the same: nothing was changed");
	return STATUS_NO;
}

static void
sum_up(const struct sync *s, struct pass *p)
{
	size_t i;

	for (i = 0; i < s->e.catalog->n_tables; i++) {
		const struct delta_table *t = &s->delta.table[i];

		p->bytes += t->bytes;
		if (is_delta_empty(t))
			continue;
		p->tables++;
		p->inserted += t->missing;
		p->updated += t->changed;
		p->deleted += t->extra;
	}
}

/* Compares, staging what differs. */
static int
compare(struct sync *s)
{
	struct engine *e = &s->e;
	int64_t failed = e->rec.failed;

	s->staged = !e->opt->dry_run;
	if (delta_plan(e, &s->delta, s->other, !e->opt->dry_run) ||
		engine_run(e, "comparing"))
		return engine_status(e);
	return e->rec.failed > failed ? STATUS_NO : STATUS_OK;
}

/* Tells what has been committed. */
static int
report(struct sync *s, const struct pass *p, int64_t number)
{
	struct engine *e = &s->e;
	struct buf b = BUF_INIT;
	struct jsonw w;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->catalog->n_tables; i++)
		if (!is_delta_empty(&s->delta.table[i]))
			rc = e->opt->dry_run ? tablerecord_compared(
						       e, i, &s->delta.table[i])
					     : tablerecord_synced(e, i,
						       &s->delta.table[i]);
	if (rc || e->opt->dry_run)
		return rc;
	jsonw_record(&w, &b, "sync.applied");
	jsonw_int(&w, "pass", number);
	jsonw_int(&w, "tables", p->tables);
	jsonw_int(&w, "inserted", p->inserted);
	jsonw_int(&w, "updated", p->updated);
	jsonw_int(&w, "deleted", p->deleted);
	jsonw_uint(&w, "objects", s->objects);
	jsonw_uint(&w, "bytes", p->bytes);
	jsonw_num(&w, "seconds", clock_mono(e->rec.env->clock) - p->begun);
	return engine_put(e, &w, &b, true);
}

/* Of a dry run: the answer, after the records. */
static int
dry_result(struct sync *s, const struct pass *p)
{
	struct engine *e = &s->e;
	if (report(s, p, 1) || compare_others(e, e->catalog, s->other) ||
		compare_extensions(e, e->catalog, s->other) ||
		definitions_compare(e, e->catalog, s->other, false) ||
		objects_compare(e, NULL))
		return engine_status(e);
	if (p->tables)
		msg_error("the rows of %lld tables differ: see the records "
			  "table.differs",
			(long long)p->tables);
	return p->tables || e->rec.errors ? STATUS_NO : STATUS_OK;
}

/* One pass; ${*quiet}: it found nothing to do. */
static int
do_pass(struct sync *s, int64_t number, bool *quiet)
{
	struct engine *e = &s->e;
	struct pass p = {.begun = clock_mono(e->rec.env->clock)};
	int status;

	if ((status = look(s)) != STATUS_OK ||
		(status = compare(s)) != STATUS_OK)
		return status;
	sum_up(s, &p);
	if (e->opt->dry_run)
		return dry_result(s, &p);
	if (p.tables && apply_delta(e, &s->delta))
		return engine_status(e);
	s->owed = s->owed || p.tables;
	if (finish_refresh(e, s->owed ? NULL : s->other) || finish_sequences(e))
		return engine_status(e);
	s->owed = false;
	if ((status = objects_sync(e, &s->objects)) != STATUS_OK)
		return status;
	*quiet = !p.tables && !s->objects;
	if (delta_unstage(e))
		return engine_status(e);
	s->staged = false;
	return report(s, &p, number) ? STATUS_TEMPORARY : STATUS_OK;
}

/* What an earlier run that ended early has left undone. */
static int
look_back(struct sync *s)
{
	struct rows *r = session_query(s->e.target,
		"SELECT to_regclass('airlift.staged') IS NOT NULL", 0, NULL);

	if (!r)
		return engine_status(&s->e);
	s->owed = rows_bool(r, 0, 0);
	rows_free(r);
	return STATUS_OK;
}

static int
sync_all(struct sync *s)
{
	struct engine *e = &s->e;
	int64_t pass = 0;
	bool quiet = false;
	int status;

	e->finished = on_finished;
	e->record = on_record;
	if (strcmp(session_encoding(e->source), session_encoding(e->target)) !=
		0) {
		msg_error("the source is encoded in %s, the target in %s: rows "
			  "can be synced between equal encodings only; use "
			  "copy",
			session_encoding(e->source),
			session_encoding(e->target));
		return STATUS_MISUSE;
	}
	if (!e->opt->dry_run && ((status = engine_lock(e)) != STATUS_OK ||
					(status = look_back(s)) != STATUS_OK))
		return status;
	for (;;) {
		if ((status = do_pass(s, ++pass, &quiet)) != STATUS_OK)
			return status;
		if (!e->opt->until_quiet || quiet)
			return STATUS_OK;
		if (pass >= e->opt->passes)
			break;
		if (engine_renew(e))
			return engine_status(e);
	}
	(void)engine_finding(e, "error", "still-changing",
		"the last pass still found changes",
		"stop what writes to the source, then run again");
	return STATUS_NO;
}

int
sync_run(const void *options, struct env *env)
{
	struct sync s;
	int status;

	memset(&s, 0, sizeof(s));
	status = engine_open(&s.e, options, env, "sync");
	if (status == STATUS_OK)
		status = sync_all(&s);
	/* what is left tells the next run that views are owed */
	if (s.staged && !s.owed && is_session_alive(s.e.target))
		(void)delta_unstage(&s.e);
	status = engine_end(&s.e, status);
	catalog_free(s.other);
	delta_fini(&s.delta);
	engine_close(&s.e);
	return status;
}
