#include <stdlib.h>
#include <string.h>

#include "applying.h"
#include "arrival.h"
#include "buf.h"
#include "chain.h"
#include "clock.h"
#include "dnscut.h"
#include "env.h"
#include "gate.h"
#include "journal.h"
#include "jsonw.h"
#include "msg.h"
#include "num.h"
#include "plan.h"
#include "provider.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"
#include "standing.h"
#include "status.h"

/* How long servers may take to show a change, if nobody says. */
enum { ARRIVAL_SECONDS = 120 };

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

/* Whether signatures hold (DNSSEC): nobody who validates would see the change,
 * Fly.io's authority included. The way back is open all the same. */
static int
check_chain(struct applying *a)
{
	if (a->plan.phase != PLAN_ROLLBACK)
		return chain_check(&a->s, "error");
	(void)chain_check(&a->s, "warning");
	return STATUS_OK;
}

/* A record for each set. 0 or -1. */
static int
put_sets(struct applying *a)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < a->n && rc == 0; i++) {
		rc = plan_put_change(&a->plan, "rrset.changed", &a->change[i],
			&a->s.rec, false);
		a->s.rec.done++;
	}
	return rc;
}

/* The same for people: what is done, and what has to wait until when. */
static void
say_done(const struct applying *a, double gone)
{
	static const char *const words[] = {
		[PLAN_TTL] = "TTLs are set; apply the move, planned with "
			     "--prepared and this output, after",
		[PLAN_MOVE] = "the names are moved; the old platform must keep "
			      "them until",
		[PLAN_ROLLBACK] = "it is as before; caches may still have the "
				  "other addresses until"};
	double wait = gone - session_now(&a->s);
	struct buf when = BUF_INIT, left = BUF_INIT;

	(void)clock_put_rfc3339(&when, gone);
	(void)num_put_duration(&left, wait > 0 ? wait : 0);
	msg_note("%s: %s %s (another %s)", a->s.name, words[a->plan.phase],
		buf_str(&when), buf_str(&left));
	buf_fini(&when);
	buf_fini(&left);
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
	if (a->s.unproven.n > 0)
		namelist_put(&w, "unproven", &a->s.unproven);
	jsonw_time(&w, "at", now);
	jsonw_time(&w,
		a->plan.phase == PLAN_MOVE ? "safe_to_detach_at" : "safe_after",
		gone);
	say_done(a, gone);
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
	int status = applying_look(a, &whose);
	size_t i;

	if (status != STATUS_OK)
		return status;
	/* half of it is a state of its own only where steps can be seen */
	if (a->standing == STANDING_MOVED ||
		(a->standing == STANDING_PARTLY &&
			a->s.provider->atomicity != PROVIDER_STEPS))
		return applying_drift(a, whose);
	for (i = 0; i < a->zone.n; i++)
		if (rrsets_add_set(&a->before, &a->zone.item[i]) == -1)
			return STATUS_TEMPORARY;
	was_done = a->standing == STANDING_AFTER;
	if ((status = check_delegation(a)) != STATUS_OK ||
		(status = check_chain(a)) != STATUS_OK)
		return status;
	if (!was_done &&
		(status = session_can_change(&a->s, &a->plan)) != STATUS_OK)
		return status;
	if (!was_done && (status = gate_pass(&a->s, &a->plan)) != STATUS_OK)
		return status;
	if (a->s.opt->dry_run) {
		msg_note("%s: %s", a->s.name,
			was_done ? "the plan is in effect already"
				 : "nothing stands in the way of the plan; "
				   "nothing was changed");
		return STATUS_OK;
	}
	if (!was_done && (status = applying_change(a)) != STATUS_OK)
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
