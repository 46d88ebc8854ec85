#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "conninfo.h"
#include "engine.h"
#include "env.h"
#include "json.h"
#include "msg.h"
#include "pgcopy.h"
#include "plan.h"
#include "pool.h"
#include "progress.h"
#include "retry.h"
#include "session.h"

/* Running the jobs of an engine through the worker pool. */

enum { TRIES = 5 };

static int
next_part(void *ctx, struct buf *part)
{
	struct engine *e = ctx;
	double wait;
	size_t i;

	for (;;) {
		i = jobs_take(&e->jobs, clock_mono(e->rec.env->clock), &wait);
		if (i != JOBS_NONE)
			break;
		/* nobody else will wake us for a job that is put off */
		if (e->jobs.running > 0 || wait < 0)
			return 0;
		clock_sleep(e->rec.env->clock, wait);
	}
	return buf_puts(part, e->jobs.job[i].line) ? -1 : 1;
}

/* What a server says of a binary form that it does not take: of a value,
 * or of a type that has none. */
static bool
is_format_trouble(const char *state)
{
	return state &&
	       (strcmp(state, "22P03") == 0 || strcmp(state, "08P01") == 0 ||
		       strcmp(state, "42883") == 0 ||
		       strcmp(state, "0A000") == 0);
}

/*
 * Whether the snapshot that all parts read may still be imported: a line that
 * has cut a worker off may have cut off the session that holds it. 0 or -1.
 */
static int
check_snapshot(struct engine *e, bool temporary, const char *state)
{
	if (!temporary && (!state || strcmp(state, "22023") != 0))
		return 0;
	if (session_ping(e->source) == 0)
		return 0;
	msg_error("source: the snapshot is lost: run the same command again, "
		  "it keeps what is done");
	e->temporary = true;
	return -1;
}

/* A worker's record that is for whoever reads ours. */
static int
pass_on(struct engine *e, const char *line, size_t n)
{
	struct buf b = BUF_INIT;
	int rc = buf_append(&b, line, n) || engine_emit(e, &b, false) ? -1 : 0;

	buf_fini(&b);
	return rc;
}

/* A part failed: again after a pause, or for good, which is told. */
static int
on_failed(struct engine *e, size_t i, const struct json_val *r,
	const char *line, size_t n)
{
	struct job *j = &e->jobs.job[i];
	const char *why = json_get_str(r, "message");
	bool temporary = false;
	struct retry again;
	double delay;
	unsigned k;

	(void)json_bool(json_get(r, "temporary"), &temporary);
	if (check_snapshot(e, temporary, json_get_str(r, "sqlstate")))
		return -1;
	if (temporary && j->tries < TRIES) {
		retry_init(&again, 0.5, 8, 0, j->tries * 7919u + i);
		for (k = 0; k < j->tries; k++)
			(void)retry_next(&again, &delay);
		msg_note("part %s: trying again in %.1f s", j->id, delay);
		jobs_retry(&e->jobs, i, clock_mono(e->rec.env->clock) + delay);
		return 0;
	}
	if (!temporary && is_format_trouble(json_get_str(r, "sqlstate"))) {
		int rc = plan_retext(e, i);

		if (rc > 0) {
			msg_note("part %s: not in binary, trying text", j->id);
			jobs_retry(&e->jobs, i, 0);
		}
		if (rc)
			return rc < 0 ? -1 : 0;
	}
	if (temporary) {
		msg_error("part %s: given up: %s", j->id, why ? why : "");
		e->temporary = true;
		return -1;
	}
	e->rec.failed++;
	e->is_told = true;
	jobs_fail(&e->jobs, i);
	return pass_on(e, line, n);
}

static int
on_done(struct engine *e, size_t i, const struct json_val *r)
{
	struct multiset m = MULTISET_INIT;
	const char *hex = json_get_str(r, "digest");
	int64_t rows = 0, bytes = 0;
	double seconds = 0;

	if (hex && multiset_parse(hex, &m)) {
		msg_error("part %s: bad digest", e->jobs.job[i].id);
		return -1;
	}
	(void)json_int(json_get(r, "rows"), 0, INT64_MAX, &rows);
	(void)json_int(json_get(r, "bytes"), 0, INT64_MAX, &bytes);
	(void)json_num(json_get(r, "seconds"), &seconds);
	m.rows = (uint64_t)rows;
	m.bytes = (uint64_t)bytes;
	jobs_finish(&e->jobs, i);
	e->rec.done++;
	return e->finished ? e->finished(e, i, &m, seconds) : 0;
}

static int
on_record(void *ctx, unsigned worker, const struct json *rec, const char *line,
	size_t n)
{
	struct engine *e = ctx;
	const struct json_val *r = json_root(rec);
	const char *type = json_get_str(r, "type");
	const char *id = json_get_str(r, "part");
	size_t i = id ? jobs_find(&e->jobs, id) : JOBS_NONE;
	int64_t bytes = 0;

	if (i == JOBS_NONE)
		return 0;
	if (strcmp(type, "progress") == 0) {
		(void)json_int(json_get(r, "bytes"), 0, INT64_MAX, &bytes);
		progress_start(
			e->progress, worker, id, (uint64_t)e->jobs.job[i].cost);
		progress_update(e->progress, worker, (uint64_t)bytes);
		return 0;
	}
	if (strcmp(type, "part.done") == 0) {
		/* a short part has told of no progress, but counts too */
		if (!e->jobs.job[i].shown && e->jobs.job[i].size)
			progress_start(
				e->progress, worker, id, e->jobs.job[i].size);
		progress_finish(e->progress, worker);
		return on_done(e, i, r);
	}
	if (strcmp(type, "part.failed") == 0) {
		progress_finish(e->progress, worker);
		return on_failed(e, i, r, line, n);
	}
	if (strcmp(type, "row.differs") == 0)
		return pass_on(e, line, n);
	return e->record ? e->record(e, i, r) : 0;
}

static int
on_lost(void *ctx, const char *id, const char *why)
{
	struct engine *e = ctx;

	msg_error("part %s: %s", id, why);
	e->rec.failed++;
	e->temporary = true;
	return -1;
}

static int
on_tick(void *ctx)
{
	struct engine *e = ctx;

	progress_tick(e->progress);
	return 0;
}

/* "NAME=<connection string>" for a worker's environment. */
static int
put_locator(struct buf *b, const char *name, const struct conninfo *c)
{
	struct buf s = BUF_SECRET;
	int rc = conninfo_put_string(c, &s) || buf_printf(b, "%s=", name) ||
				 buf_append(b, s.data, s.len)
			 ? -1
			 : 0;

	buf_fini(&s);
	return rc;
}

int
engine_run(struct engine *e, const char *phase)
{
	uint64_t total = 0;
	size_t i;
	struct buf from = BUF_SECRET, to = BUF_SECRET, memory = BUF_INIT,
		   rate = BUF_INIT, timeout = BUF_INIT;
	size_t n_argv = 8;
	const char *env[] = {NULL, NULL, NULL};
	const char *argv[] = {e->opt->self, "run", "--from=env:AIRLIFT_FROM",
		"--to=env:AIRLIFT_TO", "--encoding",
		session_encoding(e->source), "--memory", NULL, NULL, NULL, NULL,
		NULL, NULL, NULL, NULL};
	struct pool_spec pool = {.argv = argv,
		.env = env,
		.workers = (unsigned)e->jobs_wanted,
		.tries = 3,
		.ctx = e,
		.next = next_part,
		.record = on_record,
		.lost = on_lost,
		.tick = on_tick};
	int rc = -1;

	if (e->jobs.n == 0)
		return 0;
	if (pool.workers > e->jobs.n)
		pool.workers = (unsigned)e->jobs.n;
	if (put_locator(&from, "AIRLIFT_FROM", e->from) ||
		put_locator(&to, "AIRLIFT_TO", e->to) ||
		buf_printf(&memory, "%lldMB",
			(long long)jobs_memory(
				e->target_memory, e->jobs_wanted))) {
		msg_error("out of memory");
		goto out;
	}
	env[0] = from.data;
	env[1] = to.data;
	argv[7] = buf_str(&memory);
	if (e->snapshot) {
		argv[n_argv++] = "--snapshot";
		argv[n_argv++] = e->snapshot;
	}
	if (e->opt->rate) {
		uint64_t share = e->opt->rate / pool.workers;

		if (buf_printf(&rate, "%llu",
			    (unsigned long long)(share < 1024 ? 1024
							      : share))) {
			msg_error("out of memory");
			goto out;
		}
		argv[n_argv++] = "--rate";
		argv[n_argv++] = buf_str(&rate);
	}
	if (e->opt->timeout) {
		if (buf_printf(&timeout, "%lld", (long long)e->opt->timeout)) {
			msg_error("out of memory");
			goto out;
		}
		argv[n_argv++] = "--timeout";
		argv[n_argv++] = buf_str(&timeout);
	}
	for (i = 0; i < e->jobs.n; i++)
		total += e->jobs.job[i].size;
	progress_phase(e->progress, phase);
	progress_total(e->progress, total);
	rc = pool_run(&pool);
	jobs_fini(&e->jobs);
out:
	buf_fini(&from);
	buf_fini(&to);
	buf_fini(&memory);
	buf_fini(&rate);
	buf_fini(&timeout);
	return rc;
}
