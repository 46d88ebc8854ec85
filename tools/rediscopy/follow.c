#include <string.h>

#include "clock.h"
#include "env.h"
#include "follow.h"
#include "functions.h"
#include "keylist.h"
#include "landing.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"
#include "stopsignal.h"
#include "walls.h"

enum { TRIES = 10 };
#define STOP_SECONDS 8.0 /* to drain in: who runs us may kill us after 10 */

double
follow_now(const struct follow *f)
{
	return clock_mono(f->s.c.e.env->clock);
}

/* Events are taken while anything else is done, or the server gives us up. */
static void
on_tick(void *ctx)
{
	struct follow *f = ctx;

	keyevents_pump(&f->events, 0);
	if (f->is_held)
		(void)followtell_lag(f);
	if (!f->is_held || f->is_stopping || !is_stopsignal())
		return;
	msg_note("ending; the next signal ends at once");
	f->is_stopping = true;
	f->is_caught = false;
	f->stop_by = follow_now(f) + STOP_SECONDS;
}

/* A server that is another one, or was started anew, since it was last asked.
 * An exit status. */
static int
look_who(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	bool from = side_moved(&e->from), to = side_moved(&e->to);

	if (!from && !to)
		return STATUS_OK;
	syncing_forget(&f->s);
	f->quiet = 0;
	/* one that comes back without its keys has lost them */
	f->is_known = f->is_known && !from;
	f->watch.has_last = f->watch.has_last && !from;
	return followtell_gap(f, "restarted") == -1 ? STATUS_TEMPORARY
						    : STATUS_OK;
}

/* Both sessions anew. An exit status. */
static int
reconnect(struct follow *f, int tries)
{
	struct ends *e = &f->s.c.e;
	int status;

	clock_sleep(e->env->clock, tries < 10 ? 0.1 * tries : 1);
	status = ends_again(e);
	return status != STATUS_OK ? status : look_who(f);
}

/* Whether the run is over. */
static bool
is_over(struct follow *f)
{
	if (f->is_stopping && f->listens &&
		(f->due != NULL || follow_now(f) > f->stop_by))
		return true;
	if (f->is_stopping && !f->listens)
		return f->passed < 0;
	return f->is_caught &&
	       (f->s.c.e.opt->until_caught_up || f->is_stopping);
}

static int
go_on(struct follow *f)
{
	int status = STATUS_OK, tries = 0;

	while (!is_over(f)) {
		on_tick(f);
		status = followstep_next(f);
		if (status == STATUS_OK)
			status = look_who(f);
		if (status == STATUS_OK) {
			tries = 0;
			if (f->is_stopping && !f->listens)
				f->passed = -1; /* the last pass was made */
			if (followtell_lag(f) == -1)
				return STATUS_TEMPORARY;
			continue;
		}
		if (status != STATUS_TEMPORARY || ++tries > TRIES)
			return status;
		if (f->is_stopping && follow_now(f) > f->stop_by)
			return status;
		status = reconnect(f, tries);
		if (status != STATUS_OK && status != STATUS_TEMPORARY)
			return status;
	}
	return STATUS_OK;
}

/* What the run ends with, when nothing has failed. */
static int
wind_up(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	uint64_t found = 0;
	int status;

	if (f->is_caught) {
		status = functions_run(e, FUNCTIONS_REPLACE, &found);
		e->rec.failed += (int64_t)found;
		return followtell_caught(f) == -1 ? STATUS_TEMPORARY : status;
	}
	f->told = 0;
	(void)followtell_lag(f);
	if (!f->listens)
		return STATUS_OK;
	(void)recorder_tell(&e->rec, "error", "redis-not-caught-up",
		"run follow again with the same journal, or sync",
		"ended before all that had changed was copied");
	return STATUS_NO;
}

/* The first copy, or what an earlier run has left of it. */
static int
copy_all(struct follow *f)
{
	struct copying *c = &f->s.c;
	int64_t failed = c->e.rec.failed;
	int status = landing_check(c);
	size_t i;

	for (i = 0; status == STATUS_OK && i < c->e.dbs.n; i++)
		if (side_select(&c->e.to, c->e.dbs.pair[i].to) == -1)
			status = STATUS_TEMPORARY;
		else if (c->log.n_runs > 0)
			f->due = "resumed";
		else if (side_keys(&c->e.to) > 0)
			f->due = "target-held-keys";
	if (status == STATUS_OK)
		status = copylog_begin(&c->log, &c->e);
	if (status == STATUS_OK)
		status = followdrain_judge(f, copying_run(c), failed);
	if (status == STATUS_OK && c->log.n_runs > 0)
		status = landing_sweep(c);
	if (f->due == NULL)
		f->is_known = true;
	/* what was copied before this run was not asked about walls */
	for (i = 0; status == STATUS_OK && c->log.n_runs > 0 && i < c->e.dbs.n;
		i++)
		status = ends_select(&c->e, i) == -1 ? STATUS_TEMPORARY
						     : walls_probe(c);
	return status;
}

/* Everything before the first change is looked at. */
static int
begin(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	const char *due;
	int status;

	if ((f->work = keylist_new()) == NULL ||
		(f->batch = keylist_new()) == NULL ||
		(f->gone = keylist_new()) == NULL ||
		keyevents_init(&f->events, e) == -1) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	if ((status = followstep_begin(f)) != STATUS_OK)
		return status;
	e->tick = on_tick;
	e->tick_ctx = f;
	f->caught = clock_wall(e->env->clock);
	if ((status = copy_all(f)) != STATUS_OK)
		return status;
	stopsignal_hold();
	f->is_held = true;
	f->s.remembers = !f->listens;
	f->passed = follow_now(f);
	due = f->due;
	f->due = NULL;
	f->due_since = 0;
	return due != NULL && followtell_gap(f, due) == -1 ? STATUS_TEMPORARY
							   : STATUS_OK;
}

int
follow_run(const void *options, struct env *env)
{
	struct follow f;
	struct recorder *rec = &f.s.c.e.rec;
	int status;

	memset(&f, 0, sizeof(f));
	status = syncing_open(&f.s, options, env, "follow", copying_replay);
	if (status == STATUS_OK)
		status = begin(&f);
	if (status == STATUS_OK)
		status = go_on(&f);
	if (status == STATUS_OK)
		status = wind_up(&f);
	if (status == STATUS_OK && f.has_failed)
		status = STATUS_NO;
	rec->done = (int64_t)f.s.c.total.copied;
	rec->bytes = f.s.c.total.bytes;
	status = ends_end(&f.s.c.e, status);
	keyevents_fini(&f.events);
	keylist_free(f.work);
	keylist_free(f.batch);
	keylist_free(f.gone);
	syncing_close(&f.s);
	return status;
}
