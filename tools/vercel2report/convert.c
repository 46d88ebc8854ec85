#include <stdlib.h>

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
#include "report.h"
#include "share.h"
#include "status.h"
#include "tree.h"
#include "vercel2report.h"
#include "verdict.h"

#define LARGEST_INPUT (16u << 20)

static int
put_records(const struct job *job, struct buf *out)
{
	if (job->command != NULL && flyfile_put_record(job->conf, out) == -1)
		return -1;
	if (verdict_put_records(job->verdicts, out) == -1)
		return -1;
	return report_end(job->report, out, "vercel2report",
		verdict_count(job->verdicts, VERDICT_MOVES));
}

static int
put_text(const struct job *job, struct buf *out)
{
	const char *name = json_get_str(job->entry, "name");

	if (buf_printf(out, "%s: ", job->file) == -1 ||
		(job->command != NULL
				? buf_printf(out,
					  "%s has a server of its own, which "
					  "runs on Fly.io (-o writes its "
					  "fly.toml).\n",
					  name)
			: job->framework != NULL
				? buf_printf(out,
					  "%s has no server that is known "
					  "here; what runs as functions needs "
					  "one, static files a web server.\n",
					  name != NULL ? name : job->framework)
				: buf_puts(out,
					  "no framework is named "
					  "(--framework); what runs as "
					  "functions needs a server of its "
					  "own, static files a web "
					  "server.\n")) == -1 ||
		verdict_put_text(job->verdicts, out) == -1)
		return -1;
	if (job->report->n_needs > 0 && buf_puts(out, "\nNeeds:\n") == -1)
		return -1;
	for (size_t i = 0; i < job->report->n_needs; i++) {
		const struct report_need *need = job->report->need[i];
		if (buf_printf(out, "  %s: %s\n", need->kind, need->summary) ==
			-1)
			return -1;
	}
	return 0;
}

/* The fly.toml, if it is asked for. 0; 1 if there is none; -1: a message. */
static int
write_toml(const struct options *o, const struct job *job)
{
	const struct flyfile to = {o->output, NULL, -1};

	if (o->output == NULL)
		return 0;
	if (job->command == NULL) {
		msg_error("%s is not written: nothing here is known to run as "
			  "a server (--framework)",
			o->output);
		return 1;
	}
	return flyfile_write(&to, NULL, job->conf);
}

static int
write_all(const struct options *o, const struct env *env, const struct job *job)
{
	struct buf out = BUF_INIT;
	int status = STATUS_TEMPORARY, rc;

	if ((o->json ? put_records(job, &out) : put_text(job, &out)) == -1)
		msg_error("out of memory");
	else if (fd_write_all(env->out, out.data, out.len) == -1)
		msg_errno("standard output");
	else if ((rc = write_toml(o, job)) != -1)
		status = rc == 1 || report_errors(job->report) > 0 ? STATUS_NO
								   : STATUS_OK;
	buf_fini(&out);
	return status;
}

int
convert_run(const void *options, struct env *env)
{
	const struct options *o = options;
	struct fly_config conf;
	struct report report;
	struct verdict_list verdicts = {NULL, 0, 0};
	struct json *regions = share_open("regions");
	struct json *frameworks = share_open("frameworks");
	struct tree *root = NULL;
	struct buf text = BUF_INIT;
	struct job job = {.options = o,
		.regions = regions,
		.frameworks = frameworks,
		.conf = &conf,
		.report = &report,
		.verdicts = &verdicts};
	int status = STATUS_MISUSE;

	flyconf_init(&conf);
	report_init(&report);
	if (regions != NULL && frameworks != NULL &&
		infile_operand(env, LARGEST_INPUT, "vercel.json", &text,
			&job.file) == 0 &&
		infile_seal(o->output, NULL) == 0 &&
		(root = infile_json(job.file, &text,
			 "a vercel.json must be an object")) != NULL) {
		job.root = root;
		if (core_build(&job) == 0)
			status = write_all(o, env, &job);
	}
	verdict_fini(&verdicts);
	report_fini(&report);
	flyconf_fini(&conf);
	free(job.app_buf);
	tree_free(root);
	buf_fini(&text);
	json_free(regions);
	json_free(frameworks);
	return status;
}
