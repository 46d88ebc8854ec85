#include "service.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmdport.h"
#include "flyconf.h"
#include "job.h"
#include "machine.h"
#include "num.h"
#include "record.h"
#include "report.h"
#include "setting.h"
#include "str.h"
#include "tree.h"

#define USUAL_PORT 8080
#define HEALTH_SECONDS 300 /* how long Railway waits for a healthy deploy */
#define LONGEST_GRACE 60   /* flyctl lowers more than a minute */

/* Programs that answer nobody. */
static bool
is_worker(const char *command)
{
	static const char *const words[] = {"*celery*worker*", "*sidekiq*",
		"*rq worker*", "*dramatiq*", "*jobs:work*", "*queue:work*",
		"*resque*", "*celery*beat*", "*schedule:work*"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_str_glob(words[i], command))
			return true;
	return false;
}

/* Whether requests come to it, as far as the file and variables tell. */
static bool
is_reached(struct job *job, const char *command, const struct cmdport *p)
{
	struct finding f = {
		.level = "note", .rule = "no-web", .file = job->file};

	if (setting_get(job, "deploy", "healthcheckPath") != NULL ||
		job->has_domain)
		return true;
	if (job->is_deployed) {
		report_at(job->report, &f,
			"the service has no domain (its variables have no "
			"RAILWAY_PUBLIC_DOMAIN), so nothing is reached from "
			"outside");
		return false;
	}
	if (p->kind != CMDPORT_NONE)
		return true;
	if (command != NULL && is_worker(command)) {
		report_at(job->report, &f,
			"the command is no server, so nothing is reached from "
			"outside");
		return false;
	}
	f.rule = "assumed-web";
	f.level = "warning";
	f.fix = "take [http_service], its check and PORT out if it is no "
		"server";
	report_at(job->report, &f,
		"nothing in the file says whether requests come to this "
		"service; it is taken for one that listens on PORT");
	return true;
}

static int
choose_port(struct job *job, const struct cmdport *p)
{
	struct finding f = {
		.level = "warning", .rule = "literal-port", .file = job->file};
	const char *why = "Railway sets PORT; here it is ours to set.";
	int port = job->port != 0 ? job->port : USUAL_PORT;

	if (p->kind == CMDPORT_LITERAL || p->kind == CMDPORT_DEFAULT) {
		port = p->port;
		why = p->kind == CMDPORT_LITERAL
			      ? "The command names this port."
			      : "The server's own default: it does not read "
				"PORT.";
		if (job->port != 0 && job->port != port)
			report_at(job->report, &f,
				"the variable PORT is %d, but the command "
				"listens on %d",
				job->port, port);
	} else if (p->kind == CMDPORT_FALLBACK && job->port == 0)
		port = p->port;
	flyconf_note(job->conf, "http_service.internal_port",
		"%s [env] PORT agrees with it.", why);
	if (p->is_loopback) {
		f.rule = "listens-on-loopback";
		f.fix = "listen on 0.0.0.0 or ::";
		report_at(job->report, &f,
			"it listens on the Machine's loopback address only, "
			"where Fly.io's proxy does not reach it");
	}
	return port;
}

/* healthcheckTimeout: how long a deploy waits, and the start of a Machine. */
static int64_t
health_seconds(struct job *job)
{
	int64_t seconds = HEALTH_SECONDS;

	if (setting_int(job, "deploy", "healthcheckTimeout", 1 << 20,
		    &seconds) != 1 &&
		job->health_timeout != NULL)
		num_int(job->health_timeout, 0, 1 << 20, &seconds);
	return seconds;
}

static void
put_check(struct job *job)
{
	struct fly_config *c = job->conf;
	const char *path = setting_str(job, "deploy", "healthcheckPath");
	struct fly_check *k;
	int64_t seconds = health_seconds(job);
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 "s", seconds);
	flyconf_set(c, &c->deploy.wait_timeout, text);
	flyconf_note(c, "deploy.wait_timeout",
		"Railway gives a deploy this long to become healthy "
		"(healthcheckTimeout%s).",
		setting_get(job, "deploy", "healthcheckTimeout") != NULL
			? ""
			: ", by default");
	k = flyconf_table(c,
		path != NULL ? &c->http_service.checks : &c->checks,
		sizeof(*k));
	if (k == NULL)
		return;
	snprintf(text, sizeof(text), "%" PRId64 "s",
		seconds < 1               ? 1
		: seconds > LONGEST_GRACE ? (int64_t)LONGEST_GRACE
					  : seconds);
	flyconf_set(c, &k->grace_period, text);
	flyconf_set(c, &k->interval, "15s");
	flyconf_set(c, &k->timeout, "5s");
	if (path != NULL) {
		flyconf_set(c, &k->method, "GET");
		flyconf_set(c, &k->path, path);
		flyconf_note(c, "http_service.checks.0",
			"Railway asks for it while it deploys only; Fly.io "
			"goes on asking.");
		return;
	}
	flyconf_set(c, &k->name, MACHINE_GROUP);
	flyconf_set(c, &k->type, "tcp");
	k->port = c->http_service.internal_port;
	if (c->processes.n > 0)
		flyconf_push(c, &k->processes, MACHINE_GROUP);
}

static void
put_stopping(struct job *job, struct fly_http_service *h)
{
	const struct tree *t = setting_get(job, "deploy", "sleepApplication");
	struct finding f;

	h->auto_stop = FLY_AUTOSTOP_OFF;
	h->auto_start = FLY_TRUE;
	if (t != NULL && t->kind != TREE_BOOL) {
		f = setting_at(job, t, "warning", "railway-value");
		report_at(job->report, &f,
			"sleepApplication is neither true nor false");
	} else if (t != NULL && t->boolean) {
		h->auto_stop = FLY_AUTOSTOP_STOP;
		h->min_machines = flyconf_int(0);
		flyconf_note(job->conf, "http_service.auto_stop_machines",
			"sleepApplication: it sleeps when nobody asks for it.");
	}
}

int
service_build(struct job *job, const char *command)
{
	struct fly_config *c = job->conf;
	struct fly_http_service *h = &c->http_service;
	struct cmdport p = {0};
	char text[16];
	int port;

	if (command != NULL && cmdport_find(command, &p) == -1)
		return -1;
	if (!is_reached(job, command, &p))
		return 0;
	port = choose_port(job, &p);
	h->internal_port = flyconf_int(port);
	h->force_https = FLY_TRUE;
	put_stopping(job, h);
	if (c->processes.n > 0)
		flyconf_push(c, &h->processes, MACHINE_GROUP);
	flyconf_set(c, &h->concurrency.type, "requests");
	h->concurrency.soft_limit = flyconf_int(200);
	h->concurrency.hard_limit = flyconf_int(250);
	put_check(job);
	snprintf(text, sizeof(text), "%d", port);
	flyconf_pair(c, &c->env, "PORT", text);
	return 0;
}
