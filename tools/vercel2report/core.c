#include "core.h"

#include <string.h>

#include "appname.h"
#include "buf.h"
#include "flycheck.h"
#include "flyconf.h"
#include "flyregion.h"
#include "job.h"
#include "json.h"
#include "leftover.h"
#include "msg.h"
#include "project.h"
#include "record.h"
#include "report.h"
#include "routing.h"
#include "server.h"
#include "tree.h"
#include "treeget.h"
#include "vercel2report.h"
#include "verdict.h"

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
	near = flyregion_near(job->regions, "vercel", o->region);
	if (near != NULL) {
		job->region = near;
		return 0;
	}
	msg_error("--region %s: no such region", o->region);
	return -1;
}

static int
take_name(struct job *job, const struct tree *t)
{
	struct buf name = BUF_INIT;

	if (job->app != NULL || tree_str(t) == NULL) {
		verdict_add(job->verdicts, t, VERDICT_STAYS, "name",
			"the project's name: %s",
			treeget_text(t) ? treeget_text(t) : "no string");
		return 0;
	}
	if (appname_put(&name, tree_str(t)) == -1 ||
		(name.len > 0 && (job->app_buf = buf_steal(&name)) == NULL)) {
		buf_fini(&name);
		return -1;
	}
	buf_fini(&name);
	job->app = job->app_buf;
	verdict_add(job->verdicts, t, VERDICT_MOVES, "name",
		"%s: the app's name%s%s", tree_str(t),
		job->app != NULL ? " " : "", job->app != NULL ? job->app : "");
	return 0;
}

static int
take_framework(struct job *job, const struct tree *t)
{
	const char *name = json_get_str(job->entry, "name");
	const char *needs = json_get_str(job->entry, "needs");
	const char *note = json_get_str(job->entry, "note");

	if (job->command != NULL)
		verdict_add(job->verdicts, t, VERDICT_MOVES, "framework",
			"%s: %s has a server of its own, %s%s%s",
			job->framework, name,
			flyconf_get(&job->conf->processes, "app"),
			needs != NULL ? "; build with " : "",
			needs != NULL ? needs : "");
	else
		verdict_add(job->verdicts, t, VERDICT_BY_HAND, "framework",
			"%s: %s",
			treeget_text(t) != NULL ? treeget_text(t) : "none",
			note != NULL   ? note
			: name != NULL ? "its files are static: a web server "
					 "in the image serves them"
				       : "whether it has a server of its own "
					 "is not known here");
	return 0;
}

/* Keys that say one thing, and what that is. */
static const struct plain {
	const char *key;
	enum verdict verdict;
	const char *what;
} plain[] = {
	{"buildCommand", VERDICT_BY_HAND, "RUN in the Dockerfile"},
	{"installCommand", VERDICT_BY_HAND, "RUN in the Dockerfile"},
	{"outputDirectory", VERDICT_BY_HAND,
		"what the Dockerfile copies into the image"},
	{"rootDirectory", VERDICT_BY_HAND,
		"the folder to build from: fly deploy FOLDER"},
	{"devCommand", VERDICT_STAYS, "for `vercel dev`"},
	{"ignoreCommand", VERDICT_STAYS,
		"decides whether Vercel builds; `fly deploy` is told"},
	{"git", VERDICT_STAYS, "decides what Vercel deploys from git"},
	{"github", VERDICT_STAYS, "decides what Vercel deploys from git"},
	{"version", VERDICT_STAYS, "of this format"},
	{"public", VERDICT_STAYS, "about the project's source at Vercel"},
	{"scope", VERDICT_STAYS, "the project's owner at Vercel"},
	{"functionFailoverRegions", VERDICT_STAYS,
		"more Machines, in other regions, stand for it: fly scale "
		"count"},
	{"fluid", VERDICT_STAYS, "a server always answers many at once"},
	{"bunVersion", VERDICT_BY_HAND, "the image's"},
	{"cleanUrls", VERDICT_BY_HAND,
		"a web server in the image (nginx: try_files $uri.html)"},
	{"trailingSlash", VERDICT_BY_HAND,
		"the app, or a web server in the image (nginx: return 308)"},
	{"images", VERDICT_BY_HAND,
		"the framework's own image server, or a service for it"},
	{NULL, VERDICT_STAYS, NULL},
};

static int
take_plain(struct job *job, const struct tree *t)
{
	const struct plain *p = plain;
	struct buf text = BUF_INIT;
	int rc = leftover_put(&text, t);

	while (p->key != NULL && strcmp(p->key, t->key) != 0)
		p++;
	if (p->key != NULL)
		verdict_add(job->verdicts, t, p->verdict, t->key, "%s: %s",
			buf_str(&text), p->what);
	else
		verdict_add(job->verdicts, t, VERDICT_BY_HAND, t->key,
			"is not known here: %s", buf_str(&text));
	buf_fini(&text);
	return rc;
}

static int
take_key(struct job *job, const struct tree *t)
{
	static const struct {
		const char *key;
		int (*take)(struct job *job, const struct tree *t);
	} takers[] = {{"framework", take_framework}, {"env", project_env},
		{"build", project_build}, {"crons", project_crons},
		{"functions", project_functions}, {"alias", project_alias},
		{"builds", project_builds}, {"rewrites", routing_rewrites},
		{"redirects", routing_redirects}, {"headers", routing_headers},
		{"routes", routing_routes}};

	/* taken first, or nothing to say of */
	if (strcmp(t->key, "name") == 0 || strcmp(t->key, "regions") == 0 ||
		strcmp(t->key, "$schema") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
		if (strcmp(takers[i].key, t->key) == 0)
			return takers[i].take(job, t);
	return take_plain(job, t);
}

static int
put_finding(void *ctx, const struct finding *f, const char *path)
{
	struct job *job = ctx;

	(void)path;
	report_add(job->report, f);
	return job->report->failed ? -1 : 0;
}

static int
build(struct job *job)
{
	const struct tree *name = tree_get(job->root, "name");
	const struct tree *regions = tree_get(job->root, "regions");

	if ((name != NULL && take_name(job, name) == -1) ||
		(regions != NULL && project_regions(job, regions) == -1))
		return -1;
	if (job->command != NULL && server_begin(job) == -1)
		return -1;
	for (const struct tree *t = job->root->first; t != NULL; t = t->next)
		if (take_key(job, t) == -1)
			return -1;
	if (job->command != NULL && server_build(job) == -1)
		return -1;
	return job->conf->failed || job->report->failed || job->verdicts->failed
		       ? -1
		       : 0;
}

int
core_build(struct job *job)
{
	struct flycheck check = {put_finding, job, job->regions};

	if (take_options(job) == -1)
		return -1;
	server_find(job);
	if (build(job) == -1 ||
		(job->command != NULL &&
			flycheck_run(&check, job->conf) == -1)) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}
