#include "server.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "flyconf.h"
#include "job.h"
#include "json.h"
#include "report.h"
#include "tree.h"
#include "treeget.h"
#include "vercel2report.h"

#define PORT 3000

static const struct json_val *
find(const struct job *job, const char *name)
{
	return name == NULL ? NULL
			    : json_get(json_get(json_root(job->frameworks),
					       "frameworks"),
				      name);
}

/* The framework of the first builder in "builds" that has one. */
static const char *
of_builders(const struct job *job)
{
	const struct tree *t = treeget_first(tree_get(job->root, "builds"));
	const struct json_val *builders =
		json_get(json_root(job->frameworks), "builders");

	for (; t != NULL; t = t->next) {
		const char *use = treeget_str(t, "use");
		size_t n = use != NULL ? strlen(use) : 0;
		/* "@vercel/next@2.0" has a version */
		for (const struct json_val *v = json_first(builders);
			v != NULL && n > 0; v = json_next(v)) {
			size_t k = strlen(json_key(v));
			if (n >= k && memcmp(use, json_key(v), k) == 0 &&
				(use[k] == '\0' || use[k] == '@'))
				return json_str(v);
		}
	}
	return NULL;
}

void
server_find(struct job *job)
{
	job->framework = treeget_str(job->root, "framework");
	if (job->framework == NULL)
		job->framework = job->options->framework;
	if (job->framework == NULL)
		job->framework = of_builders(job);
	job->entry = find(job, job->framework);
	job->command = json_get_str(job->entry, "command");
}

/* The command with its {port}. */
int
server_begin(struct job *job)
{
	const char *s = job->command, *port = strstr(s, "{port}");
	struct buf text = BUF_INIT;
	int rc;

	if (port == NULL)
		rc = buf_puts(&text, s);
	else
		rc = buf_printf(&text, "%.*s%d%s", (int)(port - s), s, PORT,
			port + strlen("{port}"));
	if (rc == 0)
		flyconf_pair(job->conf, &job->conf->processes, "app",
			buf_str(&text));
	flyconf_note(job->conf, "processes.app",
		"The framework's usual server; where package.json has a start "
		"script, that.");
	buf_fini(&text);
	return rc;
}

static void
need_build(struct job *job)
{
	static const char *const argv[] = {
		"fly", "launch", "--copy-config", "--no-deploy"};
	const char *needs = json_get_str(job->entry, "needs");
	struct report_need *need = report_need(job->report, "build", "build",
		"an image for %s: a Dockerfile beside the fly.toml, as `fly "
		"launch` writes one for most frameworks%s%s",
		json_get_str(job->entry, "name"),
		needs != NULL ? "; the app must be built with " : "",
		needs != NULL ? needs : "");

	report_command(job->report, need);
	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		report_word(job->report, need, argv[i]);
	if (job->app != NULL) {
		report_word(job->report, need, "--name");
		report_word(job->report, need, job->app);
	}
}

static void
put_service(struct job *job)
{
	struct fly_config *c = job->conf;
	struct fly_http_service *h = &c->http_service;
	struct fly_check *k;
	char text[16];

	h->internal_port = flyconf_int(PORT);
	h->force_https = FLY_TRUE;
	h->auto_stop = FLY_AUTOSTOP_STOP;
	h->auto_start = FLY_TRUE;
	h->min_machines = flyconf_int(0);
	flyconf_note(c, "http_service.auto_stop_machines",
		"A function sleeps when nobody asks for it; so does this "
		"Machine. \"off\" saves the first visitor the wait.");
	flyconf_push(c, &h->processes, "app");
	flyconf_set(c, &h->concurrency.type, "requests");
	h->concurrency.soft_limit = flyconf_int(200);
	h->concurrency.hard_limit = flyconf_int(250);
	k = flyconf_table(c, &c->checks, sizeof(*k));
	if (k != NULL) {
		flyconf_set(c, &k->name, "app");
		flyconf_set(c, &k->type, "tcp");
		k->port = flyconf_int(PORT);
		flyconf_set(c, &k->grace_period, "30s");
		flyconf_set(c, &k->interval, "15s");
		flyconf_set(c, &k->timeout, "5s");
		flyconf_push(c, &k->processes, "app");
	}
	snprintf(text, sizeof(text), "%d", PORT);
	flyconf_pair(c, &c->env, "PORT", text);
	/* Next.js and Nitro listen on what HOSTNAME and HOST say */
	flyconf_pair(c, &c->env, "HOST", "0.0.0.0");
	flyconf_pair(c, &c->env, "HOSTNAME", "0.0.0.0");
}

int
server_build(struct job *job)
{
	struct fly_config *c = job->conf;
	struct fly_vm *vm;

	flyconf_note(c, "",
		"Written by vercel2report from a Vercel project's "
		"configuration, for the server of %s.",
		json_get_str(job->entry, "name"));
	flyconf_set(c, &c->app, job->app);
	flyconf_set(c, &c->primary_region, job->region);
	put_service(job);
	if (c->vm.n == 0) {
		vm = flyconf_table(c, &c->vm, sizeof(*vm));
		if (vm == NULL)
			return -1;
		flyconf_set(c, &vm->size, "shared-cpu-1x");
		flyconf_set(c, &vm->memory, "1gb");
		flyconf_note(c, "vm.0",
			"Nothing says how much memory a server needs; a "
			"function has up to 2 GB.");
	}
	need_build(job);
	return 0;
}
