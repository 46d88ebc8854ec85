#include "input.h"

#include "buf.h"
#include "env.h"
#include "fd.h"
#include "herokuyml.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "procfile.h"
#include "procfile2toml.h"
#include "record.h"
#include "report.h"
#include "sandbox.h"
#include "share.h"
#include "str.h"
#include "tmpfile.h"
#include "tree.h"
#include "yaml.h"

#define LARGEST_INPUT (16u << 20)

/* A JSON file's bytes and values. */
struct json_file {
	struct buf text;
	struct tree *tree;
};

struct input {
	struct buf procfile_text, heroku_yml_text;
	struct json_file app_json, formation, addons;
	struct yaml yaml;
	struct herokuyml heroku;
	struct procfile procfile;
	struct json *sizes, *regions, *addon_map, *builds;
};

static void
fini_json(struct json_file *f)
{
	tree_free(f->tree);
	buf_fini(&f->text);
}

void
input_close(struct input *in)
{
	herokuyml_fini(&in->heroku);
	procfile_fini(&in->procfile);
	yaml_fini(&in->yaml);
	fini_json(&in->app_json);
	fini_json(&in->formation);
	fini_json(&in->addons);
	buf_fini(&in->procfile_text);
	buf_fini(&in->heroku_yml_text);
	json_free(in->sizes);
	json_free(in->regions);
	json_free(in->addon_map);
	json_free(in->builds);
	free(in);
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
parse_json(const char *name, struct json_file *f)
{
	struct json_error e;
	struct json *doc;

	if (name == NULL)
		return 0;
	doc = json_parse(buf_str(&f->text), f->text.len, &e);
	if (doc == NULL) {
		msg_at(name, e.line, e.column, "%s", e.what);
		return -1;
	}
	f->tree = tree_from_json(doc);
	json_free(doc);
	if (f->tree == NULL)
		msg_error("%s: out of memory", name);
	return f->tree == NULL ? -1 : 0;
}

/* A Procfile's name for messages: records are UTF-8, a path need not be. */
static const char *
shown_name(const char *path, const char *otherwise)
{
	size_t bad;

	return utf8_check(path, strlen(path), &bad) == 0 ? path : otherwise;
}

static int
read_procfile(const struct options *o, struct env *env, struct job *job,
	struct input *in)
{
	const char *path = env->argc > 0 ? env->argv[0] : NULL;

	if (o->heroku_yml != NULL && path != NULL) {
		msg_error("%s: Heroku does not read a Procfile where there is "
			  "a heroku.yml; give one of them",
			path);
		return -1;
	}
	if (o->heroku_yml != NULL) {
		job->heroku_yml_name = shown_name(o->heroku_yml, "heroku.yml");
		job->procfile_name = job->heroku_yml_name;
		return read_file(o->heroku_yml, &in->heroku_yml_text);
	}
	if (path != NULL && strcmp(path, "-") == 0)
		path = NULL;
	job->procfile_name =
		shown_name(path != NULL ? path : env->in_name, "Procfile");
	if (path != NULL)
		return read_file(path, &in->procfile_text);
	if (fd_read_all(env->in, LARGEST_INPUT, &in->procfile_text) == -1) {
		msg_errno("%s: cannot be read", env->in_name);
		return -1;
	}
	return 0;
}

/* Read everything, then give up reading anything. */
static int
read_all(const struct options *o, struct env *env, struct job *job,
	struct input *in)
{
	const char *folder = o->folder;
	char *own = NULL;

	if (read_procfile(o, env, job, in) == -1 ||
		read_file(o->app_json, &in->app_json.text) == -1 ||
		read_file(o->formation, &in->formation.text) == -1 ||
		read_file(o->addons, &in->addons.text) == -1)
		return -1;
	if (o->output != NULL) {
		if ((own = tmpfile_folder(o->output)) == NULL)
			return -1;
		folder = own;
	}
	sandbox_parse_only(folder);
	free(own);
	return 0;
}

static int
parse_procfile(const struct options *o, struct job *job, struct input *in)
{
	struct yaml_error e;

	if (o->heroku_yml == NULL) {
		if (procfile_parse(buf_str(&in->procfile_text),
			    in->procfile_text.len, job->procfile_name,
			    job->report, &in->procfile) == -1)
			return -1;
		job->whole = job->procfile = &in->procfile;
		return 0;
	}
	if (yaml_parse(buf_str(&in->heroku_yml_text), in->heroku_yml_text.len,
		    &in->yaml, &e) == -1) {
		msg_at(job->heroku_yml_name, e.line, e.column, "%s", e.what);
		return -1;
	}
	job->heroku_yml = in->yaml.root;
	if (herokuyml_read(in->yaml.root, job->heroku_yml_name, job->report,
		    &in->heroku) == -1)
		return -1;
	job->heroku = &in->heroku;
	job->whole = job->procfile = in->heroku.procfile;
	return 0;
}

static int
parse_all(const struct options *o, struct job *job, struct input *in)
{
	if (parse_json(o->app_json, &in->app_json) == -1 ||
		parse_json(o->formation, &in->formation) == -1 ||
		parse_json(o->addons, &in->addons) == -1)
		return -1;
	if (in->app_json.tree != NULL &&
		in->app_json.tree->kind != TREE_TABLE) {
		msg_at(o->app_json, 1, 1, "app.json must be an object");
		return -1;
	}
	if ((in->sizes = share_open("sizes")) == NULL ||
		(in->regions = share_open("regions")) == NULL ||
		(in->addon_map = share_open("addons")) == NULL ||
		(in->builds = share_open("builds")) == NULL)
		return -1;
	job->sizes = in->sizes;
	job->regions = in->regions;
	job->addon_map = in->addon_map;
	job->builds = in->builds;
	job->app_json = in->app_json.tree;
	job->app_json_name = o->app_json;
	job->addons = in->addons.tree;
	job->addons_name = o->addons;
	job->formation_doc = in->formation.tree;
	return parse_procfile(o, job, in);
}

struct input *
input_open(const struct options *o, struct env *env, struct job *job)
{
	struct input *in = mem_zalloc(1, sizeof(*in));

	if (in == NULL) {
		msg_error("out of memory");
		return NULL;
	}
	if (read_all(o, env, job, in) == 0 && parse_all(o, job, in) == 0)
		return in;
	input_close(in);
	return NULL;
}
