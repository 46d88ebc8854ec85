#include "apps.h"
#include "buf.h"
#include "env.h"
#include "fd.h"
#include "flyconf.h"
#include "flyjson.h"
#include "flytoml.h"
#include "formation.h"
#include "herokuyml.h"
#include "input.h"
#include "job.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "record.h"
#include "report.h"
#include "status.h"
#include "tmpfile.h"

static int
put_records(const struct job *job, struct buf *out)
{
	struct jsonw w;

	jsonw_record(&w, out, "fly.config");
	if (job->conf->app != NULL)
		jsonw_str(&w, "app", job->conf->app);
	flyjson_put(&w, "config", job->conf);
	if (jsonw_end_record(&w) == -1)
		return -1;
	return report_put(job->report, out);
}

static int
put_summary(const struct apps *a, struct buf *out)
{
	struct summary s = {"procfile2toml", "convert", 1, 0, -1, -1, 0, -1, 0};

	for (size_t i = 0; i < a->n; i++) {
		s.done += (int64_t)a->job[i]->procfile->n;
		s.findings += (int64_t)a->job[i]->report->n_findings;
		s.ok &= report_errors(a->job[i]->report) == 0;
	}
	return summary_put(out, &s);
}

/* FOLDER/fly.toml, or a name of its own for each of several apps. 0 or -1. */
static int
put_path(const struct options *o, const struct job *job, struct buf *path)
{
	buf_clear(path);
	return buf_printf(path, "%s/%s.toml", o->folder,
		job->stem != NULL ? job->stem : "fly");
}

/* The file of one app, to where the options say. 0 or -1 after a message. */
static int
write_toml(
	const struct options *o, const struct env *env, const struct job *job)
{
	struct buf toml = BUF_INIT, path = BUF_INIT;
	int rc = -1;

	if (flytoml_put(&toml, job->conf) == -1 ||
		(o->folder != NULL && put_path(o, job, &path) == -1))
		msg_error("out of memory");
	else if (o->folder != NULL || o->output != NULL)
		rc = tmpfile_write(o->folder ? buf_str(&path) : o->output, 0644,
			toml.data, toml.len);
	else if (o->json)
		rc = 0;
	else if ((rc = fd_write_all(env->out, toml.data, toml.len)) == -1)
		msg_errno("standard output");
	buf_fini(&path);
	buf_fini(&toml);
	return rc;
}

static int
write_records(const struct env *env, const struct apps *a)
{
	struct buf out = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < a->n && rc == 0; i++)
		rc = put_records(a->job[i], &out);
	if (rc == -1 || put_summary(a, &out) == -1) {
		msg_error("out of memory");
		rc = -1;
	} else if ((rc = fd_write_all(env->out, out.data, out.len)) == -1)
		msg_errno("standard output");
	buf_fini(&out);
	return rc;
}

static int
write_all(const struct options *o, const struct env *env, const struct apps *a)
{
	size_t errors = 0;

	for (size_t i = 0; i < a->n; i++) {
		if (write_toml(o, env, a->job[i]) == -1)
			return STATUS_TEMPORARY;
		errors += report_errors(a->job[i]->report);
	}
	if (o->json && write_records(env, a) == -1)
		return STATUS_TEMPORARY;
	for (size_t i = 0; i < a->n && !o->json; i++)
		report_print(a->job[i]->report);
	return errors > 0 ? STATUS_NO : STATUS_OK;
}

int
convert_run(const void *options, struct env *env)
{
	const struct options *o = options;
	struct formation formation = {0};
	struct report report;
	struct job job = {
		.options = o, .formation = &formation, .report = &report};
	struct apps apps = {0};
	struct input *in;
	int status = STATUS_MISUSE;

	if (o->service != NULL && o->heroku_yml == NULL) {
		msg_error("--service %s: only a heroku.yml becomes several "
			  "apps; a Procfile is one",
			o->service);
		return STATUS_MISUSE;
	}
	report_init(&report);
	if ((in = input_open(o, env, &job)) != NULL) {
		if (apps_build(&job, &apps) == 0)
			status = write_all(o, env, &apps);
		apps_fini(&apps);
		input_close(in);
	}
	formation_fini(&formation);
	report_fini(&report);
	return status;
}
