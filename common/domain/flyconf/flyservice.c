/* The rules about services, their ports and checks. */
#include "flyrule.h"

#include "flyconf.h"

struct view {
	const char *path;
	struct fly_int internal_port, min_machines;
	enum fly_autostop auto_stop;
	enum fly_bool auto_start;
	const struct fly_strs *processes;
	const struct fly_concurrency *concurrency;
};

static void
check_concurrency(struct flyrule *r, const struct view *v)
{
	const struct fly_concurrency *c = v->concurrency;

	if (c->type != NULL && strcmp(c->type, "connections") != 0 &&
		strcmp(c->type, "requests") != 0)
		flyrule_error(r, "concurrency-type", v->path,
			"%s: concurrency.type \"%s\" is neither connections "
			"nor requests",
			v->path, c->type);
	if ((c->soft_limit.is_set && c->soft_limit.v < 1) ||
		(c->hard_limit.is_set && c->hard_limit.v < 1))
		flyrule_error(r, "concurrency-limit", v->path,
			"%s: concurrency limits begin at 1", v->path);
	if (c->soft_limit.is_set && c->hard_limit.is_set &&
		c->hard_limit.v < c->soft_limit.v)
		flyrule_error(r, "concurrency-limit", v->path,
			"%s: hard_limit is below soft_limit", v->path);
}

static void
check_stopping(struct flyrule *r, const struct view *v)
{
	bool stops = v->auto_stop == FLY_AUTOSTOP_STOP ||
		     v->auto_stop == FLY_AUTOSTOP_SUSPEND;

	if (stops && v->auto_start == FLY_FALSE)
		flyrule_warn(r, "autostop-without-autostart", v->path,
			"%s: Machines are stopped but never started again",
			v->path);
	if (!stops && v->min_machines.is_set && v->min_machines.v > 0)
		flyrule_warn(r, "min-machines-ignored", v->path,
			"%s: min_machines_running has no effect without "
			"auto_stop_machines",
			v->path);
	if (v->min_machines.is_set && v->min_machines.v < 0)
		flyrule_error(r, "min-machines", v->path,
			"%s: min_machines_running is negative", v->path);
	if (v->auto_stop == FLY_AUTOSTOP_SUSPEND &&
		r->conf->swap_size_mb.is_set)
		flyrule_error(r, "suspend-swap", v->path,
			"%s: suspend does not work with swap_size_mb", v->path);
}

static void
check_service(struct flyrule *r, const struct view *v)
{
	if (!v->internal_port.is_set)
		flyrule_error(r, "internal-port-missing", v->path,
			"%s has no internal_port", v->path);
	else if (v->internal_port.v < 1 || v->internal_port.v > 65535)
		flyrule_error(r, "internal-port", v->path,
			"%s: internal_port must be 1 to 65535", v->path);
	if (r->conf->processes.n > 0 && v->processes->n == 0)
		flyrule_error(r, "service-without-processes", v->path,
			"%s must name its process groups, as there is a "
			"[processes]",
			v->path);
	flyrule_groups(r, v->path, v->processes);
	check_concurrency(r, v);
	check_stopping(r, v);
}

static void
check_interval(struct flyrule *r, const char *path, const char *s)
{
	double seconds;

	if (is_flyrule_duration(r, path, s, &seconds) &&
		(seconds < 1 || seconds > 60))
		flyrule_warn(r, "check-interval", path,
			"%s: \"%s\" is moved into 1s to 1m", path, s);
}

static void
check_service_checks(
	struct flyrule *r, const char *path, const struct fly_tables *t)
{
	const struct fly_check *c = t->item;
	double seconds;

	for (size_t i = 0; i < t->n; i++) {
		check_interval(r, path, c[i].interval);
		check_interval(r, path, c[i].timeout);
		if (is_flyrule_duration(r, path, c[i].grace_period, &seconds) &&
			((seconds > 0 && seconds < 1) || seconds > 60))
			flyrule_warn(r, "check-interval", path,
				"%s: grace_period \"%s\" is moved into 1s to "
				"1m",
				path, c[i].grace_period);
	}
}

static bool
is_group_served(const struct flyrule *r, const struct fly_strs *groups)
{
	const struct fly_http_service *h = &r->conf->http_service;

	return h->internal_port.is_set &&
	       is_flyrule_shared(&h->processes, groups);
}

static void
check_top_checks(struct flyrule *r)
{
	const struct fly_check *c = r->conf->checks.item;
	double s;

	for (size_t i = 0; i < r->conf->checks.n; i++, c++) {
		if (c->type == NULL || (strcmp(c->type, "http") != 0 &&
					       strcmp(c->type, "tcp") != 0))
			flyrule_error(r, "check-type", "checks",
				"checks.%s: type must be http or tcp", c->name);
		if (is_flyrule_duration(r, "checks", c->interval, &s) && s < 2)
			flyrule_error(r, "check-interval", "checks",
				"checks.%s: interval is below 2s", c->name);
		if (is_flyrule_duration(r, "checks", c->timeout, &s) && s > 60)
			flyrule_error(r, "check-timeout", "checks",
				"checks.%s: timeout is above 60s", c->name);
		is_flyrule_duration(r, "checks", c->grace_period, &s);
		if (!c->port.is_set && !is_group_served(r, &c->processes))
			flyrule_error(r, "check-without-port", "checks",
				"checks.%s has no port and its group no "
				"http_service to take it from",
				c->name);
		flyrule_groups(r, "checks", &c->processes);
	}
}

/* Whether some service already has this external port. */
static bool
is_port_taken(const struct flyrule *r, const struct fly_service *end,
	const char *protocol, int64_t port)
{
	const struct fly_service *s = r->conf->services.item;

	if (r->conf->http_service.internal_port.is_set &&
		strcmp(protocol, "tcp") == 0 && (port == 80 || port == 443))
		return true;
	for (; s < end; s++) {
		const struct fly_port *p = s->ports.item;
		if (strcmp(s->protocol ? s->protocol : "tcp", protocol) != 0)
			continue;
		for (size_t i = 0; i < s->ports.n; i++)
			if (p[i].port.is_set && p[i].port.v == port)
				return true;
	}
	return false;
}

static void
check_ports(struct flyrule *r, const struct fly_service *s)
{
	const struct fly_port *p = s->ports.item;

	if (s->ports.n == 0)
		flyrule_warn(r, "service-without-ports", "services",
			"a service without ports is reached by nobody");
	for (size_t i = 0; i < s->ports.n; i++)
		if (p[i].port.is_set &&
			is_port_taken(r, s, s->protocol ? s->protocol : "tcp",
				p[i].port.v))
			flyrule_error(r, "external-port-clash", "services",
				"external port %lld is served twice",
				(long long)p[i].port.v);
}

void
flyservice_check(struct flyrule *r)
{
	const struct fly_http_service *h = &r->conf->http_service;
	const struct fly_service *s = r->conf->services.item;

	if (h->internal_port.is_set || h->processes.n > 0 ||
		h->auto_stop != FLY_AUTOSTOP_UNSET) {
		struct view v = {"http_service", h->internal_port,
			h->min_machines, h->auto_stop, h->auto_start,
			&h->processes, &h->concurrency};
		check_service(r, &v);
		check_service_checks(r, "http_service.checks", &h->checks);
	}
	for (size_t i = 0; i < r->conf->services.n; i++, s++) {
		struct view v = {"services", s->internal_port, s->min_machines,
			s->auto_stop, s->auto_start, &s->processes,
			&s->concurrency};
		check_service(r, &v);
		check_ports(r, s);
		check_service_checks(r, "services.tcp_checks", &s->tcp_checks);
		check_service_checks(
			r, "services.http_checks", &s->http_checks);
	}
	check_top_checks(r);
}
