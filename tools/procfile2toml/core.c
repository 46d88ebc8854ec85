#include "core.h"

#include <ctype.h>

#include "addonlist.h"
#include "appjson.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flyregion.h"
#include "formation.h"
#include "job.h"
#include "json.h"
#include "layout.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "record.h"
#include "report.h"

static int
is_app_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 63 || s[0] == '-' || s[n - 1] == '-')
		return 0;
	for (; *s != '\0'; s++)
		if (!islower((unsigned char)*s) &&
			!isdigit((unsigned char)*s) && *s != '-')
			return 0;
	return 1;
}

/* --app and --region; a Heroku region stands for the one near it. */
static int
take_options(struct job *job)
{
	const struct options *o = job->options;
	struct finding f = {.level = "note", .rule = "region"};
	const char *near;

	if (o->app != NULL && !is_app_name(o->app)) {
		msg_error("--app %s: small letters, digits and dashes, at most "
			  "63",
			o->app);
		return -1;
	}
	job->app = o->app;
	if (appjson_name(job) == -1)
		return -1;
	if (o->region == NULL)
		return 0;
	if (flyregion_state(job->regions, o->region) == FLYREGION_OFFERED) {
		job->region = o->region;
		return 0;
	}
	near = flyregion_near(job->regions, "heroku", o->region);
	if (near != NULL) {
		job->region = near;
		report_at(job->report, &f, "%s is near Heroku's region %s",
			near, o->region);
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
take_formation(struct job *job)
{
	const struct options *o = job->options;
	const struct json_val *v = NULL;
	struct finding f = {
		.level = "note", .rule = "formation", .file = o->app_json};

	if (job->app_json != NULL)
		v = json_get(json_root(job->app_json), "formation");
	if (job->formation_doc != NULL) {
		job->formation_name = o->formation;
		if (v != NULL) {
			json_where(job->app_json, v, &f.line, &f.column);
			report_at(job->report, &f,
				"app.json's formation gives way to that of the "
				"running app");
		}
		return formation_read(job->formation_doc, o->formation,
			job->report, job->formation);
	}
	job->formation_name = o->app_json;
	if (v == NULL)
		return 0;
	return formation_app_json(
		job->app_json, v, o->app_json, job->report, job->formation);
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

	if (job->procfile->n == 0) {
		msg_at(job->procfile_name, job->procfile->bad_line, 0,
			job->procfile->bad_line
				? "no line is a process type with its command "
				  "(NAME: COMMAND)"
				: "there is no process type in it");
		return -1;
	}
	if (take_options(job) == -1 || take_formation(job) == -1)
		return -1;
	if (job->addons != NULL && addonlist_live(job) == -1)
		return -1;
	if (layout_build(job) == -1 || flycheck_run(&check, job->conf) == -1) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}
