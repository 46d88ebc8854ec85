#include <stdlib.h>
#include <string.h>

#include "dnscut.h"
#include "env.h"
#include "plan.h"
#include "planshow.h"
#include "provider.h"
#include "recorder.h"
#include "rrset.h"
#include "rrtype.h"
#include "session.h"
#include "standing.h"
#include "status.h"

/* Turns the plan round: from what the zone has now to what was before. 0 or
 * -1. */
static int
turn_round(struct session *s, const struct rrsets *zone, struct plan *p)
{
	const struct rrset *soa = rrsets_find(zone, s->name, RRTYPE_SOA), *now;
	struct rrsets present = {NULL, 0, 0};
	struct plan_change *c = NULL;
	size_t n = 0, i;
	int rc = plan_changes(p, &c, &n);

	for (i = 0; rc == 0 && i < n; i++) {
		now = rrsets_find(zone, c[i].name, c[i].type);
		if (now != NULL)
			rc = rrsets_add_set(&present, now);
	}
	free(c);
	if (rc == -1) {
		rrsets_fini(&present);
		return -1;
	}
	rrsets_fini(&p->after);
	p->after = p->before;
	p->before = present;
	p->phase = PLAN_ROLLBACK;
	p->at = session_now(s);
	p->safe_after = 0;
	p->wildcard_ttl = 0;
	p->has_serial = rrset_soa_number(soa, 0, &p->serial) == 0;
	return rrsets_hash(zone, false, p->sha256) == -1 ? -1 : plan_seal(p);
}

/* The first name that is not as the plan has made it, or NULL. 0 or -1. */
static int
find_edited(const struct plan *p, const struct rrsets *zone, const char **whose)
{
	struct plan_change *c;
	size_t n, i;

	*whose = NULL;
	if (plan_changes(p, &c, &n) == -1)
		return -1;
	for (i = 0; i < n && *whose == NULL; i++)
		if (!is_rrset_equal(c[i].after,
			    rrsets_find(zone, c[i].name, c[i].type), true))
			*whose = c[i].name;
	free(c);
	return 0;
}

/* Whether the plan is in effect: what else has changed since is not touched.
 * An exit status. */
static int
check(struct session *s, const struct rrsets *zone, const struct plan *p)
{
	enum standing standing;
	const char *whose;

	if (standing_of(p, zone, &standing, &whose) == -1 ||
		find_edited(p, zone, &whose) == -1)
		return STATUS_TEMPORARY;
	if (whose == NULL)
		return STATUS_OK;
	/* stopped between its steps, it can be undone as well */
	if (standing == STANDING_PARTLY &&
		s->provider->atomicity == PROVIDER_STEPS)
		return STATUS_OK;
	if (standing == STANDING_BEFORE)
		(void)recorder_tell(&s->rec, "error", "dns-not-applied", NULL,
			"the plan is not in effect: there is nothing to undo");
	else
		(void)recorder_tell(&s->rec, "error", "dns-drift",
			"look at what it says now, and plan anew",
			"%s is not as the plan made it: somebody else has "
			"changed it since, or the plan was applied in part",
			whose);
	return STATUS_NO;
}

int
rollback_run(const void *options, struct env *env)
{
	struct session s;
	struct rrsets zone = {NULL, 0, 0};
	struct plan p;
	int status = session_for_plan(&s, options, env, "rollback", &p);

	if (status == STATUS_OK)
		status = session_list(&s, &zone);
	if (status == STATUS_OK)
		status = check(&s, &zone, &p);
	if (status == STATUS_OK &&
		(turn_round(&s, &zone, &p) == -1 || plan_put(&p, &s.rec) == -1))
		status = STATUS_TEMPORARY;
	if (status == STATUS_OK)
		planshow(&p);
	s.rec.done = (int64_t)p.after.n;
	status = session_end(&s, status);
	plan_fini(&p);
	rrsets_fini(&zone);
	session_close(&s);
	return status;
}
