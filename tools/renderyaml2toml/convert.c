#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "core.h"
#include "env.h"
#include "fd.h"
#include "flyconf.h"
#include "flyjson.h"
#include "flytoml.h"
#include "job.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "record.h"
#include "renderyaml2toml.h"
#include "report.h"
#include "sandbox.h"
#include "share.h"
#include "status.h"
#include "str.h"
#include "tmpfile.h"
#include "yaml.h"

#define LARGEST_INPUT (4u << 20)

/* The folder of ${path}, the caller's to free. NULL without memory. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_strdup(".");
	return mem_dup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Read the file, then give up reading anything. */
static int
read_input(const struct options *o, struct env *env, struct job *job,
	struct buf *text)
{
	const char *path = env->argc > 0 ? env->argv[0] : NULL;
	char *folder = NULL;
	size_t bad;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	job->file = path != NULL ? path : env->in_name;
	/* records are UTF-8, a path need not be */
	if (utf8_check(job->file, strlen(job->file), &bad) == -1)
		job->file = "render.yaml";
	if ((path != NULL ? fd_read_file(path, LARGEST_INPUT, text)
			  : fd_read_all(env->in, LARGEST_INPUT, text)) == -1) {
		msg_errno("%s: cannot be read", job->file);
		return -1;
	}
	if (o->folder != NULL) {
		if (mkdir(o->folder, 0755) == -1 && errno != EEXIST) {
			msg_errno("%s: cannot be made", o->folder);
			return -1;
		}
		folder = mem_strdup(o->folder);
	} else if (o->output != NULL)
		folder = folder_of(o->output);
	if (folder == NULL && (o->folder != NULL || o->output != NULL))
		return -1;
	sandbox_parse_only(folder);
	free(folder);
	return 0;
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
	struct jsonw w;
	struct summary s = {.tool = "renderyaml2toml",
		.verb = "convert",
		.ok = report_errors(job->report) == 0,
		.failed = -1,
		.skipped = -1,
		.findings = (int64_t)job->report->n_findings,
		.bytes = -1};

	for (size_t i = 0; i < job->n_apps; i++) {
		const struct app *a = &job->app[i];
		if (!a->is_selected)
			continue;
		s.done++;
		jsonw_record(&w, out, "fly.config");
		jsonw_str(&w, "app", a->app);
		flyjson_put(&w, "config", &a->conf);
		if (jsonw_end_record(&w) == -1)
			return -1;
	}
	if (report_put(job->report, out) == -1)
		return -1;
	return summary_put(out, &s);
}

static int
write_file(const char *path, const struct buf *b)
{
	struct tmpfile *t = tmpfile_open(path, 0644);

	if (t == NULL)
		return -1;
	if (fd_write_all(tmpfile_fd(t), b->data, b->len) == -1) {
		msg_errno("%s", path);
		tmpfile_abort(t);
		return -1;
	}
	return tmpfile_commit(t);
}

/* One service's file, where it belongs. */
static int
write_toml(const struct options *o, const struct env *env, const struct app *a)
{
	struct buf toml = BUF_INIT, path = BUF_INIT;
	int rc = -1;

	if (flytoml_put(&toml, &a->conf) == -1 ||
		(o->folder != NULL && buf_printf(&path, "%s/%s.toml", o->folder,
					      a->app) == -1)) {
		msg_error("out of memory");
		goto out;
	}
	if (o->folder != NULL || o->output != NULL)
		rc = write_file(
			o->folder != NULL ? buf_str(&path) : o->output, &toml);
	else if (o->json)
		rc = 0;
	else if ((rc = fd_write_all(env->out, toml.data, toml.len)) == -1)
		msg_errno("standard output");

out:
	buf_fini(&toml);
	buf_fini(&path);
	return rc;
}

static int
write_all(const struct options *o, const struct env *env, const struct job *job)
{
	struct buf records = BUF_INIT;
	int status = STATUS_TEMPORARY;

	for (size_t i = 0; i < job->n_apps; i++)
		if (job->app[i].is_selected &&
			write_toml(o, env, &job->app[i]) == -1)
			return STATUS_TEMPORARY;
	if (!o->json)
		report_print(job->report);
	else if (put_records(job, &records) == -1) {
		msg_error("out of memory");
		goto out;
	} else if (fd_write_all(env->out, records.data, records.len) == -1) {
		msg_errno("standard output");
		goto out;
	}
	status = report_errors(job->report) > 0 ? STATUS_NO : STATUS_OK;

out:
	buf_fini(&records);
	return status;
}

/* Small letters, digits and inner dashes, at most 63. */
static bool
is_app_name(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= 63 && s[0] != '-' && s[n - 1] != '-' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
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

	if (o->app != NULL && !is_app_name(o->app)) {
		msg_error("--app %s: small letters, digits and dashes, at most "
			  "63",
			o->app);
		return STATUS_MISUSE;
	}
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
