#include <stdbool.h>
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
#include "railway2toml.h"
#include "record.h"
#include "report.h"
#include "sandbox.h"
#include "share.h"
#include "status.h"
#include "str.h"
#include "tmpfile.h"
#include "toml.h"
#include "tree.h"

#define LARGEST_INPUT (16u << 20)

struct input {
	struct buf file, variables;
	struct tree *root, *variable_tree;
	struct json *map[4];
};

static void
fini_input(struct input *in)
{
	tree_free(in->root);
	tree_free(in->variable_tree);
	buf_fini(&in->file);
	buf_fini(&in->variables);
	for (size_t i = 0; i < 4; i++)
		json_free(in->map[i]);
}

/* Read everything, then give up reading anything. */
static int
read_all(const struct options *o, struct env *env, struct job *job,
	struct input *in)
{
	const char *path = env->argc > 0 ? env->argv[0] : NULL;
	char *folder = NULL;
	size_t bad;
	int rc;

	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	job->file = path != NULL ? path : env->in_name;
	rc = path != NULL ? fd_read_file(path, LARGEST_INPUT, &in->file)
			  : fd_read_all(env->in, LARGEST_INPUT, &in->file);
	if (rc == -1) {
		msg_errno("%s: cannot be read", job->file);
		return -1;
	}
	job->variables_name = o->variables;
	if (o->variables != NULL && fd_read_file(o->variables, LARGEST_INPUT,
					    &in->variables) == -1) {
		msg_errno("%s: cannot be read", o->variables);
		return -1;
	}
	/* records are UTF-8, a path need not be */
	if (utf8_check(job->file, strlen(job->file), &bad) == -1)
		job->file = "railway";
	if (o->output != NULL && (folder = tmpfile_folder(o->output)) == NULL) {
		msg_error("out of memory");
		return -1;
	}
	sandbox_parse_only(folder);
	free(folder);
	return 0;
}

static struct tree *
parse_json(const char *name, const struct buf *text)
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
		msg_at(name, 1, 1, "it must be an object");
		tree_free(t);
		t = NULL;
	}
	return t;
}

/* JSON by its name, or by its first character; else TOML. */
static bool
is_json(const char *name, const struct buf *text)
{
	const char *s = buf_str(text);

	if (str_ends(name, ".toml"))
		return false;
	if (str_ends(name, ".json"))
		return true;
	return s[strspn(s, " \t\r\n")] == '{';
}

static int
parse_all(const struct options *o, struct job *job, struct input *in)
{
	static const char *const maps[] = {
		"sizes", "regions", "addons", "builds"};
	struct toml_error e;

	for (size_t i = 0; i < 4; i++)
		if ((in->map[i] = share_open(maps[i])) == NULL)
			return -1;
	job->sizes = in->map[0];
	job->regions = in->map[1];
	job->addon_map = in->map[2];
	job->builds = in->map[3];
	if (is_json(job->file, &in->file))
		in->root = parse_json(job->file, &in->file);
	else {
		in->root = toml_parse(buf_str(&in->file), in->file.len, &e);
		if (in->root == NULL)
			msg_at(job->file, e.line, e.column, "%s", e.what);
	}
	if (in->root == NULL)
		return -1;
	job->root = in->root;
	if (o->variables != NULL &&
		(in->variable_tree = parse_json(
			 o->variables, &in->variables)) == NULL)
		return -1;
	job->variables = in->variable_tree;
	return 0;
}

static int
put_records(const struct job *job, struct buf *out)
{
	size_t errors = report_errors(job->report);
	struct summary s = {"railway2toml", "convert", errors == 0, 1, -1, -1,
		(int64_t)job->report->n_findings, -1, 0};
	struct jsonw w;

	jsonw_record(&w, out, "fly.config");
	if (job->conf->app != NULL)
		jsonw_str(&w, "app", job->conf->app);
	flyjson_put(&w, "config", job->conf);
	if (jsonw_end_record(&w) == -1 || report_put(job->report, out) == -1)
		return -1;
	return summary_put(out, &s);
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
	if (o->output != NULL &&
		tmpfile_write(o->output, 0644, toml.data, toml.len) == -1)
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
	struct input in = {0};
	struct fly_config conf;
	struct report report;
	struct job job = {.options = o, .conf = &conf, .report = &report};
	int status = STATUS_MISUSE;

	flyconf_init(&conf);
	report_init(&report);
	if (read_all(o, env, &job, &in) == 0 && parse_all(o, &job, &in) == 0 &&
		core_build(&job) == 0)
		status = write_all(o, env, &job);
	report_fini(&report);
	flyconf_fini(&conf);
	fini_input(&in);
	return status;
}
