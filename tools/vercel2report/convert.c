#include <stdlib.h>
#include <string.h>

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
#include "msg.h"
#include "record.h"
#include "report.h"
#include "sandbox.h"
#include "share.h"
#include "status.h"
#include "str.h"
#include "tmpfile.h"
#include "tree.h"
#include "vercel2report.h"
#include "verdict.h"

#define LARGEST_INPUT (16u << 20)

/* Read the file, then give up reading anything. 0, or -1 after a message. */
static int
read_file(const struct options *o, struct env *env, struct job *job,
	struct buf *text)
{
	const char *path = env->argc > 0 ? env->argv[0] : NULL;
	char *folder = NULL;
	size_t bad;
	int rc;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	job->file = path != NULL ? path : env->in_name;
	rc = path != NULL ? fd_read_file(path, LARGEST_INPUT, text)
			  : fd_read_all(env->in, LARGEST_INPUT, text);
	if (rc == -1) {
		msg_errno("%s: cannot be read", job->file);
		return -1;
	}
	/* records are UTF-8, a path need not be */
	if (utf8_check(job->file, strlen(job->file), &bad) == -1)
		job->file = "vercel.json";
	if (o->output != NULL && (folder = tmpfile_folder(o->output)) == NULL) {
		msg_error("out of memory");
		return -1;
	}
	sandbox_parse_only(folder);
	free(folder);
	return 0;
}

/* The document; NULL after a message. */
static struct tree *
parse_file(const char *name, const struct buf *text)
{
	struct json_error e;
	struct json *doc = json_parse(buf_str(text), text->len, &e);
	struct tree *t;

	if (doc == NULL) {
		msg_at(name, e.line, e.column, "%s", e.what);
		return NULL;
	}
	t = tree_from_json(doc);
	json_free(doc);
	if (t == NULL)
		msg_error("%s: out of memory", name);
	else if (t->kind != TREE_TABLE) {
		msg_at(name, 1, 1, "a vercel.json must be an object");
		tree_free(t);
		t = NULL;
	}
	return t;
}

static int
put_records(const struct job *job, struct buf *out)
{
	size_t errors = report_errors(job->report);
	struct summary s = {"vercel2report", "convert", errors == 0,
		(int64_t)verdict_count(job->verdicts, VERDICT_MOVES), -1, -1,
		(int64_t)job->report->n_findings, -1, 0};
	struct jsonw w;

	if (job->command != NULL) {
		jsonw_record(&w, out, "fly.config");
		if (job->conf->app != NULL)
			jsonw_str(&w, "app", job->conf->app);
		flyjson_put(&w, "config", job->conf);
		if (jsonw_end_record(&w) == -1)
			return -1;
	}
	if (verdict_put_records(job->verdicts, out) == -1 ||
		report_put(job->report, out) == -1)
		return -1;
	return summary_put(out, &s);
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
	struct buf toml = BUF_INIT;
	int rc = 0;

	if (o->output == NULL)
		return 0;
	if (job->command == NULL) {
		msg_error("%s is not written: nothing here is known to run as "
			  "a server (--framework)",
			o->output);
		return 1;
	}
	if (flytoml_put(&toml, job->conf) == -1) {
		msg_error("out of memory");
		rc = -1;
	} else
		rc = tmpfile_write(o->output, 0644, toml.data, toml.len);
	buf_fini(&toml);
	return rc;
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
		read_file(o, env, &job, &text) == 0 &&
		(root = parse_file(job.file, &text)) != NULL) {
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
