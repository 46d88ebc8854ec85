/* The rules about [checks.NAME]. */
#include <stdlib.h>

#include "flyconf.h"
#include "flygroup.h"
#include "flyrule.h"

/* A group of the check's that no http_service gives a port, or NULL. */
static const char *
group_without_port(const struct flyrule *r, const struct fly_check *k)
{
	const struct fly_http_service *h = &r->conf->http_service;

	for (size_t i = 0; i < flygroup_count(r->conf); i++) {
		const char *group = flygroup_name(r->conf, i);
		if (is_flygroup_in(r->conf, &k->processes, group) &&
			(!h->internal_port.is_set ||
				!is_flygroup_in(r->conf, &h->processes, group)))
			return group;
	}
	return NULL;
}

static void
check_times(struct flyrule *r, const char *at, const struct fly_check *k)
{
	const char *path = flyrule_path(r, "%s.interval", at);
	double s;

	if (is_flyrule_duration(r, path, k->interval, &s) && s < 2)
		flyrule_error(r, "check-interval", path,
			"%s: the interval is below 2s", at);
	path = flyrule_path(r, "%s.timeout", at);
	if (is_flyrule_duration(r, path, k->timeout, &s) && s > 60)
		flyrule_error(r, "check-timeout", path,
			"%s: the timeout is above 60s", at);
	is_flyrule_duration(
		r, flyrule_path(r, "%s.grace_period", at), k->grace_period, &s);
}

void
flytopcheck_check(struct flyrule *r)
{
	const struct fly_check *k = r->conf->checks.item;

	for (size_t i = 0; i < r->conf->checks.n; i++, k++) {
		const char *at = flyrule_path(r, "checks.%s", k->name);
		const char *group;
		if (k->type == NULL || (strcmp(k->type, "http") != 0 &&
					       strcmp(k->type, "tcp") != 0))
			flyrule_error(r, "check-type",
				flyrule_path(r, "%s.type", at),
				"%s: type must be http or tcp", at);
		if (!k->port.is_set &&
			(group = group_without_port(r, k)) != NULL)
			flyrule_error(r, "check-without-port", at,
				"%s has no port and the group \"%s\" no "
				"http_service to take it from",
				at, group);
		if (k->port.is_set && (k->port.v < 1 || k->port.v > 65535))
			flyrule_error(r, "check-port",
				flyrule_path(r, "%s.port", at),
				"%s: port must be 1 to 65535", at);
		check_times(r, at, k);
		flyrule_groups(r, at, &k->processes);
		flyrule_scope(r, at, &k->processes);
	}
}
