#include <string.h>

#include "clock.h"
#include "env.h"
#include "follow.h"
#include "keylist.h"
#include "kv.h"
#include "rediscopy.h"
#include "retry.h"
#include "status.h"

#define LOOK_EVERY 1.0    /* seconds between questions about the server */
#define GROUPS_EVERY 10.0 /* ... passes over streams */
#define PASS_EVERY 5.0    /* ... passes, without notifications */
#define FULL_EVERY 900.0  /* ... with them */
#define QUIET_SECONDS 0.3
#define DRAIN_EVERY 0.05 /* a key that changes all the time waits so long */
#define DRAIN_REST 1.0   /* ... and at most so long */

static bool
is_ending(const struct follow *f)
{
	return f->s.c.e.opt->until_caught_up || f->is_stopping;
}

/* Whether to listen. An exit status, after a finding. */
static int
choose_means(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	const char *how = e->opt->notifications;
	bool says = is_side_able(&e->from, SIDE_CONFIG);
	bool must = strcmp(how, "require") == 0;

	f->listens = strcmp(how, "off") != 0 &&
		     (says ? is_keyevents_enough(e->from.server.notify) : must);
	if (f->listens || strcmp(how, "off") == 0)
		return STATUS_OK;
	(void)recorder_tell(&e->rec, must ? "error" : "note",
		"redis-no-notifications", keyevents_fix(e),
		"the source %s: changes are found by comparing all keys",
		says ? "does not notify of every change"
		     : "does not say if it notifies of changes");
	return must ? STATUS_NO : STATUS_OK;
}

/* Passes instead of notifications, unless those are wanted. */
static int
stop_listening(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	bool must = strcmp(e->opt->notifications, "require") == 0;

	(void)recorder_tell(&e->rec, must ? "error" : "warning",
		"redis-no-notifications", keyevents_fix(e),
		"the source does not notify of every change any more");
	if (must)
		return STATUS_NO;
	f->listens = false;
	keyevents_fini(&f->events);
	if (keyevents_init(&f->events, e) == -1)
		return STATUS_TEMPORARY;
	return followtell_gap(f, "notifications-off") == -1 ? STATUS_TEMPORARY
							    : STATUS_OK;
}

/* What no event tells. An exit status. */
static int
look(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	unsigned what;
	int rc = 0;

	f->looked = follow_now(f);
	if (sourcewatch_look(&f->watch, &e->from, f->events.n, &what) == -1)
		return STATUS_TEMPORARY;
	/* an idle session may be given up by its server */
	if (kv_call(e->to.kv, "PING", NULL) == NULL)
		return STATUS_TEMPORARY;
	if ((what & SOURCEWATCH_SILENT) != 0 && f->listens)
		return stop_listening(f);
	f->groups_due = f->groups_due || (what & SOURCEWATCH_GROUPS) != 0;
	f->sketches_due = f->sketches_due || (what & SOURCEWATCH_SKETCHES) != 0;
	if ((what & SOURCEWATCH_EMPTIED) != 0) {
		f->is_known = true;
		rc = followtell_gap(f, "flushed");
	} else if ((what & SOURCEWATCH_SHRUNK) != 0) {
		rc = followtell_gap(f, "shrunk");
	} else if ((what & SOURCEWATCH_OTHER) != 0) {
		rc = followtell_gap(f, "restarted");
	}
	return rc == -1 ? STATUS_TEMPORARY : STATUS_OK;
}

static int
subscribe(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	struct retry r;
	double delay = 0;
	int status = keyevents_open(&f->events);

	if (status == STATUS_OK) {
		f->opens = 0;
		return STATUS_OK;
	}
	if (status == STATUS_NO)
		return stop_listening(f);
	if (status != STATUS_TEMPORARY)
		return status;
	retry_init(&r, 0.2, 10, 0, (uint64_t)(follow_now(f) * 1e6));
	r.tried = f->opens++;
	(void)retry_next(&r, &delay);
	f->next_open = follow_now(f) + delay;
	clock_sleep(e->env->clock, delay < 0.25 ? delay : 0.25);
	return STATUS_OK;
}

/* One pass over all keys, and what it says. */
static int
compare_all(struct follow *f, const char *reason)
{
	struct syncing *s = &f->s;
	uint64_t before = s->c.total.copied;
	int64_t failed = s->c.e.rec.failed;
	int status;

	s->pass++;
	s->reason = reason;
	s->may_empty = f->is_known;
	if (ends_find(&s->c.e) == -1)
		return STATUS_TEMPORARY;
	status = syncing_all(s);
	f->copied += s->c.total.copied - before;
	return followdrain_judge(f, status, failed);
}

static int
full_pass(struct follow *f)
{
	const char *reason = f->due;
	int status;

	/* what changed before is found by it; what changes now comes again */
	f->due = NULL;
	f->groups_due = f->sketches_due = false;
	dirtyset_clear(&f->events.dirty);
	status = compare_all(f, reason);
	if (status != STATUS_OK) {
		f->due = reason;
		return status;
	}
	f->is_known = true;
	f->is_quiet = f->s.found == 0;
	f->due_since = 0;
	f->passed = follow_now(f);
	return STATUS_OK;
}

/* What consumers have read and acknowledged is told by nobody. */
static int
groups_pass(struct follow *f)
{
	struct compare_options *o = &f->s.v.options;
	const char *type = o->type;
	double begun = follow_now(f);
	int status;

	f->groups_due = false;
	if (type != NULL && strcmp(type, "stream") != 0)
		return STATUS_OK;
	if (f->s.c.e.from.server.version < 60000) /* SCAN TYPE */
		return followtell_gap(f, "groups") == -1 ? STATUS_TEMPORARY
							 : STATUS_OK;
	o->type = "stream";
	o->extra = false;
	status = compare_all(f, "groups");
	o->type = type;
	o->extra = true;
	f->next_groups =
		follow_now(f) + GROUPS_EVERY + 10 * (follow_now(f) - begun);
	if (status != STATUS_OK)
		f->groups_due = true;
	return status;
}

/* All that was told has been copied: is there what was not told? */
static int
conclude(struct follow *f)
{
	double mark = f->events.mark;
	bool blind;
	int status = look(f), rc = 0;

	f->events.is_answered = false;
	if (status != STATUS_OK || f->due != NULL || !f->listens)
		return status;
	if (f->groups_due && (is_ending(f) || follow_now(f) >= f->next_groups))
		return groups_pass(f);
	blind = !f->watch.last.has_calls && !f->is_quiet;
	if (f->s.c.e.opt->until_caught_up && (blind || f->sketches_due))
		rc = followtell_gap(f, "unseen");
	else if (!f->groups_due) {
		f->caught = mark;
		f->is_caught = true;
	}
	return rc == -1 ? STATUS_TEMPORARY : STATUS_OK;
}

static int
drain(struct follow *f)
{
	double begun = follow_now(f), took;
	int status;

	f->is_caught = f->is_quiet = false;
	status = followdrain_run(f);
	took = follow_now(f) - begun;
	f->next_drain = follow_now(f) + (took < DRAIN_EVERY ? DRAIN_EVERY
						: took > DRAIN_REST ? DRAIN_REST
								    : took);
	return status;
}

/* Something between two waits, with notifications. An exit status. */
static int
step_events(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	double every = e->opt->full_every < 0 ? FULL_EVERY : e->opt->full_every;
	bool is_dirty = dirtyset_count(&f->events.dirty) > 0;
	int rc = 0;

	if (f->events.is_missing) {
		f->events.is_missing = false;
		rc = followtell_gap(f, "notifications-lost");
	} else if (f->events.dirty.is_over) {
		rc = followtell_gap(f, "too-many");
	} else if (every > 0 && follow_now(f) - f->passed > every &&
		   !is_ending(f)) {
		rc = followtell_gap(f, "scheduled");
	}
	if (rc == -1)
		return STATUS_TEMPORARY;
	if (f->events.kv == NULL && follow_now(f) >= f->next_open)
		return subscribe(f);
	if (follow_now(f) - f->looked >= LOOK_EVERY)
		return look(f);
	if (f->due != NULL && f->events.kv != NULL && !f->is_stopping)
		return full_pass(f);
	if (is_dirty && follow_now(f) >= f->next_drain)
		return drain(f);
	if (f->groups_due && follow_now(f) >= f->next_groups)
		return groups_pass(f);
	if (!is_dirty && f->due == NULL && f->events.is_answered)
		return conclude(f);
	/* told at once if we wait for it, else now and then */
	if (!is_dirty && (is_ending(f) || follow_now(f) - f->events.spoken >=
						  LOOK_EVERY))
		keyevents_mark(&f->events);
	if (f->events.kv == NULL)
		clock_sleep(e->env->clock, 0.1);
	keyevents_pump(&f->events, is_dirty ? 0.02 : 0.1);
	return STATUS_OK;
}

/* The same without. */
static int
step_pass(struct follow *f)
{
	struct ends *e = &f->s.c.e;
	double every = e->opt->full_every < 0 ? PASS_EVERY : e->opt->full_every;
	double begun = follow_now(f), took;
	int status;

	if (begun < f->next_pass && !f->is_stopping) {
		clock_sleep(e->env->clock, 0.1);
		return begun - f->looked < PASS_EVERY ? STATUS_OK : look(f);
	}
	if ((status = look(f)) != STATUS_OK ||
		(status = compare_all(f, f->due)) != STATUS_OK)
		return status;
	f->due = NULL;
	f->due_since = 0;
	f->is_known = true;
	took = follow_now(f) - begun;
	f->quiet = f->s.found == 0 ? f->quiet + 1 : 0;
	if (f->quiet == 1)
		f->quiet_at = clock_wall(e->env->clock);
	if (f->quiet > 1) {
		f->caught = f->quiet_at;
		f->is_caught = true;
		f->quiet = 1;
		f->quiet_at = clock_wall(e->env->clock);
	}
	f->next_pass = follow_now(f) + (is_ending(f)          ? QUIET_SECONDS
					       : took > every ? took
							      : every);
	return STATUS_OK;
}

int
followstep_begin(struct follow *f)
{
	int status = choose_means(f);

	if (status == STATUS_OK && f->listens &&
		(status = keyevents_open(&f->events)) == STATUS_NO)
		status = stop_listening(f);
	f->events.is_missing = false;
	f->due = NULL; /* nothing has been copied yet */
	if (status == STATUS_OK)
		status = look(f);
	if (status == STATUS_OK && followtell_begun(f) == -1)
		status = STATUS_TEMPORARY;
	return status;
}

int
followstep_next(struct follow *f)
{
	return f->listens ? step_events(f) : step_pass(f);
}
