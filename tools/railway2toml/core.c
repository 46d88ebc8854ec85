#include "core.h"

#include <string.h>

#include "appname.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flyregion.h"
#include "job.h"
#include "machine.h"
#include "msg.h"
#include "process.h"
#include "railway2toml.h"
#include "record.h"
#include "report.h"
#include "setting.h"
#include "tree.h"
#include "variables.h"

/* --app and --region; a Railway region stands for the one near it. */
static int
take_options(struct job *job)
{
	const struct options *o = job->options;
	const char *near;

	if (o->app != NULL && !is_appname_valid(o->app)) {
		msg_error("--app %s: small letters, digits and dashes, at most "
			  "63",
			o->app);
		return -1;
	}
	job->app = o->app;
	if (o->region == NULL)
		return 0;
	job->region = o->region;
	if (flyregion_state(job->regions, o->region) == FLYREGION_OFFERED)
		return 0;
	near = flyregion_near(job->regions, "railway", o->region);
	if (near != NULL) {
		job->region = near;
		return 0;
	}
	near = flyregion_instead(job->regions, o->region);
	msg_error("--region %s: %s%s", o->region,
		near ? "this region was removed; near it is "
		     : "no such region",
		near ? near : "");
	return -1;
}

static int
find_environment(struct job *job)
{
	const char *name = job->options->environment;

	if (name == NULL)
		return 0;
	job->environment = tree_get(tree_get(job->root, "environments"), name);
	if (job->environment != NULL && job->environment->kind == TREE_TABLE)
		return 0;
	msg_error(
		"--environment %s: %s has none of that name", name, job->file);
	return -1;
}

static void
put_top(struct job *job)
{
	struct fly_config *c = job->conf;
	struct finding f = {.level = "warning",
		.rule = "config-as-code",
		.file = job->file,
		.fix = "convert it before, and keep the file: it is what the "
		       "service was made of"};

	report_at(job->report, &f,
		"Railway stops reading railway.json and railway.toml on "
		"2026-12-01; what its dashboard says counts then");
	f = (struct finding){.level = "note",
		.rule = "no-app-name",
		.file = job->file,
		.fix = "--app NAME"};
	flyconf_note(c, "", "Written by railway2toml from a service's %s.",
		job->variables != NULL ? "configuration and variables"
				       : "configuration");
	flyconf_set(c, &c->app, job->app);
	if (job->app == NULL)
		report_at(job->report, &f,
			"the file names no app; give --app here or to fly");
	flyconf_set(c, &c->kill_signal, "SIGTERM");
	flyconf_note(
		c, "kill_signal", "As on Railway; the default here is SIGINT.");
	flyconf_set(c, &c->deploy.strategy, "rolling");
}

static int
put_finding(void *ctx, const struct finding *f, const char *path)
{
	struct job *job = ctx;

	(void)path;
	report_add(job->report, f);
	return job->report->failed ? -1 : 0;
}

int
core_build(struct job *job)
{
	struct flycheck check = {put_finding, job, job->regions};

	if (take_options(job) == -1 || find_environment(job) == -1)
		return -1;
	put_top(job);
	machine_find_region(job);
	if (variables_convert(job) == -1 || process_build(job) == -1 ||
		machine_build(job) == -1 || setting_say_rest(job) == -1 ||
		job->conf->failed || job->report->failed ||
		flycheck_run(&check, job->conf) == -1) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}
