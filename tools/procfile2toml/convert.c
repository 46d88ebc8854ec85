#include "apps.h"
#include "buf.h"
#include "env.h"
#include "fd.h"
#include "flyconf.h"
#include "flyfile.h"
#include "formation.h"
#include "herokuyml.h"
#include "input.h"
#include "job.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "record.h"
#include "report.h"
#include "status.h"

static int
put_summary(const struct apps *a, struct buf *out)
{
	struct summary s = {.tool = "procfile2toml",
		.verb = "convert",
		.ok = 1,
		.failed = -1,
		.skipped = -1,
		.bytes = -1};

	for (size_t i = 0; i < a->n; i++) {
		s.done += (int64_t)a->job[i]->procfile->n;
		s.findings += (int64_t)a->job[i]->report->n_findings;
		s.ok &= report_errors(a->job[i]->report) == 0;
	}
	return summary_put(out, &s);
}

static int
write_records(const struct env *env, const struct apps *a)
{
	struct buf out = BUF_INIT;
	int rc = 0;

	for (size_t i = 0; i < a->n && rc == 0; i++)
		if ((rc = flyfile_put_record(a->job[i]->conf, &out)) == 0)
			rc = report_put(a->job[i]->report, &out);
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
	const struct flyfile to = {
		o->output, o->folder, o->json ? -1 : env->out};
	size_t errors = 0;

	for (size_t i = 0; i < a->n; i++) {
		const char *stem = a->job[i]->stem;
		/* a file of its own for each of several apps */
		if (flyfile_write(&to, stem != NULL ? stem : "fly",
			    a->job[i]->conf) == -1)
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
