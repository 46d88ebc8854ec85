#include <string.h>

#include "arrival.h"
#include "chain.h"
#include "dnscut.h"
#include "env.h"
#include "plan.h"
#include "recorder.h"
#include "session.h"
#include "standing.h"
#include "status.h"

/* What the provider's zone says of the plan. An exit status. */
static int
judge(struct session *s, const struct plan *p, const struct rrsets *zone)
{
	enum standing standing;
	const char *whose;

	if (standing_of(p, zone, &standing, &whose) == -1)
		return STATUS_TEMPORARY;
	if (standing == STANDING_AFTER)
		return STATUS_OK;
	if (standing == STANDING_MOVED && whose == NULL)
		(void)recorder_tell(&s->rec, "error", "dns-drift", NULL,
			"other records of the zone have changed since the plan "
			"was made");
	else
		(void)recorder_tell(&s->rec, "error",
			standing == STANDING_BEFORE   ? "dns-not-applied"
			: standing == STANDING_PARTLY ? "dns-partial"
						      : "dns-drift",
			NULL, "the zone at the provider is not as planned%s%s",
			whose != NULL ? ": " : "", whose != NULL ? whose : "");
	return STATUS_NO;
}

int
verify_run(const void *options, struct env *env)
{
	struct session s;
	struct rrsets zone = {NULL, 0, 0};
	struct plan p;
	int status = session_for_plan(&s, options, env, "verify", &p), seen;

	if (status == STATUS_OK)
		status = session_list(&s, &zone);
	if (status == STATUS_OK)
		status = judge(&s, &p, &zone);
	if (status == STATUS_OK || status == STATUS_NO) {
		seen = chain_check(&s, "error");
		if (arrival_wait(&s, &p, 0) != STATUS_OK || seen != STATUS_OK)
			status = STATUS_NO;
	}
	status = session_end(&s, status);
	plan_fini(&p);
	rrsets_fini(&zone);
	session_close(&s);
	return status;
}
