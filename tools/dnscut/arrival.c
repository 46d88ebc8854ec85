#include <stdlib.h>
#include <string.h>

#include "arrival.h"
#include "clock.h"
#include "env.h"
#include "look.h"
#include "plan.h"
#include "probe.h"
#include "recorder.h"
#include "session.h"
#include "status.h"

/* What is asked of whom. 0 or -1. */
static int
prepare(const struct session *s, const struct plan *p, struct probe **probe,
	struct look_server **server, struct look_job *job)
{
	*server = NULL;
	memset(job, 0, sizeof(*job));
	if (probe_list(p, probe, &job->n) == -1 ||
		look_authoritative(s, server, &job->m) == -1)
		return -1;
	job->probe = *probe;
	job->server = *server;
	return 0;
}

/* Asks until all is there. Seen of the last round; an exit status. */
static int
wait_all(struct session *s, struct look_job *job, double seconds,
	struct look *seen)
{
	double end = clock_mono(s->env->clock) + seconds, pause = 0.3;

	for (;;) {
		bool last;

		job->is_quiet = 1;
		if (look_run(s, job, seen) == -1)
			return STATUS_TEMPORARY;
		last = seen->state[PROBE_NEW] == seen->total ||
		       clock_mono(s->env->clock) + pause > end;
		look_fini(seen);
		if (last)
			break;
		clock_sleep(s->env->clock, pause);
		if (pause < 5)
			pause *= 1.5;
	}
	job->is_quiet = 0;
	return look_run(s, job, seen) == -1 ? STATUS_TEMPORARY : STATUS_OK;
}

int
arrival_wait(struct session *s, const struct plan *p, double seconds)
{
	struct probe *probe = NULL;
	struct look_server *server = NULL;
	struct look_job job;
	struct look seen = {.total = 0};
	int status = STATUS_TEMPORARY;

	if (prepare(s, p, &probe, &server, &job) == -1)
		goto end;
	if (job.m == 0) {
		(void)recorder_tell(&s->rec, "error", "dns-timeout", NULL,
			"no server of the zone answers");
		goto end;
	}
	status = wait_all(s, &job, seconds, &seen);
	if (status == STATUS_OK && seen.state[PROBE_DNSSEC] > 0)
		(void)recorder_tell(&s->rec, "error", "dns-dnssec",
			"let the zone be signed anew, or look at what signs it",
			"%zu answers of the zone's servers are not signed as "
			"they must be: resolvers that validate refuse them",
			seen.state[PROBE_DNSSEC]);
	if (status == STATUS_OK && seen.state[PROBE_NEW] < seen.total) {
		(void)recorder_tell(&s->rec, "error", "dns-timeout",
			"ask again with dnscut verify; look at the servers' "
			"transfers if it lasts",
			"%zu of %zu answers of the zone's servers are not what "
			"the plan has made",
			seen.total - seen.state[PROBE_NEW], seen.total);
		status = STATUS_TEMPORARY;
	}
	look_fini(&seen);

end:
	free(probe);
	free(server);
	return status;
}

/* Whether all is as before or as after; before it had records of its own a name
 * may have been a wildcard's. */
static bool
is_known(const struct look_job *job, const struct look *seen)
{
	size_t known = seen->state[PROBE_NEW] + seen->state[PROBE_OLD], i;

	for (i = 0; i < job->n; i++)
		if (job->probe[i].before == NULL)
			known += seen->by_probe[i * PROBE_STATES +
						PROBE_WILDCARD];
	return known == seen->total;
}

int
arrival_is_served(struct session *s, const struct plan *p)
{
	struct probe *probe = NULL;
	struct look_server *server = NULL, *all;
	struct look_job job;
	struct look seen;
	size_t m, i;
	bool served = false;
	int status = STATUS_TEMPORARY;

	if (prepare(s, p, &probe, &server, &job) == -1)
		goto end;
	job.is_quiet = 1;
	all = server;
	m = job.m;
	status = job.n == 0 ? STATUS_OK : STATUS_NO;
	for (i = 0; i < m && !served && job.n > 0; i++) {
		job.server = &all[i];
		job.m = 1;
		if (look_run(s, &job, &seen) == -1) {
			status = STATUS_TEMPORARY;
			break;
		}
		served = is_known(&job, &seen);
		look_fini(&seen);
	}
	if (served)
		status = STATUS_OK;
	if (status == STATUS_NO)
		(void)recorder_tell(&s->rec, "error", "dns-not-delegated",
			"find out who answers for the zone: whois, and dig "
			"+trace",
			"no server that %s is delegated to answers as the "
			"provider's zone says: a change there would have no "
			"effect",
			s->name);

end:
	free(probe);
	free(server);
	return status;
}
