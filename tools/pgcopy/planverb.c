#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "copying.h"
#include "detach.h"
#include "env.h"
#include "fd.h"
#include "finish.h"
#include "jobs.h"
#include "json.h"
#include "ledger.h"
#include "msg.h"
#include "part.h"
#include "pgcopy.h"
#include "plan.h"
#include "session.h"
#include "split.h"
#include "status.h"
#include "str.h"

/* `pgcopy plan`: the parts of a copy for workers anywhere, and the snapshot
 * that they read, held until `pgcopy finish` has taken it over. */

enum {
	MISSED_POLLS = 240, /* half a second each */
	PING_EVERY = 20
};

/* Writes a job's part with what a worker elsewhere must know. */
static int
put_job(struct copy *c, const struct job *j, struct buf *b)
{
	struct json_error err;
	struct json *doc = json_parse(j->line, strlen(j->line) - 1, &err);
	struct part p;
	struct engine *e = &c->e;
	int rc = -1;

	if (doc && part_read(json_root(doc), &p) == 0) {
		p.snapshot = e->snapshot;
		p.encoding = session_encoding(e->source);
		rc = part_put_read(b, &p);
	}
	json_free(doc);
	if (rc)
		msg_error("out of memory");
	return rc;
}

/* All parts of data, the costliest first. 0 or -1. */
static int
put_parts(struct copy *c)
{
	struct engine *e = &c->e;
	struct buf b = BUF_INIT;
	double wait;
	size_t i;
	int rc = 0;

	while (rc == 0 && (i = jobs_take(&e->jobs, 0, &wait)) != JOBS_NONE) {
		const struct job *j = &e->jobs.job[i];

		if (!str_starts(j->id, PLAN_DATA) &&
			!str_starts(j->id, PLAN_LO))
			continue;
		rc = put_job(c, j, &b);
		if (rc == 0 && fd_write_all(e->rec.env->out, b.data, b.len)) {
			msg_errno("standard output");
			rc = -1;
		}
		e->rec.done += rc == 0;
		buf_clear(&b);
	}
	buf_fini(&b);
	return rc;
}

/* A look at the target: 1 the snapshot is needed no longer, 0, -1 no look. */
static int
poll_target(struct engine *e)
{
	enum session_error err;
	bool released;

	if (!is_session_alive(e->target)) {
		session_close(e->target);
		e->target = NULL;
		if (session_open(e->to, "target", &e->target, &err))
			return -1;
	}
	if (is_ledger_released(e->target, &released))
		return -1;
	return released;
}

/* Holds the snapshot until it is released. An exit status. */
static int
hold(struct engine *e)
{
	int missed = 0, n, rc;

	for (n = 1;; n++) {
		clock_sleep(e->rec.env->clock, 0.5);
		if (n % PING_EVERY == 0 && session_ping(e->source))
			return STATUS_TEMPORARY;
		if ((rc = poll_target(e)) > 0)
			return STATUS_OK;
		missed = rc < 0 ? missed + 1 : 0;
		if (missed > MISSED_POLLS)
			return STATUS_TEMPORARY;
	}
}

static int
plan_all(struct copy *c)
{
	struct engine *e = &c->e;
	int status = engine_lock(e);

	if (status == STATUS_OK)
		status = copying_prepare(c);
	if (status != STATUS_OK)
		return status;
	if (finish_oids(e->source, &c->oids, &c->n_oids) ||
		split_store(e, &c->ledger) || copying_reload(c) ||
		plan_data(e, &c->ledger, c->oids, e->again ? 0 : c->n_oids) ||
		ledger_offer(e->target, e->snapshot) || engine_unlock(e))
		return engine_status(e);
	if (put_parts(c))
		return STATUS_TEMPORARY;
	return STATUS_OK;
}

/* Whoever reads us, or waits for us, need wait no longer. 0 or -1. */
static int
let_go(struct copy *c, struct detach *d)
{
	struct env *env = c->e.rec.env;

	if (close(env->out))
		return -1;
	env->out = -1;
	if (!c->e.opt->detach)
		return 0;
	msg_note("process %ld holds the snapshot until pgcopy finish",
		(long)getpid());
	return detach_done(d, STATUS_OK);
}

static int
plan_and_hold(const void *options, struct env *env, struct detach *d)
{
	struct copy c;
	int status = copying_open(&c, options, env, "plan");

	if (status == STATUS_OK)
		status = plan_all(&c);
	if (status == STATUS_OK) {
		/* the summary now: who reads us waits for the end of input */
		status = engine_end(&c.e, status);
		c.is_over = true;
		if (status == STATUS_OK && let_go(&c, d) == 0)
			status = hold(&c.e);
	}
	return copying_fini(&c, status);
}

int
planverb_run(const void *options, struct env *env)
{
	const struct pgcopy_options *opt = options;
	struct detach d;
	int status, rc = opt->detach ? detach_begin(&d, &status) : 1;

	if (rc < 0)
		return STATUS_TEMPORARY;
	return rc ? plan_and_hold(options, env, &d) : status;
}
