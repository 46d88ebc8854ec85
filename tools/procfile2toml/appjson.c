#include "appjson.h"

#include <ctype.h>
#include <stdbool.h>

#include "addonlist.h"
#include "appenv.h"
#include "buf.h"
#include "flyconf.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "record.h"
#include "report.h"

#define LONGEST_APP 63

static struct finding
at(const struct job *job, const struct json_val *v, const char *level,
	const char *rule)
{
	struct finding f = {
		.level = level, .rule = rule, .file = job->app_json_name};

	json_where(job->app_json, v, &f.line, &f.column);
	return f;
}

/* Letters, digits and single dashes; ${b} stays empty if none is left. */
static int
put_slug(struct buf *b, const char *name)
{
	for (; *name != '\0' && b->len < LONGEST_APP; name++) {
		unsigned char c = (unsigned char)*name;
		if (c < 0x80 && isalnum(c)) {
			if (buf_putc(b, tolower(c)) == -1)
				return -1;
		} else if (b->len > 0 && b->data[b->len - 1] != '-')
			if (buf_putc(b, '-') == -1)
				return -1;
	}
	while (b->len > 0 && b->data[b->len - 1] == '-')
		b->data[--b->len] = '\0';
	return 0;
}

int
appjson_name(struct job *job)
{
	const struct json_val *v;
	struct buf slug = BUF_INIT;

	if (job->app_json == NULL || job->app != NULL)
		return 0;
	v = json_get(json_root(job->app_json), "name");
	if (json_str(v) == NULL)
		return 0;
	if (put_slug(&slug, json_str(v)) == -1) {
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
		job->app, json_str(v));
	return 0;
}

/* The paths beneath a value, without any value: "addons, env.NAME". */
static int
put_paths(struct buf *b, const struct json_val *v, struct buf *path,
	unsigned depth)
{
	size_t old = path->len;

	for (v = json_first(v); v != NULL; v = json_next(v)) {
		const char *name = json_key(v) ? json_key(v) : json_str(v);
		bool is_deeper = depth > 0 && json_count(v) > 0;

		if (name != NULL &&
			buf_printf(path, "%s%s", path->len > 0 ? "." : "",
				name) == -1)
			return -1;
		if (is_deeper ? put_paths(b, v, path, depth - 1) == -1
			      : buf_printf(b, "%s%s", b->len > 0 ? ", " : "",
					buf_str(path)) == -1)
			return -1;
		if (path->data != NULL) {
			path->len = old;
			path->data[old] = '\0';
		}
	}
	return 0;
}

static int
say_environments(struct job *job, const struct json_val *v)
{
	struct buf text = BUF_INIT, path = BUF_INIT;
	struct finding f = at(job, v, "note", "app-json-environments");
	int rc = put_paths(&text, v, &path, 3);

	report_at(job->report, &f,
		"environments are for tests and review apps and have no place "
		"in a fly.toml: %s",
		buf_str(&text));
	buf_fini(&text);
	buf_fini(&path);
	return rc;
}

static void
say_scripts(struct job *job, const struct json_val *v)
{
	for (v = json_first(v); v != NULL; v = json_next(v)) {
		bool is_post = strcmp(json_key(v), "postdeploy") == 0;
		struct finding f = at(job, v, is_post ? "warning" : "note",
			"app-json-script");
		const char *command = json_str(v);
		if (command == NULL)
			command = json_get_str(v, "command");
		if (is_post)
			f.fix = "run it by hand once after the first deploy, "
				"if the data is not copied";
		report_at(job->report, &f, "scripts.%s %s: %s", json_key(v),
			is_post ? "ran once when the app was created"
				: "has no place in a fly.toml",
			command ? command : "(no command)");
	}
}

static int
say_buildpacks(struct job *job, const struct json_val *v)
{
	struct report_need *need = report_find(job->report, "build");
	struct buf list = BUF_INIT;
	struct finding f = at(job, v, "warning", "buildpacks");
	int rc = 0;

	for (v = json_first(v); v != NULL && rc == 0; v = json_next(v)) {
		const char *url =
			json_str(v) ? json_str(v) : json_get_str(v, "url");
		rc = buf_printf(&list, "%s%s", list.len > 0 ? ", " : "",
			url ? url : "?");
	}
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
say_stack(struct job *job, const struct json_val *v)
{
	const char *s = json_str(v);
	bool is_container = s != NULL && strcmp(s, "container") == 0;
	struct finding f =
		at(job, v, is_container ? "warning" : "note", "stack");

	if (is_container)
		report_at(job->report, &f,
			"stack \"container\": Heroku ran this app by its "
			"heroku.yml or Dockerfile, and not by the Procfile");
	else
		report_at(job->report, &f,
			"stack \"%s\" has no place in a fly.toml: the image "
			"says what the app runs on",
			s ? s : "?");
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
take_key(struct job *job, const struct json_val *v, struct buf *metadata)
{
	const char *key = json_key(v);

	if (strcmp(key, "env") == 0)
		return appenv_convert(job, v);
	if (strcmp(key, "addons") == 0)
		return addonlist_app_json(job, v);
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
	else if (strcmp(key, "name") != 0 && strcmp(key, "formation") != 0) {
		struct finding f = at(job, v, "warning", "app-json-key");
		report_at(job->report, &f,
			"\"%s\" is no key of app.json that is known here; it "
			"is left out",
			key);
	}
	return 0;
}

int
appjson_convert(struct job *job)
{
	const struct json_val *root, *v;
	struct buf metadata = BUF_INIT;
	int rc = 0;

	if (job->app_json == NULL)
		return 0;
	root = json_root(job->app_json);
	for (v = json_first(root); v != NULL && rc == 0; v = json_next(v))
		rc = take_key(job, v, &metadata);
	if (rc == 0 && metadata.len > 0) {
		struct finding f = at(job, root, "note", "app-json-metadata");
		report_at(job->report, &f,
			"these describe the app to people and have no place "
			"in a fly.toml: %s",
			buf_str(&metadata));
	}
	buf_fini(&metadata);
	return rc;
}
