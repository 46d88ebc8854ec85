#include <stdlib.h>
#include <string.h>

#include "applying.h"
#include "buf.h"
#include "clock.h"
#include "env.h"
#include "jsonw.h"
#include "mem.h"
#include "plan.h"
#include "provider.h"
#include "recorder.h"
#include "rrset.h"
#include "session.h"
#include "standing.h"
#include "status.h"
#include "steps.h"

/* How often a batch is sent again to a zone that moves by itself, and a step
 * whose answer was lost. */
enum { MOST_TRIES = 3 };

int
applying_look(struct applying *a, const char **whose)
{
	int status;

	*whose = NULL;
	rrsets_fini(&a->zone);
	if ((status = session_list(&a->s, &a->zone)) != STATUS_OK)
		return status;
	return standing_of(&a->plan, &a->zone, &a->standing, whose) == 0
		       ? STATUS_OK
		       : STATUS_TEMPORARY;
}

int
applying_drift(struct applying *a, const char *whose)
{
	(void)recorder_tell(&a->s.rec, "error", "dns-drift",
		"plan anew, and look at what is different",
		"%s has changed since the plan was made: %s%s", a->s.name,
		whose != NULL ? "" : "records that are not the plan's",
		whose != NULL ? whose : "");
	return STATUS_NO;
}

/* Before anything is sent it is in the journal. 0 or -1. */
static int
put_intent(struct applying *a)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "zone.changing");
	jsonw_str(&w, "plan", a->plan.id);
	jsonw_str(&w, "zone", a->s.name);
	jsonw_str(&w, "phase", plan_phase_name(a->plan.phase));
	jsonw_uint(&w, "rrsets", a->n);
	jsonw_time(&w, "at", session_now(&a->s));
	return recorder_put(&a->s.rec, &w, &b, true);
}

/* One step of several is in the journal before it is made. 0 or -1. */
static int
put_step(struct applying *a, const struct provider_change *c)
{
	const struct rrset *s = c->after != NULL ? c->after : c->before;
	const struct plan_change one = {s->name, s->type, c->before, c->after};

	return plan_put_change(
		&a->plan, "rrset.changing", &one, &a->s.rec, true);
}

/* The zone cannot be read after something was sent. */
static int
tell_unknown(struct applying *a, int status)
{
	(void)recorder_tell(&a->s.rec, "error", "dns-unknown",
		"apply the same plan again: it looks first",
		"whether the provider has made the change is not known");
	return status;
}

/* After the change: is it there, and is nothing else? An exit status. */
static int
check_effect(struct applying *a)
{
	const struct rrset *foreign;
	const char *whose;
	int status = applying_look(a, &whose);

	if (status != STATUS_OK)
		return tell_unknown(a, status);
	foreign = standing_foreign(&a->plan, &a->before, &a->zone);
	if (foreign != NULL) {
		(void)recorder_tell(&a->s.rec, "error", "dns-drift",
			"compare the zone with the snapshot",
			"records of %s have changed while the plan was "
			"applied, which it does not touch",
			foreign->name);
		return STATUS_NO;
	}
	if (a->standing == STANDING_AFTER)
		return STATUS_OK;
	if (a->standing == STANDING_MOVED)
		return applying_drift(a, whose);
	(void)recorder_tell(&a->s.rec, "error", "dns-partial",
		a->standing == STANDING_BEFORE
			? "apply the plan again"
			: "apply the plan again, or undo it with rollback",
		a->standing == STANDING_BEFORE
			? "the provider has taken the change and not made it"
			: "the provider has made a part of the change only");
	return a->standing == STANDING_BEFORE ? STATUS_TEMPORARY : STATUS_NO;
}

/* What a change that was not made means, unless it was after all: its answer
 * was lost and the provider does not do it twice, or another run has made it.
 * An exit status. */
static int
explain(struct applying *a, enum provider_result rc)
{
	const char *whose;
	int status = applying_look(a, &whose);

	if (status != STATUS_OK)
		return status;
	if (a->standing == STANDING_AFTER || a->standing == STANDING_PARTLY)
		return check_effect(a);
	if (rc != PROVIDER_MOVED)
		return provider_status(rc);
	if (a->standing == STANDING_MOVED)
		return applying_drift(a, whose);
	(void)recorder_tell(&a->s.rec, "error", "dns-restless",
		"apply the plan again",
		"%s changes all the time: what was just read is not there any "
		"more when the change arrives",
		a->s.name);
	return STATUS_TEMPORARY;
}

/* All at once. An exit status. */
static int
make_batch(struct applying *a)
{
	struct provider_change *list = mem_zalloc(a->n + 1, sizeof(*list));
	enum provider_result rc = PROVIDER_MOVED;
	unsigned tries;
	int status = STATUS_OK;

	if (list == NULL)
		return STATUS_TEMPORARY;
	/* a server that signs the zone moves its serial by itself; one that
	 * never ceases to must not keep us from changing what is as before, so
	 * the last time the sets alone are the condition */
	for (tries = 0; rc == PROVIDER_MOVED && tries <= MOST_TRIES; tries++) {
		const char *whose;
		size_t n;

		if (tries > 0 &&
			((status = applying_look(a, &whose)) != STATUS_OK ||
				a->standing != STANDING_BEFORE))
			break;
		n = steps_collect(a->change, a->n, &a->zone, list);
		rc = a->s.provider->apply(a->s.state,
			tries < MOST_TRIES ? &a->zone : NULL, list, n);
	}
	free(list);
	if (status != STATUS_OK)
		return status;
	return rc == PROVIDER_OK || rc == PROVIDER_UNKNOWN ? check_effect(a)
							   : explain(a, rc);
}

/* The set of the plan that a step is for: it stays while the zone is read
 * anew. */
static const struct rrset *
planned_set(const struct applying *a, const struct provider_change *c)
{
	const struct rrset *s = c->after != NULL ? c->after : c->before;
	const struct rrset *after =
		rrsets_find(&a->plan.after, s->name, s->type);

	return after != NULL ? after
			     : rrsets_find(&a->plan.before, s->name, s->type);
}

/* Whether a set of the plan is as it shall be. */
static bool
is_made(const struct applying *a, const struct rrset *set)
{
	return is_rrset_equal(rrsets_find(&a->zone, set->name, set->type),
		rrsets_find(&a->plan.after, set->name, set->type), true);
}

/* Sends what is to be changed one set after the other, each in the journal
 * before, and looks after each. What others do to the zone meanwhile ends it.
 * An exit status. */
static int
make_steps(struct applying *a)
{
	struct provider_change *list = mem_zalloc(a->n + 1, sizeof(*list));
	const struct rrset *set, *last = NULL; /* the plan's, which stay */
	enum provider_result rc = PROVIDER_OK;
	const char *whose;
	int status = STATUS_OK;
	size_t turns = 0;

	if (list == NULL)
		return STATUS_TEMPORARY;
	while (turns++ < 2 * a->n + MOST_TRIES &&
		steps_collect(a->change, a->n, &a->zone, list) > 0) {
		set = planned_set(a, &list[0]);
		if (set == last)
			clock_sleep(a->s.env->clock, 1);
		/* one that was made may take a moment to show */
		if (set != last || rc != PROVIDER_OK) {
			last = set;
			if (put_step(a, &list[0]) == -1) {
				status = STATUS_TEMPORARY;
				break;
			}
			rc = a->s.provider->apply(
				a->s.state, &a->zone, &list[0], 1);
		}
		if ((status = applying_look(a, &whose)) != STATUS_OK) {
			status = tell_unknown(a, status);
			break;
		}
		/* refused, but there: another run was quicker */
		if (rc != PROVIDER_OK && rc != PROVIDER_UNKNOWN &&
			!is_made(a, set)) {
			free(list);
			return explain(a, rc);
		}
		if (a->standing == STANDING_MOVED) {
			status = applying_drift(a, whose);
			break;
		}
	}
	free(list);
	return status == STATUS_OK ? check_effect(a) : status;
}

/* Where the provider does not compare, we do, as late as can be. */
static int
look_again(struct applying *a)
{
	enum standing before = a->standing;
	const char *whose;
	int status;

	if (a->s.provider->atomicity == PROVIDER_COMPARED)
		return STATUS_OK;
	status = applying_look(a, &whose);
	if (status == STATUS_OK && a->standing != before &&
		a->standing != STANDING_AFTER)
		status = applying_drift(a, whose);
	return status;
}

int
applying_change(struct applying *a)
{
	int status;

	if (put_intent(a) == -1)
		return STATUS_TEMPORARY;
	if ((status = look_again(a)) != STATUS_OK)
		return status;
	/* another run of the same plan was quicker */
	if (a->standing == STANDING_AFTER)
		return check_effect(a);
	return a->s.provider->atomicity == PROVIDER_STEPS ? make_steps(a)
							  : make_batch(a);
}
