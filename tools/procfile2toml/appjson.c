#include "appjson.h"

#include <stdbool.h>

#include "addonlist.h"
#include "appenv.h"
#include "appname.h"
#include "buf.h"
#include "buildhint.h"
#include "flyconf.h"
#include "job.h"
#include "leftover.h"
#include "mem.h"
#include "record.h"
#include "report.h"
#include "tree.h"
#include "treeget.h"

static struct finding
at(const struct job *job, const struct tree *v, const char *level,
	const char *rule)
{
	struct finding f = {
		.level = level, .rule = rule, .file = job->app_json_name};

	treeget_place(v, &f.line, &f.column);
	return f;
}

int
appjson_name(struct job *job)
{
	const struct tree *v;
	struct buf slug = BUF_INIT;

	if (job->app_json == NULL || job->app != NULL)
		return 0;
	v = tree_get(job->app_json, "name");
	if (tree_str(v) == NULL)
		return 0;
	if (appname_put(&slug, tree_str(v)) == -1) {
		buf_fini(&slug);
		return -1;
	}
	if (slug.len == 0)
		return 0;
	if ((job->app_buf = buf_steal(&slug)) == NULL)
		return -1;
	job->app = job->app_buf;
	struct finding f = at(job, v, "note", "app-name");
	report_at(job->report, &f,
		"the app is called \"%s\" after app.json's \"%s\"; --app "
		"gives it another name",
		job->app, tree_str(v));
	return 0;
}

static int
say_environments(struct job *job, const struct tree *v)
{
	struct buf text = BUF_INIT;
	struct finding f = at(job, v, "note", "app-json-environments");
	int rc = leftover_put(&text, v);

	report_at(job->report, &f,
		"environments are for tests and review apps and have no place "
		"in a fly.toml: %s",
		buf_str(&text));
	buf_fini(&text);
	return rc;
}

static void
say_script(struct job *job, const struct tree *v)
{
	bool is_post = strcmp(v->key, "postdeploy") == 0;
	struct finding f =
		at(job, v, is_post ? "warning" : "note", "app-json-script");
	const char *command = tree_str(v), *size = treeget_str(v, "size");

	if (command == NULL)
		command = treeget_str(v, "command");
	if (is_post)
		f.fix = "run it by hand once after the first deploy, if the "
			"data is not copied";
	report_at(job->report, &f, "scripts.%s %s: %s%s%s%s", v->key,
		is_post ? "ran once when the app was created"
			: "has no place in a fly.toml",
		command ? command : "(no command)", size ? " (size " : "",
		size ? size : "", size ? ")" : "");
	for (v = v->first; v != NULL; v = v->next)
		if (v->key == NULL || (strcmp(v->key, "command") != 0 &&
					      strcmp(v->key, "size") != 0))
			report_at(job->report, &f,
				"scripts.%s.%s is not understood",
				v->parent->key, v->key ? v->key : "[]");
}

static void
say_scripts(struct job *job, const struct tree *v)
{
	struct finding f = at(job, v, "warning", "app-json-script");

	if (v->kind != TREE_TABLE)
		report_at(job->report, &f, "scripts is no object: %s",
			treeget_text(v) ? treeget_text(v) : "a list");
	else
		for (v = v->first; v != NULL; v = v->next)
			say_script(job, v);
}

/* One buildpack: its URL to ${list}, and what a Dockerfile must do. 0 or -1. */
static int
take_buildpack(struct job *job, const struct tree *v, struct buf *list)
{
	const char *url = tree_str(v) ? tree_str(v) : treeget_str(v, "url");
	struct finding f = at(job, v, "note", "buildpack");
	const char *hint;

	if (url == NULL) {
		struct buf text = BUF_INIT;
		int rc = leftover_put(&text, v);
		report_at(job->report, &f, "a buildpack without a url: %s",
			buf_str(&text));
		buf_fini(&text);
		return rc;
	}
	if (tree_str(v) != NULL)
		report_at(job->report, &f,
			"the buildpack %s is a string; Heroku wants an object "
			"with its url",
			url);
	hint = buildhint_buildpack(job->builds, url);
	if (hint != NULL)
		report_at(job->report, &f,
			"in place of the buildpack %s, in the Dockerfile: %s",
			url, hint);
	return buf_printf(list, "%s%s", list->len > 0 ? ", " : "", url);
}

static int
say_buildpacks(struct job *job, const struct tree *v)
{
	struct report_need *need = report_find(job->report, "build");
	struct buf list = BUF_INIT;
	struct finding f = at(job, v, "warning", "buildpacks");
	int rc = 0;

	if (v->kind != TREE_ARRAY)
		report_at(job->report, &f, "buildpacks is no list: %s",
			treeget_text(v) ? treeget_text(v) : "an object");
	else
		for (v = v->first; v != NULL && rc == 0; v = v->next)
			rc = take_buildpack(job, v, &list);
	if (rc == 0 && list.len > 0) {
		report_at(job->report, &f,
			"Heroku built the image with these buildpacks, which "
			"a Dockerfile must stand for: %s",
			buf_str(&list));
		if (need != NULL)
			report_set(
				job->report, &need->replaces, buf_str(&list));
	}
	buf_fini(&list);
	return rc;
}

static void
say_stack(struct job *job, const struct tree *v)
{
	const char *s = tree_str(v);
	bool is_container = s != NULL && strcmp(s, "container") == 0;
	struct finding f = at(job, v,
		is_container && job->heroku_yml == NULL ? "warning" : "note",
		"stack");

	if (is_container && job->heroku_yml != NULL)
		report_at(job->report, &f,
			"stack \"container\": the heroku.yml is read");
	else if (is_container) {
		f.fix = "--heroku-yml heroku.yml";
		report_at(job->report, &f,
			"stack \"container\": Heroku ran this app by its "
			"heroku.yml or Dockerfile, and not by the Procfile");
	}
	if (!is_container)
		report_at(job->report, &f,
			"stack \"%s\" has no place in a fly.toml: the image "
			"says what the app runs on",
			treeget_text(v) ? treeget_text(v) : "?");
}

static bool
is_metadata(const char *key)
{
	static const char *const keys[] = {"description", "keywords", "logo",
		"repository", "success_url", "website", "image", "$schema"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(key, keys[i]) == 0)
			return true;
	return false;
}

static int
say_unknown(struct job *job, const struct tree *v)
{
	struct finding f = at(job, v, "warning", "app-json-key");
	struct buf text = BUF_INIT;
	int rc = leftover_put(&text, v);

	report_at(job->report, &f,
		"\"%s\" is no key of app.json that is known here; it is left "
		"out: %s",
		v->key, buf_str(&text));
	buf_fini(&text);
	return rc;
}

static int
take_key(struct job *job, const struct tree *v, struct buf *metadata)
{
	const char *key = v->key;

	if (strcmp(key, "env") == 0)
		return appenv_convert(job, v, job->app_json_name, "env");
	if (job->is_extra)
		return 0;
	if (strcmp(key, "addons") == 0)
		return addonlist_declared(job, v, job->app_json_name);
	if (strcmp(key, "environments") == 0)
		return say_environments(job, v);
	if (strcmp(key, "buildpacks") == 0)
		return say_buildpacks(job, v);
	if (strcmp(key, "scripts") == 0)
		say_scripts(job, v);
	else if (strcmp(key, "stack") == 0)
		say_stack(job, v);
	else if (is_metadata(key) ||
		 (strcmp(key, "name") == 0 && job->app_buf == NULL))
		return buf_printf(
			metadata, "%s%s", metadata->len > 0 ? ", " : "", key);
	else if (strcmp(key, "name") != 0 && strcmp(key, "formation") != 0)
		return say_unknown(job, v);
	return 0;
}

int
appjson_convert(struct job *job)
{
	const struct tree *root = job->app_json, *v;
	struct buf metadata = BUF_INIT;
	int rc = 0;

	if (job->app_json == NULL)
		return 0;
	for (v = root->first; v != NULL && rc == 0; v = v->next)
		rc = take_key(job, v, &metadata);
	if (rc == 0 && metadata.len > 0 && !job->is_extra) {
		struct finding f = at(job, root, "note", "app-json-metadata");
		report_at(job->report, &f,
			"these describe the app to people and have no place "
			"in a fly.toml: %s",
			buf_str(&metadata));
	}
	buf_fini(&metadata);
	return rc;
}
