#include <stdlib.h>
#include <string.h>

#include "arrival.h"
#include "buf.h"
#include "dnscut.h"
#include "env.h"
#include "gate.h"
#include "journal.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "plan.h"
#include "provider.h"
#include "rrjson.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"
#include "standing.h"
#include "status.h"
#include "steps.h"

/* How long servers may take to show a change, if nobody says. */
enum { ARRIVAL_SECONDS = 120, MOST_TRIES = 3 };

/* A run: the plan, and the zone as it was listed last. */
struct applying {
	struct session s;
	struct plan plan;
	struct journal *journal;
	struct rrsets zone, before; /* the latter: as this run began */
	enum standing standing;
	struct plan_change *change;
	size_t n;
};

/* Lists the zone, and sees how it stands. An exit status. */
static int
look_at_zone(struct applying *a, const char **whose)
{
	int status;

	rrsets_fini(&a->zone);
	if ((status = session_list(&a->s, &a->zone)) != STATUS_OK)
		return status;
	return standing_of(&a->plan, &a->zone, &a->standing, whose) == 0
		       ? STATUS_OK
		       : STATUS_TEMPORARY;
}

static int
tell_drift(struct applying *a, const char *whose)
{
	(void)recorder_tell(&a->s.rec, "error", "dns-drift",
		"plan anew, and look at what is different",
		"%s has changed since the plan was made: %s%s", a->s.name,
		whose != NULL ? "" : "records that are not the plan's",
		whose != NULL ? whose : "");
	return STATUS_NO;
}

/* Whether the zone is where this provider would have it. An exit status. */
static int
check_delegation(struct applying *a)
{
	struct session *s = &a->s;
	struct rrsets servers;
	const struct rrset *ns;
	enum provider_result rc =
		s->provider->servers(s->state, &a->zone, &servers);
	int status = STATUS_OK;
	bool all = true;

	if (rc != PROVIDER_OK)
		return provider_status(rc);
	ns = rrsets_find(&servers, s->name, RRTYPE_NS);
	if (!is_session_delegated(s, ns, &all)) {
		(void)recorder_tell(&s->rec, "error", "dns-not-delegated",
			"change the zone at the provider that it is delegated "
			"to",
			"%s is delegated to other servers than those of this "
			"provider: a change here would have no effect",
			s->name);
		status = STATUS_NO;
	} else if (!all) {
		(void)recorder_tell(&s->rec, "warning",
			"dns-delegation-differs",
			"make the NS at the registrar those of the zone",
			"%s is delegated to servers that the zone itself does "
			"not name",
			s->name);
	}
	rrsets_fini(&servers);
	/* between two steps the servers have what is in no plan */
	if (status == STATUS_OK && a->standing != STANDING_PARTLY)
		status = arrival_is_served(s, &a->plan);
	return status;
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
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "rrset.changing");
	jsonw_str(&w, "plan", a->plan.id);
	rrjson_put_key(&w, s->name, s->type);
	rrjson_put(&w, "before", c->before);
	rrjson_put(&w, "after", c->after);
	return recorder_put(&a->s.rec, &w, &b, true);
}

/* Sends what is to be changed. A driver that knows single steps only gets
 * them one by one, each in the journal before. */
static enum provider_result
send_changes(struct applying *a)
{
	const struct provider *p = a->s.provider;
	struct provider_change *list = mem_zalloc(a->n + 1, sizeof(*list));
	enum provider_result rc = PROVIDER_OK;
	size_t n, i;

	if (list == NULL)
		return PROVIDER_AWAY;
	n = steps_collect(a->change, a->n, &a->zone, list);
	if (p->atomicity != PROVIDER_STEPS)
		rc = p->apply(a->s.state, &a->zone, list, n);
	for (i = 0;
		p->atomicity == PROVIDER_STEPS && i < n && rc == PROVIDER_OK;
		i++) {
		if (put_step(a, &list[i]) == -1)
			rc = PROVIDER_AWAY;
		else
			rc = p->apply(a->s.state, &a->zone, &list[i], 1);
	}
	free(list);
	return rc;
}

/* After the change: is it there, and is nothing else? An exit status. */
static int
check_effect(struct applying *a)
{
	const struct rrset *foreign;
	const char *whose;
	int status = look_at_zone(a, &whose);

	if (status != STATUS_OK)
		return status;
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
	(void)recorder_tell(&a->s.rec, "error", "dns-partial",
		a->standing == STANDING_BEFORE
			? "apply the plan again"
			: "apply the plan again, or undo it with rollback",
		a->standing == STANDING_BEFORE
			? "the provider has taken the change and not made it"
			: "the provider has made a part of the change only");
	return a->standing == STANDING_BEFORE ? STATUS_TEMPORARY : STATUS_NO;
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
	status = look_at_zone(a, &whose);
	if (status == STATUS_OK && a->standing != before)
		status = tell_drift(a, whose);
	return status;
}

static int
change(struct applying *a)
{
	enum provider_result rc;
	unsigned tries;
	int status;

	if (put_intent(a) == -1)
		return STATUS_TEMPORARY;
	if ((status = look_again(a)) != STATUS_OK)
		return status;
	/* a server that signs the zone moves its serial by itself */
	for (tries = 0; (rc = send_changes(a)) == PROVIDER_MOVED; tries++) {
		const char *whose = NULL;

		status = look_at_zone(a, &whose);
		if (status != STATUS_OK)
			return status;
		if (a->standing != STANDING_BEFORE || tries == MOST_TRIES)
			return tell_drift(a, whose);
	}
	if (rc != PROVIDER_OK && rc != PROVIDER_UNKNOWN) {
		const char *whose;

		/* of several steps some may have been made */
		if (look_at_zone(a, &whose) == STATUS_OK &&
			a->standing == STANDING_PARTLY)
			return check_effect(a);
		return provider_status(rc);
	}
	return check_effect(a);
}

/* A record for each set. 0 or -1. */
static int
put_sets(struct applying *a)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < a->n && rc == 0; i++) {
		const struct plan_change *c = &a->change[i];
		struct buf b = BUF_INIT;
		struct jsonw w;

		jsonw_record(&w, &b, "rrset.changed");
		jsonw_str(&w, "plan", a->plan.id);
		rrjson_put_key(&w, c->name, c->type);
		rrjson_put(&w, "before", c->before);
		rrjson_put(&w, "after", c->after);
		rc = recorder_put(&a->s.rec, &w, &b, false);
		a->s.rec.done++;
	}
	return rc;
}

/* All servers show it: from now on caches forget what was before. 0 or -1. */
static int
put_done(struct applying *a, bool was_done)
{
	const struct rrset *soa = rrsets_find(&a->zone, a->s.name, RRTYPE_SOA);
	double now = session_now(&a->s),
	       gone = now + (double)plan_longest_ttl(&a->plan);
	char hash[RRSET_HASH_SIZE];
	struct buf b = BUF_INIT;
	struct jsonw w;
	uint32_t serial;

	if (rrsets_hash(&a->zone, false, hash) == -1)
		return -1;
	jsonw_record(&w, &b, "zone.changed");
	jsonw_str(&w, "plan", a->plan.id);
	jsonw_str(&w, "zone", a->s.name);
	jsonw_str(&w, "provider", a->s.provider->name);
	jsonw_str(&w, "phase", plan_phase_name(a->plan.phase));
	if (a->plan.has_serial)
		jsonw_uint(&w, "serial_before", a->plan.serial);
	if (rrset_soa_number(soa, 0, &serial) == 0)
		jsonw_uint(&w, "serial", serial);
	jsonw_str(&w, "sha256", hash);
	jsonw_bool(&w, "already", was_done);
	jsonw_time(&w, "at", now);
	jsonw_time(&w,
		a->plan.phase == PLAN_MOVE ? "safe_to_detach_at" : "safe_after",
		gone);
	return recorder_put(&a->s.rec, &w, &b, true);
}

static int
open_journal(struct applying *a)
{
	const char *path = a->s.opt->journal;

	if (path == NULL)
		return STATUS_OK;
	a->journal = journal_open(
		path, "dnscut", a->s.name, a->s.provider->name, NULL, NULL);
	a->s.rec.journal = a->journal;
	return a->journal != NULL ? STATUS_OK : STATUS_MISUSE;
}

static int
run(struct applying *a)
{
	const char *whose;
	bool was_done;
	int status = look_at_zone(a, &whose);
	size_t i;

	if (status != STATUS_OK)
		return status;
	/* half of it is a state of its own only where steps can be seen */
	if (a->standing == STANDING_MOVED ||
		(a->standing == STANDING_PARTLY &&
			a->s.provider->atomicity != PROVIDER_STEPS))
		return tell_drift(a, whose);
	for (i = 0; i < a->zone.n; i++)
		if (rrsets_add_set(&a->before, &a->zone.item[i]) == -1)
			return STATUS_TEMPORARY;
	was_done = a->standing == STANDING_AFTER;
	if ((status = check_delegation(a)) != STATUS_OK)
		return status;
	if (!was_done && (status = gate_pass(&a->s, &a->plan)) != STATUS_OK)
		return status;
	if (a->s.opt->dry_run)
		return STATUS_OK;
	if (!was_done && (status = change(a)) != STATUS_OK)
		return status;
	if (!was_done && put_sets(a) == -1)
		return STATUS_TEMPORARY;
	status = arrival_wait(&a->s, &a->plan,
		a->s.opt->timeout > 0 ? a->s.opt->timeout : ARRIVAL_SECONDS);
	if (status == STATUS_OK && put_done(a, was_done) == -1)
		status = STATUS_TEMPORARY;
	return status;
}

int
apply_run(const void *options, struct env *env)
{
	struct applying a;
	int status;

	memset(&a, 0, sizeof(a));
	status = session_for_plan(&a.s, options, env, "apply", &a.plan);
	if (status == STATUS_OK)
		status = open_journal(&a);
	if (status == STATUS_OK && plan_changes(&a.plan, &a.change, &a.n) == -1)
		status = STATUS_TEMPORARY;
	if (status == STATUS_OK)
		status = run(&a);
	status = session_end(&a.s, status);
	if (journal_close(a.journal) == -1 && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	free(a.change);
	rrsets_fini(&a.zone);
	rrsets_fini(&a.before);
	plan_fini(&a.plan);
	session_close(&a.s);
	return status;
}
