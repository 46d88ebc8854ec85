#include "web.h"

#include "cmdport.h"
#include "command.h"
#include "flyconf.h"
#include "job.h"
#include "layout.h"
#include "mem.h"
#include "procfile.h"
#include "record.h"
#include "report.h"
#include "scale.h"
#include "str.h"
#include "vmsize.h"

#define USUAL_PORT 8080

static struct finding
at(const struct job *job, const struct layout_group *g, const char *level,
	const char *rule)
{
	return (struct finding){.level = level,
		.rule = rule,
		.file = job->procfile_name,
		.line = g->entry->line,
		.column = g->entry->column};
}

static void
note_port(struct job *job, const char *why)
{
	flyconf_note(job->conf, "http_service.internal_port",
		"%s [env] PORT agrees with it.", why);
}

/* A number in the command: it is the port, unless nginx stands in front. */
static int
literal_port(struct job *job, const struct layout_group *g,
	const struct cmdport *p, int usual)
{
	struct finding f = at(job, g, "warning", "literal-port");

	if (g->command->has_nginx) {
		report_at(job->report, &f,
			"\"web\" names the port %d, but nginx listens in front "
			"of it on $PORT; %d is taken for the public one",
			p->port, usual);
		note_port(job, "nginx listens on it, in front of the server.");
		return usual;
	}
	report_at(job->report, &f,
		"\"web\" names the port %d itself instead of $PORT; it is "
		"taken for internal_port",
		p->port);
	if (job->app_json_port != 0 && job->app_json_port != p->port)
		report_at(job->report, &f,
			"app.json sets PORT to %d, the command to %d",
			job->app_json_port, p->port);
	note_port(job, "The command names this port.");
	return p->port;
}

static int
default_port(
	struct job *job, const struct layout_group *g, const struct cmdport *p)
{
	struct finding f = at(job, g, "warning", "port-not-read");

	f.fix = "give it an address and $PORT in the command";
	report_at(job->report, &f,
		"%s does not read PORT by itself and the command names no "
		"port; its default %d is taken",
		p->server, p->port);
	note_port(job, "The server's own default: it does not read PORT.");
	return p->port;
}

static int
choose_port(struct job *job, const struct layout_group *g)
{
	const struct cmdport *p = g->command->port;
	int usual = job->app_json_port ? job->app_json_port : USUAL_PORT;

	switch (p->kind) {
	case CMDPORT_LITERAL:
		return literal_port(job, g, p, usual);
	case CMDPORT_DEFAULT:
		return default_port(job, g, p);
	case CMDPORT_FALLBACK:
		if (job->app_json_port == 0)
			usual = p->port;
		note_port(job, "The command's own default for $PORT.");
		return usual;
	case CMDPORT_VARIABLE:
		note_port(job, "The command listens on $PORT.");
		return usual;
	case CMDPORT_READS:
		note_port(job, "The server reads PORT.");
		return usual;
	case CMDPORT_NONE:
		break;
	}
	note_port(job, "The command names no port; the app must listen on "
		       "$PORT, as on Heroku, and on all addresses.");
	return usual;
}

static void
say_loopback(struct job *job, const struct layout_group *g)
{
	struct finding f = at(job, g, "warning", "listens-on-loopback");

	f.fix = "listen on 0.0.0.0 or ::";
	report_at(job->report, &f,
		"\"web\" listens on the Machine's loopback address only, "
		"where Fly.io's proxy does not reach it");
}

static void
put_stopping(struct job *job, struct fly_http_service *h)
{
	struct vmsize size;
	int sleeps = 0, known;

	known = scale_size(job, "web", &size);
	sleeps = known && size.sleeps;
	h->auto_stop = sleeps ? FLY_AUTOSTOP_STOP : FLY_AUTOSTOP_OFF;
	h->auto_start = FLY_TRUE;
	if (sleeps)
		h->min_machines = flyconf_int(0);
	flyconf_note(job->conf, "http_service.auto_stop_machines", "%s",
		sleeps  ? "An eco dyno sleeps when nobody asks for it, and so "
			  "does this Machine."
		: known ? "A dyno of this size never sleeps."
			: "Only eco dynos sleep, and no size is known "
			  "(--formation): \"stop\" saves money where a cold "
			  "start is no harm.");
}

static void
put_check(struct job *job, int port)
{
	struct fly_config *c = job->conf;
	struct fly_check *k;
	struct finding f = {.level = "note", .rule = "health-check"};

	k = flyconf_table(c, &c->checks, sizeof(*k));
	if (k == NULL)
		return;
	flyconf_set(c, &k->name, "web");
	flyconf_set(c, &k->type, "tcp");
	k->port = flyconf_int(port);
	flyconf_set(c, &k->grace_period, "60s");
	flyconf_set(c, &k->interval, "15s");
	flyconf_set(c, &k->timeout, "5s");
	flyconf_push(c, &k->processes, "web");
	flyconf_note(c, "checks.web",
		"As Heroku asks: the port is open within 60 seconds. Where the "
		"app has a cheap path that needs no database, an "
		"[[http_service.checks]] on it says more.");
	report_at(job->report, &f,
		"the health check only sees whether the port is open; a path "
		"that answers 200 would say more");
}

static void
put_service(struct job *job, int port)
{
	struct fly_config *c = job->conf;
	struct fly_http_service *h = &c->http_service;

	h->internal_port = flyconf_int(port);
	h->force_https = FLY_TRUE;
	flyconf_note(c, "http_service.force_https",
		"Heroku answers plain HTTP too; false does so here, for "
		"clients that cannot follow a redirect.");
	put_stopping(job, h);
	flyconf_push(c, &h->processes, "web");
	flyconf_set(c, &h->concurrency.type, "requests");
	h->concurrency.soft_limit = flyconf_int(200);
	h->concurrency.hard_limit = flyconf_int(250);
	flyconf_note(c, "http_service.concurrency",
		"Above soft_limit requests go to another Machine if there is "
		"one, at hard_limit they wait. Heroku has no such limits.");
	put_check(job, port);
}

static void
put_port_env(struct job *job, int port)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", port);
	flyconf_pair(job->conf, &job->conf->env, "PORT", text);
	flyconf_note(job->conf, "env.PORT",
		"Heroku sets it; here it is ours to set.");
}

static void
say_no_web(struct job *job, const struct layout *l)
{
	struct finding f = {
		.level = "note", .rule = "no-web", .file = job->procfile_name};

	for (size_t i = 0; i < l->n; i++) {
		const char *name = l->group[i].entry->name;
		if (!is_str_glob("*web*", name) && strcmp(name, "api") != 0 &&
			!is_str_equal_nocase(name, "web") &&
			strcmp(name, "server") != 0 &&
			(l->group[i].command->port->kind == CMDPORT_NONE ||
				l->group[i].command->port->kind ==
					CMDPORT_READS))
			continue;
		f.level = "warning";
		f.line = l->group[i].entry->line;
		report_at(job->report, &f,
			"\"%s\" looks like a server, but Heroku sends requests "
			"to a process called web only; if it shall be reached, "
			"give it an [http_service] with processes = [\"%s\"]",
			name, name);
	}
	if (strcmp(f.level, "note") == 0)
		report_at(job->report, &f,
			"there is no web process, so nothing is reached from "
			"outside");
}

int
web_build(struct job *job, const struct layout *l)
{
	const struct layout_group *g = NULL;
	int port;

	for (size_t i = 0; i < l->n; i++)
		if (l->group[i].is_web)
			g = &l->group[i];
	if (g == NULL) {
		say_no_web(job, l);
		if (l->uses_port || job->app_json_port != 0)
			put_port_env(job, job->app_json_port
						  ? job->app_json_port
						  : USUAL_PORT);
		return 0;
	}
	port = choose_port(job, g);
	if (g->command->port->is_loopback)
		say_loopback(job, g);
	put_service(job, port);
	put_port_env(job, port);
	return 0;
}
