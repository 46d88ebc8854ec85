#include "core.h"

#include "addonlist.h"
#include "appjson.h"
#include "appname.h"
#include "buf.h"
#include "cronjob.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flyregion.h"
#include "formation.h"
#include "job.h"
#include "layout.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "record.h"
#include "report.h"
#include "tree.h"
#include "treeget.h"

/* --app and --region; a Heroku region stands for the one near it. */
static int
take_options(struct job *job)
{
	const struct options *o = job->options;
	struct finding f = {.level = "note", .rule = "region"};
	const char *near;

	if (o->app != NULL && !is_appname_valid(o->app)) {
		msg_error("--app %s: small letters, digits and dashes, at most "
			  "63",
			o->app);
		return -1;
	}
	if (!job->is_extra) {
		job->app = o->app;
		if (appjson_name(job) == -1)
			return -1;
	}
	if (o->region == NULL)
		return 0;
	if (flyregion_state(job->regions, o->region) == FLYREGION_OFFERED) {
		job->region = o->region;
		return 0;
	}
	near = flyregion_near(job->regions, "heroku", o->region);
	if (near != NULL) {
		job->region = near;
		if (!job->is_extra)
			report_at(job->report, &f,
				"%s is near Heroku's region %s", near,
				o->region);
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
	const struct tree *v = tree_get(job->app_json, "formation");
	struct finding f = {
		.level = "note", .rule = "formation", .file = o->app_json};

	if (job->formation_doc != NULL) {
		job->formation_name = o->formation;
		if (v != NULL) {
			treeget_place(v, &f.line, &f.column);
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
	return formation_app_json(v, o->app_json, job->report, job->formation);
}

static int
put_finding(void *ctx, const struct finding *f, const char *path)
{
	struct job *job = ctx;

	(void)path;
	report_add(job->report, f);
	return job->report->failed ? -1 : 0;
}

/* What the scheduler was seen to run; when it does, nothing says. */
static int
need_jobs(struct job *job)
{
	struct buf id = BUF_INIT;

	for (size_t i = 0; i < job->formation->n_jobs; i++) {
		const struct cronjob j = {
			NULL, job->formation->job[i], job->app, job->region};
		buf_clear(&id);
		if (buf_printf(&id, "schedule:%s", j.command) == -1) {
			buf_fini(&id);
			return -1;
		}
		cronjob_need(job->report, buf_str(&id), &j);
	}
	buf_fini(&id);
	return 0;
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
	if (take_options(job) == -1)
		return -1;
	/* an extra app has been given the formation of the first */
	if (!job->is_extra && take_formation(job) == -1)
		return -1;
	if (job->addons != NULL && !job->is_extra && addonlist_live(job) == -1)
		return -1;
	if (!job->is_extra && need_jobs(job) == -1) {
		msg_error("out of memory");
		return -1;
	}
	if (layout_build(job) == -1 || flycheck_run(&check, job->conf) == -1) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}
