#include "buf.h"
#include "core.h"
#include "env.h"
#include "fd.h"
#include "flyconf.h"
#include "flyjson.h"
#include "flytoml.h"
#include "formation.h"
#include "job.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "record.h"
#include "report.h"
#include "sandbox.h"
#include "share.h"
#include "status.h"
#include "str.h"
#include "tmpfile.h"

#define LARGEST_INPUT (16u << 20)

/* An input's bytes, and its document if it is JSON. */
struct input {
	struct buf text;
	struct json *doc;
};

struct inputs {
	struct input procfile, app_json, formation, addons;
	struct json *sizes, *regions, *addon_map;
};

static void
fini_input(struct input *in)
{
	json_free(in->doc);
	buf_fini(&in->text);
}

static void
fini_inputs(struct inputs *in)
{
	fini_input(&in->procfile);
	fini_input(&in->app_json);
	fini_input(&in->formation);
	fini_input(&in->addons);
	json_free(in->sizes);
	json_free(in->regions);
	json_free(in->addon_map);
}

static int
read_file(const char *path, struct buf *b)
{
	if (path == NULL || fd_read_file(path, LARGEST_INPUT, b) == 0)
		return 0;
	msg_errno("%s: cannot be read", path);
	return -1;
}

static int
parse_json(const char *name, struct input *in)
{
	struct json_error e;

	if (name == NULL)
		return 0;
	in->doc = json_parse(buf_str(&in->text), in->text.len, &e);
	if (in->doc != NULL)
		return 0;
	msg_at(name, e.line, e.column, "%s", e.what);
	return -1;
}

/* The folder of ${path}, the caller's to free. NULL without memory. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_strdup(".");
	return mem_dup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Read everything, then give up reading anything. */
static int
read_inputs(const struct options *o, struct env *env, struct job *job,
	struct inputs *in)
{
	const char *path = env->argc > 0 ? env->argv[0] : NULL;
	char *folder = NULL;
	size_t bad;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	job->procfile_name = path != NULL ? path : env->in_name;
	/* records are UTF-8, a path need not be */
	if (utf8_check(job->procfile_name, strlen(job->procfile_name), &bad) ==
		-1)
		job->procfile_name = "Procfile";
	if (path != NULL) {
		if (read_file(path, &in->procfile.text) == -1)
			return -1;
	} else if (fd_read_all(env->in, LARGEST_INPUT, &in->procfile.text) ==
		   -1) {
		msg_errno("%s: cannot be read", env->in_name);
		return -1;
	}
	if (read_file(o->app_json, &in->app_json.text) == -1 ||
		read_file(o->formation, &in->formation.text) == -1 ||
		read_file(o->addons, &in->addons.text) == -1)
		return -1;
	if (o->output != NULL && (folder = folder_of(o->output)) == NULL)
		return -1;
	sandbox_parse_only(folder);
	free(folder);
	return 0;
}

static int
parse_inputs(const struct options *o, struct job *job, struct inputs *in)
{
	if (parse_json(o->app_json, &in->app_json) == -1 ||
		parse_json(o->formation, &in->formation) == -1 ||
		parse_json(o->addons, &in->addons) == -1)
		return -1;
	if (in->app_json.doc != NULL &&
		json_kind(json_root(in->app_json.doc)) != JSON_OBJECT) {
		msg_at(o->app_json, 1, 1, "app.json must be an object");
		return -1;
	}
	if ((in->sizes = share_open("sizes")) == NULL ||
		(in->regions = share_open("regions")) == NULL ||
		(in->addon_map = share_open("addons")) == NULL)
		return -1;
	job->sizes = in->sizes;
	job->regions = in->regions;
	job->addon_map = in->addon_map;
	job->app_json = in->app_json.doc;
	job->app_json_name = o->app_json;
	job->addons = in->addons.doc;
	job->addons_name = o->addons;
	job->formation_doc = in->formation.doc;
	if (procfile_parse(buf_str(&in->procfile.text), in->procfile.text.len,
		    job->procfile_name, job->report, job->procfile) == -1)
		return -1;
	return 0;
}

static int
put_records(const struct job *job, struct buf *out)
{
	struct jsonw w;
	size_t errors = report_errors(job->report);
	struct summary s = {"procfile2toml", "convert", errors == 0,
		(int64_t)job->procfile->n, -1, -1,
		(int64_t)job->report->n_findings, -1, 0};

	jsonw_record(&w, out, "fly.config");
	if (job->conf->app != NULL)
		jsonw_str(&w, "app", job->conf->app);
	flyjson_put(&w, "config", job->conf);
	if (jsonw_end_record(&w) == -1 || report_put(job->report, out) == -1)
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

static int
write_all(const struct options *o, const struct env *env, const struct job *job)
{
	struct buf toml = BUF_INIT, records = BUF_INIT;
	const struct buf *out = o->json ? &records : &toml;
	int status = STATUS_TEMPORARY;

	if (flytoml_put(&toml, job->conf) == -1 ||
		(o->json && put_records(job, &records) == -1)) {
		msg_error("out of memory");
		goto out;
	}
	if (o->output != NULL && write_file(o->output, &toml) == -1)
		goto out;
	if ((o->output == NULL || o->json) &&
		fd_write_all(env->out, out->data, out->len) == -1) {
		msg_errno("standard output");
		goto out;
	}
	if (!o->json)
		report_print(job->report);
	status = report_errors(job->report) > 0 ? STATUS_NO : STATUS_OK;

out:
	buf_fini(&toml);
	buf_fini(&records);
	return status;
}

int
convert_run(const void *options, struct env *env)
{
	const struct options *o = options;
	struct inputs in = {0};
	struct procfile procfile = {0};
	struct formation formation = {0};
	struct fly_config conf;
	struct report report;
	struct job job = {.options = o,
		.procfile = &procfile,
		.formation = &formation,
		.conf = &conf,
		.report = &report};
	int status = STATUS_MISUSE;

	flyconf_init(&conf);
	report_init(&report);
	if (o->heroku_yml != NULL) {
		msg_error("--heroku-yml %s: heroku.yml is not read yet; write "
			  "its run section as a Procfile, a line NAME: COMMAND "
			  "each",
			o->heroku_yml);
		return STATUS_MISUSE;
	}
	if (read_inputs(o, env, &job, &in) == 0 &&
		parse_inputs(o, &job, &in) == 0 && core_build(&job) == 0)
		status = write_all(o, env, &job);
	formation_fini(&formation);
	procfile_fini(&procfile);
	report_fini(&report);
	flyconf_fini(&conf);
	fini_inputs(&in);
	free(job.app_buf);
	return status;
}
