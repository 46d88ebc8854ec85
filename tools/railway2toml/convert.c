#include <stdbool.h>
#include <string.h>

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
#include "railway2toml.h"
#include "report.h"
#include "share.h"
#include "status.h"
#include "str.h"
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
	job->variables_name = o->variables;
	if (infile_operand(env, LARGEST_INPUT, "railway", &in->file,
		    &job->file) == -1 ||
		infile_option(o->variables, LARGEST_INPUT, &in->variables) ==
			-1)
		return -1;
	return infile_seal(o->output, NULL);
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
		in->root = infile_json(
			job->file, &in->file, "it must be an object");
	else {
		in->root = toml_parse(buf_str(&in->file), in->file.len, &e);
		if (in->root == NULL)
			msg_at(job->file, e.line, e.column, "%s", e.what);
	}
	if (in->root == NULL)
		return -1;
	job->root = in->root;
	if (o->variables != NULL &&
		(in->variable_tree = infile_json(o->variables, &in->variables,
			 "it must be an object")) == NULL)
		return -1;
	job->variables = in->variable_tree;
	return 0;
}

static int
write_all(const struct options *o, const struct env *env, const struct job *job)
{
	const struct flyfile to = {o->output, NULL, o->json ? -1 : env->out};
	struct buf records = BUF_INIT;
	int status, rc = 0;

	if (flyfile_write(&to, NULL, job->conf) == -1)
		return STATUS_TEMPORARY;
	if (o->json && (flyfile_put_record(job->conf, &records) == -1 ||
			       report_end(job->report, &records, "railway2toml",
				       1) == -1))
		rc = -1;
	status = report_write(
		job->report, o->json ? &records : NULL, rc, env->out);
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
