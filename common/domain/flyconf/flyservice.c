/* The rules about services: their groups, limits, starts and stops. */
#include <stdlib.h>

#include "flyconf.h"
#include "flyfield.h"
#include "flyrule.h"

struct view {
	const char *path;
	struct fly_int internal_port, min_machines;
	enum fly_autostop auto_stop;
	enum fly_bool auto_start;
	const struct fly_strs *processes;
	const struct fly_concurrency *concurrency;
	const struct fly_tables *machine_checks;
};

static void
check_concurrency(struct flyrule *r, const struct view *v)
{
	const struct fly_concurrency *c = v->concurrency;

	if (c->type != NULL && strcmp(c->type, "connections") != 0 &&
		strcmp(c->type, "requests") != 0)
		flyrule_error(r, "concurrency-type",
			flyrule_path(r, "%s.concurrency.type", v->path),
			"%s: concurrency.type \"%s\" is neither connections "
			"nor requests",
			v->path, c->type);
	if ((c->soft_limit.is_set && c->soft_limit.v < 1) ||
		(c->hard_limit.is_set && c->hard_limit.v < 1))
		flyrule_error(r, "concurrency-limit",
			flyrule_path(r, "%s.concurrency", v->path),
			"%s: concurrency limits begin at 1", v->path);
	if (c->soft_limit.is_set && c->hard_limit.is_set &&
		c->hard_limit.v < c->soft_limit.v)
		flyrule_error(r, "concurrency-limit",
			flyrule_path(r, "%s.concurrency.hard_limit", v->path),
			"%s: hard_limit is below soft_limit", v->path);
}

static void
check_stopping(struct flyrule *r, const struct view *v)
{
	bool stops = v->auto_stop == FLY_AUTOSTOP_STOP ||
		     v->auto_stop == FLY_AUTOSTOP_SUSPEND;
	const char *min = flyrule_path(r, "%s.min_machines_running", v->path);

	if (stops && v->auto_start == FLY_FALSE)
		flyrule_warn(r, "autostop-without-autostart",
			flyrule_path(r, "%s.auto_start_machines", v->path),
			"%s: Machines are stopped but never started again",
			v->path);
	if (!stops && v->min_machines.is_set && v->min_machines.v > 0)
		flyrule_warn(r, "min-machines-ignored", min,
			"%s: min_machines_running has no effect without "
			"auto_stop_machines",
			v->path);
	if (v->min_machines.is_set && v->min_machines.v < 0)
		flyrule_error(r, "min-machines", min,
			"%s: min_machines_running is negative", v->path);
	if (v->auto_stop == FLY_AUTOSTOP_SUSPEND &&
		r->conf->swap_size_mb.is_set)
		flyrule_error(r, "suspend-swap",
			flyrule_path(r, "%s.auto_stop_machines", v->path),
			"%s: suspend does not work with swap_size_mb", v->path);
}

/* What a deploy starts for a check needs a command, and its time to stop. */
static void
check_machine_checks(
	struct flyrule *r, const char *path, const struct fly_tables *t)
{
	const struct fly_machine_check *m = t->item;
	double seconds;

	for (size_t i = 0; i < t->n; i++) {
		const char *at = flyrule_path(r, "%s.%zu", path, i);
		if (m[i].command.n == 0)
			flyrule_error(r, "machine-check-command", at,
				"%s has no command: the deploy stops there",
				at);
		is_flyrule_duration(r, flyrule_path(r, "%s.kill_timeout", at),
			m[i].kill_timeout, &seconds);
	}
}

static void
check_service(struct flyrule *r, const struct view *v)
{
	const char *port = flyrule_path(r, "%s.internal_port", v->path);

	if (!v->internal_port.is_set)
		flyrule_error(r, "internal-port-missing", port,
			"%s has no internal_port", v->path);
	else if (v->internal_port.v < 1 || v->internal_port.v > 65535)
		flyrule_error(r, "internal-port", port,
			"%s: internal_port must be 1 to 65535", v->path);
	if (r->conf->processes.n > 0 && v->processes->n == 0)
		flyrule_error(r, "service-without-processes", v->path,
			"%s must name its process groups, as there is a "
			"[processes]",
			v->path);
	flyrule_groups(r, v->path, v->processes);
	check_concurrency(r, v);
	check_stopping(r, v);
	check_machine_checks(r, flyrule_path(r, "%s.machine_checks", v->path),
		v->machine_checks);
}

static void
check_interval(struct flyrule *r, const char *path, const char *s, bool is_zero)
{
	double seconds;

	if (is_flyrule_duration(r, path, s, &seconds) &&
		(seconds < 1 || seconds > 60) &&
		!(is_zero && seconds > -1e-12 && seconds < 1e-12))
		flyrule_warn(r, "check-interval", path,
			"%s: \"%s\" is moved into 1s to 1m", path, s);
}

static void
check_service_checks(
	struct flyrule *r, const char *path, const struct fly_tables *t)
{
	const struct fly_check *c = t->item;

	for (size_t i = 0; i < t->n; i++) {
		check_interval(r, flyrule_path(r, "%s.%zu.interval", path, i),
			c[i].interval, false);
		check_interval(r, flyrule_path(r, "%s.%zu.timeout", path, i),
			c[i].timeout, false);
		check_interval(r,
			flyrule_path(r, "%s.%zu.grace_period", path, i),
			c[i].grace_period, true);
	}
}

static bool
is_http_service(const struct fly_config *c)
{
	return is_flyfield_any_set(
		flyfield_find(flyfield_root(), "http_service")->sub,
		&c->http_service);
}

void
flyservice_check(struct flyrule *r)
{
	const struct fly_http_service *h = &r->conf->http_service;
	const struct fly_service *s = r->conf->services.item;
	char path[48];

	if (is_http_service(r->conf)) {
		struct view v = {"http_service", h->internal_port,
			h->min_machines, h->auto_stop, h->auto_start,
			&h->processes, &h->concurrency, &h->machine_checks};
		check_service(r, &v);
		check_service_checks(r, "http_service.checks", &h->checks);
	}
	for (size_t i = 0; i < r->conf->services.n; i++, s++) {
		struct view v = {path, s->internal_port, s->min_machines,
			s->auto_stop, s->auto_start, &s->processes,
			&s->concurrency, &s->machine_checks};
		snprintf(path, sizeof(path), "services.%zu.tcp_checks", i);
		check_service_checks(r, path, &s->tcp_checks);
		snprintf(path, sizeof(path), "services.%zu.http_checks", i);
		check_service_checks(r, path, &s->http_checks);
		snprintf(path, sizeof(path), "services.%zu", i);
		check_service(r, &v);
	}
	check_machine_checks(r, "machine_checks", &r->conf->machine_checks);
}
