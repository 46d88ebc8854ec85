#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "check.h"
#include "clock.h"
#include "conninfo.h"
#include "engine.h"
#include "env.h"
#include "finish.h"
#include "jsonw.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "pgcopy.h"
#include "plan.h"
#include "schema.h"
#include "session.h"
#include "status.h"
#include "str.h"
#include "tablerecord.h"

/* One run of `pgcopy copy`. */
struct copy {
	struct engine e; /* first: the callbacks get it */
	struct ledger ledger;
	struct schema schema;
	uint32_t *oids;
	size_t n_oids;
	struct multiset lo_source, lo_target;
	bool again;   /* the target has data of an earlier run */
	bool is_over; /* an earlier run completed it: compare instead */
	int64_t differing;
};

/* The status of a failure of one of our sessions. */
static int
status_of(const struct engine *e)
{
	bool lost =
		(e->source && !is_session_alive(e->source)) ||
		(e->target && !is_session_alive(e->target)) ||
		(e->source && session_error(e->source) == SESSION_TEMPORARY) ||
		(e->target && session_error(e->target) == SESSION_TEMPORARY);

	return e->temporary || lost ? STATUS_TEMPORARY : STATUS_NO;
}

static int
reload_ledger(struct copy *c)
{
	ledger_fini(&c->ledger);
	return ledger_load(c->e.target, &c->ledger);
}

/* Whether the target is ours to fill. STATUS_OK or why not. */
static int
claim_target(struct copy *c)
{
	struct engine *e = &c->e;
	const char *source = conninfo_identity(e->from);
	int64_t foreign;

	if (reload_ledger(c))
		return status_of(e);
	if (c->ledger.source && strcmp(c->ledger.source, source) != 0) {
		(void)engine_finding(e, "error", "target-of-another-source",
			"the target holds an unfinished copy of another "
			"source",
			"give an empty database, or drop that one and create "
			"it anew");
		return STATUS_NO;
	}
	if (c->ledger.source) {
		c->again = c->ledger.n > 0;
		return STATUS_OK;
	}
	if (catalog_count_foreign(e->target, &foreign))
		return status_of(e);
	if (foreign > 0 && e->completed) {
		c->is_over = true;
		(void)engine_finding(e, "note", "copy-already-complete",
			"the journal says that this copy was completed: the "
			"two databases are compared instead",
			NULL);
		return STATUS_NO;
	}
	if (foreign > 0) {
		(void)engine_finding(e, "error", "target-not-empty",
			"the target database is not empty and was not filled "
			"by pgcopy",
			"give an empty database: nothing was changed");
		return STATUS_NO;
	}
	if (check_preflight(e))
		return status_of(e);
	if (e->errors)
		return STATUS_NO;
	if (ledger_create(e->target, source) || reload_ledger(c))
		return status_of(e);
	return STATUS_OK;
}

static int
restore_schema(struct copy *c)
{
	struct engine *e = &c->e;
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc;

	if (schema_dump(e, &c->schema))
		return status_of(e);
	if (*c->ledger.schema_hash) {
		if (strcmp(c->ledger.schema_hash, c->schema.hash) == 0)
			return STATUS_OK;
		(void)engine_finding(e, "error", "schema-changed",
			"the source's schema is not the one that the earlier "
			"run copied",
			"give an empty database and start over");
		return STATUS_NO;
	}
	if (schema_has(&c->schema, TOC_SUBSCRIPTION) &&
		engine_finding(e, "warning", "subscription-left-out",
			"subscriptions are not copied",
			"create them on the target by hand if they are "
			"needed"))
		return STATUS_TEMPORARY;
	if (schema_restore(e, &c->schema))
		return status_of(e);
	jsonw_record(&w, &b, "schema.restored");
	jsonw_uint(&w, "entries", c->schema.toc.n);
	jsonw_str(&w, "digest", c->schema.hash);
	rc = jsonw_end_record(&w) || engine_emit(e, &b, true);
	buf_fini(&b);
	return rc ? STATUS_TEMPORARY : STATUS_OK;
}

/* The table of a job, by the index it was planned with. */
static struct engine_table *
table_of(struct engine *e, size_t job)
{
	size_t t = e->jobs.job[job].table;

	return t == JOBS_NONE ? NULL : &e->table[t];
}

static int
on_data(struct copy *c, size_t job, const struct multiset *m, double seconds)
{
	struct engine *e = &c->e;
	size_t table = e->jobs.job[job].table;
	struct engine_table *t = &e->table[table];

	multiset_merge(&t->source, m);
	t->seconds += seconds;
	e->bytes += m->bytes;
	if (--t->parts_left > 0)
		return 0;
	t->have_source = true;
	return tablerecord_copied(e, table);
}

static int
on_read(struct copy *c, size_t job, const struct multiset *m, double seconds)
{
	struct engine *e = &c->e;
	size_t table = e->jobs.job[job].table;
	struct engine_table *t = &e->table[table];

	t->target = *m;
	t->have_target = true;
	if (!is_multiset_equal(&t->source, &t->target)) {
		c->differing++;
		/* the copy is not what was sent: a rerun makes it anew */
		if (finish_forget(e, table))
			return -1;
	}
	return tablerecord_verified(e, table, seconds);
}

/* What was kept from an earlier run: still the same on the source? */
static int
on_recheck(struct copy *c, size_t job, const struct multiset *m)
{
	struct engine *e = &c->e;
	struct engine_table *t = table_of(e, job);
	struct buf id = BUF_INIT;
	const struct ledger_entry *l = NULL;

	if (buf_printf(&id, PLAN_DATA "%s",
		    e->jobs.job[job].id + strlen(PLAN_RECHECK)) == 0)
		l = ledger_find(&c->ledger, buf_str(&id));
	buf_fini(&id);
	if (!l || !is_multiset_equal(l->sum, m))
		t->dirty = true;
	else
		multiset_merge(&t->source, m);
	return 0;
}

static int
on_finished(
	struct engine *e, size_t job, const struct multiset *m, double seconds)
{
	struct copy *c = (struct copy *)e;
	const char *id = e->jobs.job[job].id;

	if (str_starts(id, PLAN_DATA))
		return on_data(c, job, m, seconds);
	if (str_starts(id, PLAN_READ))
		return on_read(c, job, m, seconds);
	if (str_starts(id, PLAN_RECHECK))
		return on_recheck(c, job, m);
	if (str_starts(id, PLAN_LO)) {
		multiset_merge(&c->lo_source, m);
		e->bytes += m->bytes;
		return 0;
	}
	if (str_starts(id, PLAN_LOREAD)) {
		multiset_merge(&c->lo_target, m);
		return 0;
	}
	return tablerecord_step(e, id, seconds);
}

/* Runs the planned jobs. STATUS_OK, or why the copy cannot go on. */
static int
run_phase(struct copy *c, const char *phase)
{
	struct engine *e = &c->e;
	int64_t failed = e->failed;

	if (engine_run(e, phase))
		return e->temporary ? STATUS_TEMPORARY : status_of(e);
	return e->failed > failed ? STATUS_NO : STATUS_OK;
}

/* A rerun: keeps what is still true, and clears the tables that changed. */
static int
recheck(struct copy *c)
{
	struct engine *e = &c->e;
	size_t planned, i;
	int64_t kept = 0, reset = 0;
	struct buf text = BUF_INIT;
	int status;

	if (plan_recheck(e, &c->ledger, &planned))
		return STATUS_TEMPORARY;
	status = run_phase(c, "checking what is there");
	if (status != STATUS_OK)
		return status;
	for (i = 0; i < e->catalog->n_tables; i++) {
		/* beyond the data stage a missing part has keys in its way */
		if (ledger_find(&c->ledger, "stage:attach") &&
			!is_plan_stored(e, &c->ledger, i))
			e->table[i].dirty = true;
		kept += !e->table[i].dirty;
		if (!e->table[i].dirty)
			continue;
		reset++;
		e->table[i].source = (struct multiset)MULTISET_INIT;
		if (finish_reset(e, i))
			return status_of(e);
	}
	/* large objects have no digest of their own in the ledger: all anew */
	if (session_exec(e->target,
		    "DELETE FROM airlift.ledger WHERE kind = 'lo'") ||
		reload_ledger(c))
		return status_of(e);
	if (buf_printf(&text,
		    "the earlier snapshot is gone: a new one was taken, %lld "
		    "tables are unchanged, %lld changed and are copied again",
		    (long long)kept, (long long)reset) == 0)
		(void)engine_finding(
			e, "note", "copy-continued", buf_str(&text), NULL);
	buf_fini(&text);
	return STATUS_OK;
}

static int
copy_data(struct copy *c)
{
	struct engine *e = &c->e;
	size_t i;
	int status;

	if (finish_oids(e->source, &c->oids, &c->n_oids) ||
		finish_unlink(e, c->oids, c->n_oids) ||
		plan_store_splits(e, &c->ledger) || reload_ledger(c) ||
		plan_data(e, &c->ledger, c->oids, c->n_oids))
		return status_of(e);
	for (i = 0; i < e->catalog->n_tables; i++)
		if (!e->table[i].parts_left)
			e->table[i].have_source = true;
	status = run_phase(c, "copying");
	if (status != STATUS_OK)
		return status;
	if (!is_multiset_equal(&c->lo_source, &c->lo_target))
		c->differing++;
	return tablerecord_objects(e, c->n_oids, &c->lo_source, &c->lo_target)
		       ? STATUS_TEMPORARY
		       : STATUS_OK;
}

/* Everything behind the data, in the order in which it may depend. */
static int
complete(struct copy *c)
{
	struct engine *e = &c->e;
	struct ledger *l = &c->ledger;
	struct schema *s = &c->schema;
	char *path;
	int status;

	if (reload_ledger(c) ||
		schema_stage(e, s, TOC_ATTACH, "stage:attach", l) ||
		finish_fkeys(e, l) || plan_fkeys(e, l))
		return status_of(e);
	status = run_phase(c, "foreign keys");
	if (status != STATUS_OK)
		return status;
	if (schema_stage(e, s, TOC_EARLY, "stage:early", l) ||
		!(path = finish_search_path(e)))
		return status_of(e);
	status = plan_matviews(e, l, path) ? STATUS_TEMPORARY
					   : run_phase(c, "views");
	free(path);
	if (status != STATUS_OK)
		return status;
	if (finish_marks(e, l) ||
		schema_stage(e, s, TOC_LATE, "stage:late", l) ||
		schema_stage(e, s, TOC_EVENT, "stage:event", l) ||
		finish_comments(e) || finish_settings(e) || plan_analyze(e))
		return status_of(e);
	status = run_phase(c, "statistics");
	if (status == STATUS_OK && finish_sequences(e))
		status = status_of(e);
	return status;
}

/* Says that all is there and equal, and then lets go of the target. */
static int
close_copy(struct copy *c)
{
	struct engine *e = &c->e;
	struct buf b = BUF_INIT;
	struct jsonw w;
	size_t i;
	uint64_t rows = 0, bytes = 0;
	int rc;

	for (i = 0; i < e->catalog->n_tables; i++) {
		rows += e->table[i].source.rows;
		bytes += e->table[i].source.bytes;
	}
	jsonw_record(&w, &b, "copy.completed");
	jsonw_uint(&w, "tables", e->catalog->n_tables);
	jsonw_uint(&w, "rows", rows);
	jsonw_uint(&w, "bytes", bytes);
	jsonw_time(&w, "at", clock_wall(e->env->clock));
	rc = jsonw_end_record(&w) || engine_emit(e, &b, true);
	buf_fini(&b);
	if (rc)
		return STATUS_TEMPORARY;
	/* a synchronous commit: everything before it is on disk with it */
	if (e->opt->keep_ledger)
		rc = session_exec(e->target,
			"SET synchronous_commit = on; UPDATE airlift.run SET "
			"at = now()");
	else
		rc = ledger_drop(e->target);
	return rc ? status_of(e) : STATUS_OK;
}

static int
copy_all(struct copy *c)
{
	struct engine *e = &c->e;
	size_t i;
	int status;

	e->finished = on_finished;
	if (catalog_load(e->source, &e->catalog) || engine_export(e))
		return status_of(e);
	e->table = mem_zalloc(e->catalog->n_tables + 1, sizeof(*e->table));
	if (!e->table) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	for (i = 0; i < e->catalog->n_tables; i++)
		e->table[i].binary = e->catalog->table[i].is_binary &&
				     strcmp(e->opt->format, "text") != 0 &&
				     strcmp(session_encoding(e->source),
					     session_encoding(e->target)) == 0;
	if ((status = claim_target(c)) != STATUS_OK ||
		(status = restore_schema(c)) != STATUS_OK)
		return status;
	if (c->again && (status = recheck(c)) != STATUS_OK)
		return status;
	if ((status = copy_data(c)) != STATUS_OK ||
		(status = complete(c)) != STATUS_OK)
		return status;
	if (c->differing) {
		msg_error("%lld tables differ from the source: see the records "
			  "table.differs",
			(long long)c->differing);
		return STATUS_NO;
	}
	return close_copy(c);
}

int
copy_run(const void *options, struct env *env)
{
	struct copy c;
	int status;

	memset(&c, 0, sizeof(c));
	status = engine_open(&c.e, options, env, "copy");
	if (status == STATUS_OK)
		status = copy_all(&c);
	if (!c.is_over)
		status = engine_end(&c.e, status);
	free(c.oids);
	schema_fini(&c.schema);
	ledger_fini(&c.ledger);
	engine_close(&c.e);
	return c.is_over ? verify_run(options, env) : status;
}
