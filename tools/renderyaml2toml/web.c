#include "web.h"

#include <stdio.h>

#include "job.h"
#include "say.h"
#include "str.h"
#include "take.h"
#include "tree.h"
#include "vars.h"

/* The process groups that have a section of their own. */
static void
push_group(struct fly_config *c, struct fly_strs *list)
{
	if (c->processes.n > 0)
		flyconf_push(c, list, c->processes.item[0].key);
}

static void
put_path_check(struct fly_config *c, const char *path)
{
	struct fly_check *k =
		flyconf_table(c, &c->http_service.checks, sizeof(*k));

	if (k == NULL)
		return;
	flyconf_set(c, &k->method, "GET");
	flyconf_set(c, &k->path, path);
	flyconf_set(c, &k->grace_period, "60s");
	flyconf_set(c, &k->interval, "15s");
	flyconf_set(c, &k->timeout, "5s");
}

static void
put_port_check(struct fly_config *c, int port)
{
	struct fly_check *k = flyconf_table(c, &c->checks, sizeof(*k));

	if (k == NULL)
		return;
	flyconf_set(c, &k->name, "port");
	flyconf_set(c, &k->type, "tcp");
	k->port = flyconf_int(port);
	flyconf_set(c, &k->grace_period, "60s");
	flyconf_set(c, &k->interval, "15s");
	flyconf_set(c, &k->timeout, "5s");
	push_group(c, &k->processes);
}

static void
put_check(struct job *job, struct app *a)
{
	struct tree *at = take(a->t, "healthCheckPath");
	const char *path = take_text(at);

	if (path != NULL && *path != '\0' && a->type != APP_WEB) {
		say_value(job, at, "warning", "health-check",
			"Render reads it for web services only; it is left "
			"out");
		path = NULL;
	}
	if (path != NULL && *path == '/') {
		put_path_check(&a->conf, path);
		flyconf_note(&a->conf, "http_service.checks.0",
			"As on Render: 5 seconds for an answer of 2xx or 3xx.");
		return;
	}
	if (path != NULL && *path != '\0')
		say_value(job, at, "warning", "health-check",
			"must begin with /; only the port is checked");
	if (a->type == APP_WEB)
		say(job, a->t, "note", "health-check",
			"healthCheckPath, or an [[http_service.checks]]",
			"there is no healthCheckPath, so the check only sees "
			"whether the port is open");
	if (a->port != 0 && (a->type != APP_PRIVATE || a->is_port_known))
		put_port_check(&a->conf, a->port);
}

static void
put_service(struct job *job, struct app *a)
{
	struct fly_config *c = &a->conf;
	struct fly_http_service *h = &c->http_service;

	h->internal_port = flyconf_int(a->port);
	h->force_https = FLY_TRUE;
	h->auto_stop = a->sleeps ? FLY_AUTOSTOP_STOP : FLY_AUTOSTOP_OFF;
	h->auto_start = FLY_TRUE;
	if (a->sleeps)
		h->min_machines = flyconf_int(0);
	flyconf_note(c, "http_service.auto_stop_machines", "%s",
		a->type == APP_STATIC ? "A server of files starts in a moment."
		: a->sleeps ? "A free instance sleeps when nobody asks for "
			      "it, and so does this Machine."
			    : "A paid instance never sleeps.");
	push_group(c, &h->processes);
	flyconf_set(c, &h->concurrency.type, "requests");
	h->concurrency.soft_limit = flyconf_int(200);
	h->concurrency.hard_limit = flyconf_int(250);
	(void)job;
}

static void
put_port_env(struct app *a)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", a->port);
	flyconf_pair(&a->conf, &a->conf.env, "PORT", text);
}

static void
say_private(struct job *job, struct app *a)
{
	flyconf_note(&a->conf, "app",
		"A private service: no [http_service], so that nothing is "
		"reached from outside. Other apps reach it as %s.internal%s.",
		a->app, a->port != 0 ? ", on the port it listens on" : "");
	say(job, a->t, "warning", "private-address",
		"listen on :: (fly-local-6pn), not on 127.0.0.1 or 0.0.0.0 "
		"alone",
		"the private network is IPv6: others reach it as %s.internal "
		"only if it listens there",
		a->app);
}

void
web_build(struct job *job, struct app *a)
{
	if (a->type == APP_STATIC)
		a->port = 8080;
	if (a->type == APP_WEB || a->type == APP_STATIC)
		put_service(job, a);
	if (a->type == APP_PRIVATE)
		say_private(job, a);
	put_check(job, a);
	if (a->port != 0 && (a->type != APP_PRIVATE || a->is_port_known))
		put_port_env(a);
}
