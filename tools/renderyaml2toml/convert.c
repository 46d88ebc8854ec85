#include <errno.h>
#include <sys/stat.h>

#include "appname.h"
#include "buf.h"
#include "core.h"
#include "env.h"
#include "fd.h"
#include "flyconf.h"
#include "flyfile.h"
#include "infile.h"
#include "job.h"
#include "json.h"
#include "msg.h"
#include "renderyaml2toml.h"
#include "report.h"
#include "share.h"
#include "status.h"
#include "yaml.h"

/* libfyaml needs some 350 bytes for a bracket */
#define LARGEST_INPUT (1u << 20)

/* Read the file, then give up reading anything. */
static int
read_input(const struct options *o, struct env *env, struct job *job,
	struct buf *text)
{
	if (infile_operand(
		    env, LARGEST_INPUT, "render.yaml", text, &job->file) == -1)
		return -1;
	if (o->folder != NULL && mkdir(o->folder, 0755) == -1 &&
		errno != EEXIST) {
		msg_errno("%s: cannot be made", o->folder);
		return -1;
	}
	return infile_seal(o->output, o->folder);
}

static int
parse_input(struct job *job, const struct buf *text, struct yaml *y)
{
	struct yaml_error e;

	job->yaml = y;
	if (yaml_parse(buf_str(text), text->len, y, &e) == 0)
		return 0;
	msg_at(job->file, e.line, e.column, "%s", e.what);
	return -1;
}

static int
put_records(const struct job *job, struct buf *out)
{
	size_t done = 0;

	for (size_t i = 0; i < job->n_apps; i++) {
		if (!job->app[i].is_selected)
			continue;
		done++;
		if (flyfile_put_record(&job->app[i].conf, out) == -1)
			return -1;
	}
	return report_end(job->report, out, "renderyaml2toml", done);
}

static int
write_all(const struct options *o, const struct env *env, const struct job *job)
{
	const struct flyfile to = {
		o->output, o->folder, o->json ? -1 : env->out};
	struct buf records = BUF_INIT;
	int status;

	for (size_t i = 0; i < job->n_apps; i++)
		if (job->app[i].is_selected &&
			flyfile_write(
				&to, job->app[i].app, &job->app[i].conf) == -1)
			return STATUS_TEMPORARY;
	status = report_write(job->report, o->json ? &records : NULL,
		o->json ? put_records(job, &records) : 0, env->out);
	buf_fini(&records);
	return status;
}

int
convert_run(const void *options, struct env *env)
{
	const struct options *o = options;
	struct json *sizes = NULL, *regions = NULL, *addon_map = NULL;
	struct buf text = BUF_INIT;
	struct yaml y = {0};
	struct report report;
	struct job job = {.options = o, .report = &report};
	int status = STATUS_MISUSE;

	if (appname_check(o->app) == -1)
		return STATUS_MISUSE;
	report_init(&report);
	if (read_input(o, env, &job, &text) == 0 &&
		(sizes = share_open("sizes")) != NULL &&
		(regions = share_open("regions")) != NULL &&
		(addon_map = share_open("addons")) != NULL &&
		parse_input(&job, &text, &y) == 0) {
		job.sizes = sizes;
		job.regions = regions;
		job.addon_map = addon_map;
		if (core_build(&job) == 0)
			status = write_all(o, env, &job);
	}
	job_fini(&job);
	report_fini(&report);
	yaml_fini(&y);
	json_free(sizes);
	json_free(regions);
	json_free(addon_map);
	buf_fini(&text);
	return status;
}
