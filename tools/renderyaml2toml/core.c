#include "core.h"

#include <stdlib.h>
#include <string.h>

#include "blueprint.h"
#include "buf.h"
#include "flycheck.h"
#include "flyregion.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "needs.h"
#include "record.h"
#include "renderyaml2toml.h"
#include "say.h"
#include "service.h"
#include "stores.h"
#include "take.h"
#include "tree.h"
#include "yaml.h"

static int
take_region(struct job *job)
{
	const char *want = job->options->region, *near;

	if (want == NULL)
		return 0;
	if (flyregion_state(job->regions, want) == FLYREGION_OFFERED) {
		job->region = want;
		return 0;
	}
	if ((near = flyregion_near(job->regions, "render", want)) != NULL) {
		job->region = near;
		return 0;
	}
	near = flyregion_instead(job->regions, want);
	msg_error("--region %s: %s%s", want,
		near ? "this region was removed; near it is "
		     : "no such region",
		near ? near : "");
	return -1;
}

static int
put_finding(void *ctx, const struct finding *f, const char *path)
{
	struct job *job = ctx;

	(void)path;
	report_add(job->report, f);
	return job->report->failed ? -1 : 0;
}

/* --app is for one service alone. */
static int
take_app(struct job *job)
{
	struct app *a = NULL;
	size_t n = 0;

	if (job->options->app == NULL)
		return 0;
	for (size_t i = 0; i < job->n_apps; i++)
		if (job->app[i].is_selected) {
			a = &job->app[i];
			n++;
		}
	if (n != 1) {
		msg_error("--app names one app, and there are %zu services: "
			  "choose one with --service",
			n);
		return -1;
	}
	free(a->app);
	if ((a->app = mem_strdup(job->options->app)) == NULL) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}

/* A group that no service uses. */
static void
say_unused_groups(struct job *job)
{
	for (size_t i = 0; i < job->n_groups; i++) {
		struct tree *t = job->group[i],
			    *list = take_list(job, t, "envVars");

		const char *name = take_str(t, "name");

		if (list != NULL && !is_take_taken(list->first)) {
			struct buf text = BUF_INIT;
			take_all(list);
			if (take_show(&text, list) == -1)
				job->report->failed = 1;
			say(job, t, "note", "group-unused", NULL,
				"no service takes its variables from the group "
				"\"%s\": %s",
				name != NULL ? name : "?", buf_str(&text));
			buf_fini(&text);
		}
		take_leftovers(job, t);
	}
}

/* Several files have no place on one standard output. */
static int
check_output(const struct job *job)
{
	const struct options *o = job->options;
	struct buf names = BUF_INIT;
	size_t n = 0;
	int rc = 0;

	if (o->folder != NULL || (o->json && o->output == NULL))
		return 0;
	for (size_t i = 0; i < job->n_apps && rc == 0; i++)
		if (job->app[i].is_selected)
			rc = buf_printf(&names, "%s%s", n++ ? ", " : "",
				job->app[i].name);
	if (n > 1)
		msg_error("%s has %zu services (%s): -d DIR writes a file for "
			  "each, --service NAME converts one",
			job->file, n, buf_str(&names));
	buf_fini(&names);
	return rc == -1 || n > 1 ? -1 : 0;
}

static int
build(struct job *job)
{
	struct flycheck check = {put_finding, job, job->regions};

	job->is_building = true;
	for (size_t i = 0; i < job->n_apps; i++)
		if (job->app[i].type != APP_KEYVALUE &&
			service_prepare(job, &job->app[i]) == -1)
			return -1;
	stores_build(job);
	for (size_t i = 0; i < job->n_apps; i++) {
		struct app *a = &job->app[i];
		if (!a->is_selected)
			continue;
		if (service_build(job, a) == -1 ||
			flycheck_run(&check, &a->conf) == -1)
			return -1;
	}
	needs_finish(job);
	if (job->options->service == NULL) {
		say_unused_groups(job);
		take_leftovers(job, job->yaml->root);
	}
	return job_failed(job) ? -1 : 0;
}

int
core_build(struct job *job)
{
	if (take_region(job) == -1 || blueprint_read(job) == -1 ||
		take_app(job) == -1 || check_output(job) == -1)
		return -1;
	if (build(job) == -1) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}
