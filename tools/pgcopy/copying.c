#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "check.h"
#include "clock.h"
#include "compare.h"
#include "conninfo.h"
#include "copying.h"
#include "dbcomment.h"
#include "definitions.h"
#include "env.h"
#include "finish.h"
#include "followstate.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "outline.h"
#include "pgcopy.h"
#include "plan.h"
#include "rerun.h"
#include "session.h"
#include "status.h"
#include "str.h"
#include "tablerecord.h"

int
copying_reload(struct copy *c)
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

	if (copying_reload(c))
		return engine_status(e);
	if (c->ledger.source && strcmp(c->ledger.source, source) != 0) {
		(void)engine_finding(e, "error", "target-of-another-source",
			"the target holds an unfinished copy of another "
			"source",
			"give an empty database, or drop that one and create "
			"it anew");
		return STATUS_NO;
	}
	if (c->ledger.source) {
		e->again = c->ledger.n > 0;
		return STATUS_OK;
	}
	if (catalog_count_foreign(e->target, &foreign))
		return engine_status(e);
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
		return engine_status(e);
	if (e->rec.errors)
		return STATUS_NO;
	if (ledger_create(e->target, source) || copying_reload(c))
		return engine_status(e);
	return STATUS_OK;
}

enum { MOST_TOLD = 20 };

/* One object that is not as the earlier run has seen it. */
static int
on_changed(void *ctx, const char *name, const char *what)
{
	struct engine *e = ctx;

	return e->rec.errors > MOST_TOLD
		       ? 0
		       : engine_tell(e, "error", "schema-changed", NULL,
				 "%s: %s on the source since the earlier run",
				 name, what);
}

/* The schema is another than the one that is there: what of it, and what to
 * do. */
static int
refuse_schema(struct copy *c)
{
	struct engine *e = &c->e;

	if ((*c->ledger.outline && outline_compare(c->ledger.outline,
					   c->schema.outline, on_changed, e)) ||
		engine_finding(e, "error", "schema-changed",
			"the source's schema is not the one that the earlier "
			"run copied: nothing was changed",
			"make the same change on the target and use pgcopy "
			"sync, or give an empty database and start over"))
		return STATUS_TEMPORARY;
	return STATUS_NO;
}

static int
restore_schema(struct copy *c)
{
	struct engine *e = &c->e;
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (schema_dump(e, &c->schema))
		return engine_status(e);
	if (*c->ledger.schema_hash) {
		if (strcmp(c->ledger.schema_hash, c->schema.hash) == 0)
			return STATUS_OK;
		return refuse_schema(c);
	}
	if (schema_has(&c->schema, TOC_SUBSCRIPTION) &&
		engine_finding(e, "warning", "subscription-left-out",
			"subscriptions are not copied",
			"create them on the target by hand if they are "
			"needed"))
		return STATUS_TEMPORARY;
	if (schema_restore(e, &c->schema))
		return engine_status(e);
	jsonw_record(&w, &b, "schema.restored");
	jsonw_uint(&w, "entries", c->schema.toc.n);
	jsonw_str(&w, "digest", c->schema.hash);
	return engine_put(e, &w, &b, true) ? STATUS_TEMPORARY : STATUS_OK;
}

static int
on_data(struct copy *c, size_t job, const struct multiset *m, double seconds)
{
	struct engine *e = &c->e;
	size_t table = e->jobs.job[job].table;
	struct engine_table *t = &e->table[table];

	multiset_merge(&t->source, m);
	t->seconds += seconds;
	e->rec.bytes += m->bytes;
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

static int
on_record(struct engine *e, size_t job, const struct json_val *r)
{
	struct copy *c = (struct copy *)e;

	return str_starts(e->jobs.job[job].id, "diff:")
		       ? delta_record(e, &c->delta, job, r)
		       : 0;
}

static int
on_finished(
	struct engine *e, size_t job, const struct multiset *m, double seconds)
{
	struct copy *c = (struct copy *)e;
	const char *id = e->jobs.job[job].id;

	if (str_starts(id, "diff:"))
		return delta_finished(e, &c->delta, job, m, seconds) < 0 ? -1
									 : 0;
	if (str_starts(id, PLAN_DATA))
		return on_data(c, job, m, seconds);
	if (str_starts(id, PLAN_READ))
		return on_read(c, job, m, seconds);
	if (str_starts(id, PLAN_RECHECK))
		return rerun_rechecked(c, job, m);
	if (str_starts(id, PLAN_LO)) {
		multiset_merge(&c->lo_source, m);
		e->rec.bytes += m->bytes;
		return 0;
	}
	if (str_starts(id, PLAN_LOREAD)) {
		multiset_merge(&c->lo_target, m);
		return 0;
	}
	return tablerecord_step(e, id, seconds);
}

/* Runs the planned jobs. STATUS_OK, or why the copy cannot go on. */
int
copying_phase(struct copy *c, const char *phase)
{
	struct engine *e = &c->e;
	int64_t failed = e->rec.failed;

	if (engine_run(e, phase))
		return engine_status(e);
	return e->rec.failed > failed ? STATUS_NO : STATUS_OK;
}

int
copying_data(struct copy *c)
{
	struct engine *e = &c->e;
	size_t i;
	int status;

	if (finish_oids(e->source, &c->oids, &c->n_oids) ||
		split_store(e, &c->ledger) || copying_reload(c) ||
		plan_data(e, &c->ledger, c->oids, e->again ? 0 : c->n_oids))
		return engine_status(e);
	for (i = 0; i < e->catalog->n_tables; i++)
		if (!e->table[i].parts_left)
			e->table[i].have_source = true;
	status = copying_phase(c, "copying");
	if (status == STATUS_OK)
		status = rerun_repair(c);
	if (status == STATUS_OK && e->again)
		return rerun_objects(c);
	if (status != STATUS_OK)
		return status;
	if (!is_multiset_equal(&c->lo_source, &c->lo_target))
		c->differing++;
	return tablerecord_objects(e, c->n_oids, &c->lo_source, &c->lo_target)
		       ? STATUS_TEMPORARY
		       : STATUS_OK;
}

/* What needs scans of tables that are whole, all at once. */
static int
scan_all(struct copy *c)
{
	struct engine *e = &c->e;
	char *path = finish_search_path(e);
	int rc = !path || plan_fkeys(e, &c->ledger) ||
				 plan_matviews(e, &c->ledger, path) ||
				 plan_analyze(e)
			 ? -1
			 : 0;

	free(path);
	return rc ? engine_status(e)
		  : copying_phase(c, "foreign keys, views, statistics");
}

/* Everything behind the data, in the order in which it may depend. */
static int
complete(struct copy *c)
{
	struct engine *e = &c->e;
	struct ledger *l = &c->ledger;
	struct schema *s = &c->schema;
	int status;

	if (copying_reload(c) ||
		schema_stage(e, s, TOC_ATTACH, "stage:attach", l) ||
		finish_fkeys(e, l) ||
		schema_stage(e, s, TOC_EARLY, "stage:early", l) ||
		finish_marks(e, l, false))
		return engine_status(e);
	if ((status = scan_all(c)) != STATUS_OK)
		return status;
	if (finish_marks(e, l, true) ||
		schema_stage(e, s, TOC_LATE, "stage:late", l) ||
		schema_stage(e, s, TOC_EVENT, "stage:event", l) ||
		finish_comments(e) || finish_settings(e) || dbcomment_copy(e) ||
		finish_sequences(e))
		return engine_status(e);
	return STATUS_OK;
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
	if (engine_put(e, &w, &b, true))
		return STATUS_TEMPORARY;
	/* a synchronous commit: everything before it is on disk with it */
	if (e->opt->keep_ledger)
		rc = session_exec(e->target,
			"SET synchronous_commit = on; UPDATE airlift.run SET "
			"at = now()");
	else
		rc = ledger_drop(e->target);
	return rc ? engine_status(e) : STATUS_OK;
}

int
copying_prepare(struct copy *c)
{
	struct engine *e = &c->e;
	int status;

	e->finished = on_finished;
	e->record = on_record;
	/* whose target it is comes before anything is made on the source */
	if (e->opt->follow &&
		((status = claim_target(c)) != STATUS_OK ||
			(status = followstate_begin(
				 e, e->opt->slot, &c->follow)) != STATUS_OK))
		return status;
	if (engine_load(e, e->source, &e->catalog) || check_patterns(e))
		return engine_status(e);
	if (e->rec.errors)
		return STATUS_NO;
	if (engine_export(e) || engine_tables(e))
		return engine_status(e);
	if (!c->follow && (status = claim_target(c)) != STATUS_OK)
		return status;
	if (c->follow && followstate_store(e, c->follow))
		return engine_status(e);
	/* from here on no worker of an earlier run adds to what is there */
	if (ledger_take(e->target, e->snapshot) || copying_reload(c))
		return engine_status(e);
	e->again = c->ledger.n > 0;
	if ((status = restore_schema(c)) != STATUS_OK)
		return status;
	if (split_load(e, &c->ledger))
		return engine_status(e);
	if (c->adopting)
		return rerun_adopt(c) ? engine_status(e) : STATUS_OK;
	return e->again ? rerun_recheck(c) : STATUS_OK;
}

/* Compares what is not rows, as verify does. */
static int
prove(struct copy *c)
{
	struct engine *e = &c->e;
	int64_t errors = e->rec.errors;
	struct catalog *other = NULL;
	int rc =
		engine_load(e, e->target, &other) ||
				compare_tables(e, e->catalog, other, "error") ||
				compare_others(e, e->catalog, other) ||
				definitions_compare(e, e->catalog, other, true)
			? -1
			: 0;

	catalog_free(other);
	if (rc)
		return engine_status(e);
	if (e->rec.errors == errors)
		return STATUS_OK;
	msg_error("the target is not defined as the source is: mend what the "
		  "findings name, then run the same command again");
	return STATUS_NO;
}

int
copying_complete(struct copy *c)
{
	int status = complete(c);

	if (status == STATUS_OK)
		status = prove(c);
	if (status != STATUS_OK)
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
copying_open(
	struct copy *c, const void *options, struct env *env, const char *verb)
{
	int status;

	memset(c, 0, sizeof(*c));
	status = engine_open(&c->e, options, env, verb);
	if (status == STATUS_OK && engine_fit(&c->e))
		status = engine_status(&c->e);
	return status;
}

int
copying_fini(struct copy *c, int status)
{
	if (!c->is_over)
		status = engine_end(&c->e, status);
	followstate_free(c->follow);
	free(c->oids);
	catalog_free(c->other);
	delta_fini(&c->delta);
	schema_fini(&c->schema);
	ledger_fini(&c->ledger);
	engine_close(&c->e);
	return status;
}
