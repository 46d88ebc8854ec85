#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "check.h"
#include "compare.h"
#include "copysql.h"
#include "definitions.h"
#include "delta.h"
#include "engine.h"
#include "env.h"
#include "finish.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "objects.h"
#include "part.h"
#include "pgcopy.h"
#include "plan.h"
#include "session.h"
#include "status.h"
#include "str.h"
#include "tablerecord.h"

#define VERIFY_SOURCE "source:"
#define VERIFY_TARGET "target:"
#define VERIFY_LO_SOURCE "losource:"
#define VERIFY_LO_TARGET "lotarget:"

/* One run of `pgcopy verify`. */
struct verify {
	struct engine e;       /* first: the callbacks get it */
	struct catalog *other; /* of the target */
	struct delta delta;    /* rows compared by the servers' hashes */
	bool by_stream;        /* or every row streamed here and hashed */
	struct multiset lo_source, lo_target;
	int64_t differing;
};

/* A part of a table is compared: with its last one, what came of it. */
static int
on_compared(
	struct verify *v, size_t job, const struct multiset *m, double seconds)
{
	struct engine *e = &v->e;
	size_t table = e->jobs.job[job].table;
	int rc = delta_finished(e, &v->delta, job, m, seconds);

	if (rc <= 0)
		return rc;
	v->differing += !is_delta_empty(&v->delta.table[table]);
	return tablerecord_compared(e, table, &v->delta.table[table]);
}

static int
on_record(struct engine *e, size_t job, const struct json_val *r)
{
	struct verify *v = (struct verify *)e;

	return v->by_stream ? 0 : delta_record(e, &v->delta, job, r);
}

static int
on_finished(
	struct engine *e, size_t job, const struct multiset *m, double seconds)
{
	struct verify *v = (struct verify *)e;
	const char *id = e->jobs.job[job].id;
	size_t table = e->jobs.job[job].table;
	struct engine_table *t;

	if (!v->by_stream && table != JOBS_NONE)
		return on_compared(v, job, m, seconds);
	e->rec.bytes += m->bytes;
	if (str_starts(id, VERIFY_LO_SOURCE)) {
		multiset_merge(&v->lo_source, m);
		return 0;
	}
	if (str_starts(id, VERIFY_LO_TARGET)) {
		multiset_merge(&v->lo_target, m);
		return 0;
	}
	t = &e->table[table];
	t->seconds += seconds;
	if (str_starts(id, VERIFY_SOURCE)) {
		t->source = *m;
		t->have_source = true;
	} else {
		t->target = *m;
		t->have_target = true;
	}
	if (!t->have_source || !t->have_target)
		return 0;
	if (!is_multiset_equal(&t->source, &t->target))
		v->differing++;
	return tablerecord_verified(e, table, t->seconds);
}

/* The two scans of a table, one a side. */
static int
add_scans(struct verify *v, size_t table, bool binary)
{
	static const char *const prefix[] = {VERIFY_SOURCE, VERIFY_TARGET};
	static const char *const side[] = {"source", "target"};
	const struct catalog_table *t = &v->e.catalog->table[table];
	struct buf out = BUF_INIT;
	int i, rc = 0;

	if (copysql_out(&out, t, 0, 0, binary))
		rc = -1;
	for (i = 0; rc == 0 && i < 2; i++) {
		struct buf id = BUF_INIT, line = BUF_INIT;
		size_t job = JOBS_NONE;
		struct part p = {.kind = "hash",
			.side = side[i],
			.binary = binary,
			.out = buf_str(&out)};

		if (buf_puts(&id, prefix[i]) ||
			plan_name(&id, t->schema, t->name))
			rc = -1;
		p.id = buf_str(&id);
		if (rc == 0 && part_put(&line, &p, NULL, 0) == 0)
			job = jobs_add(&v->e.jobs, p.id, buf_str(&line), 0,
				(double)t->bytes, table);
		if (job == JOBS_NONE)
			rc = -1;
		else
			v->e.jobs.job[job].size = (uint64_t)t->bytes;
		buf_fini(&id);
		buf_fini(&line);
	}
	buf_fini(&out);
	return rc;
}

static int
plan_streams(struct verify *v)
{
	static const struct part source = {.kind = "lohash", .side = "source"};
	static const struct part target = {.kind = "lohash", .side = "target"};
	uint32_t *a = NULL, *b = NULL;
	size_t n_a, n_b;
	int rc = -1;

	if (finish_oids(v->e.source, &a, &n_a) == 0 &&
		finish_oids(v->e.target, &b, &n_b) == 0 &&
		plan_objects(&v->e, &source, VERIFY_LO_SOURCE, a, n_a) == 0 &&
		plan_objects(&v->e, &target, VERIFY_LO_TARGET, b, n_b) == 0)
		rc = 0;
	free(a);
	free(b);
	return rc;
}

static int
plan_scans(struct verify *v)
{
	struct engine *e = &v->e;
	size_t i;

	for (i = 0; i < e->catalog->n_tables; i++) {
		const struct catalog_table *t = &e->catalog->table[i];
		const struct catalog_table *u =
			catalog_find(v->other, t->schema, t->name);

		if (!u || e->table[i].is_empty || catalog_other_column(t, u))
			continue;
		if (add_scans(v, i, e->table[i].binary && u->is_binary)) {
			msg_error("out of memory");
			return -1;
		}
	}
	return 0;
}

static int
verify_all(struct verify *v)
{
	struct engine *e = &v->e;
	bool same_encoding = strcmp(session_encoding(e->source),
				     session_encoding(e->target)) == 0;

	e->finished = on_finished;
	e->record = on_record;
	/* the servers' hashes are of bytes in their own encodings */
	v->by_stream = e->opt->full || !same_encoding;
	if (engine_load(e, e->source, &e->catalog) ||
		engine_load(e, e->target, &v->other) || check_patterns(e) ||
		engine_export(e) || engine_tables(e))
		return engine_status(e);
	if (e->rec.errors)
		return STATUS_NO;
	if (compare_tables(e, e->catalog, v->other, "error") ||
		compare_others(e, e->catalog, v->other) ||
		(same_encoding &&
			compare_matview_rows(e, e->catalog, v->other)) ||
		compare_extensions(e, e->catalog, v->other) ||
		definitions_compare(e, e->catalog, v->other, false))
		return engine_status(e);
	if ((v->by_stream ? plan_scans(v)
			  : delta_plan(e, &v->delta, v->other, false)) ||
		(v->by_stream && plan_streams(v)) || engine_run(e, "comparing"))
		return engine_status(e);
	if (!v->by_stream && objects_compare(e, NULL))
		return engine_status(e);
	if (!is_multiset_equal(&v->lo_source, &v->lo_target) &&
		engine_finding(e, "error", "large-objects-differ",
			"the large objects are not the same", NULL))
		return STATUS_TEMPORARY;
	if (v->differing)
		msg_error("the rows of %lld tables differ: see the records "
			  "table.differs",
			(long long)v->differing);
	return v->differing || e->rec.errors || e->rec.failed ? STATUS_NO
							      : STATUS_OK;
}

int
verify_run(const void *options, struct env *env)
{
	struct verify v;
	int status;

	memset(&v, 0, sizeof(v));
	status = engine_open(&v.e, options, env, "verify");
	if (status == STATUS_OK)
		status = verify_all(&v);
	status = engine_end(&v.e, status);
	catalog_free(v.other);
	delta_fini(&v.delta);
	engine_close(&v.e);
	return status;
}
