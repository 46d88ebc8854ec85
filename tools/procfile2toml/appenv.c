#include "appenv.h"

#include <stdbool.h>

#include "buf.h"
#include "envname.h"
#include "flyconf.h"
#include "job.h"
#include "mem.h"
#include "num.h"
#include "record.h"
#include "report.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

/* One variable of app.json, its value as text. */
struct variable {
	const char *name, *description;
	struct buf value;
	const char *prefix; /* of its name in messages */
	bool has_value, is_required, is_generated;
	bool is_json;
	struct finding where;
};

/* Names that Heroku or its buildpacks own. */
static bool
is_platform_name(const char *name)
{
	static const char *const names[] = {"DYNO", "DYNO_RAM", "PS", "STACK",
		"SOURCE_VERSION", "BUILDPACK_URL"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return str_starts(name, "HEROKU_");
}

static void
say(struct job *job, const struct variable *v, const char *level,
	const char *rule, const char *what)
{
	struct finding f = v->where;

	f.level = level;
	f.rule = rule;
	report_at(job->report, &f, "%s.%s %s", v->prefix, v->name, what);
}

/* The text of a value; a number keeps the form it was written in. */
static int
take_value(struct job *job, struct variable *v, const struct tree *value)
{
	if (value->kind == TREE_NULL)
		return 0;
	v->has_value = true;
	if (tree_str(value) != NULL)
		return buf_puts(&v->value, tree_str(value));
	/* YAML has no quotes round most strings, so it is none to speak of */
	if (v->is_json)
		say(job, v, "note", "app-json-env",
			"is no string; its text is taken as it stands");
	if (treeget_text(value) != NULL)
		return buf_puts(&v->value, treeget_text(value));
	return treeget_json(&v->value, value);
}

static void
say_key(struct job *job, const struct variable *v, const char *key)
{
	struct finding f = v->where;

	f.rule = "app-json-env";
	report_at(job->report, &f, "%s.%s.%s is not understood", v->prefix,
		v->name, key);
}

/* A value under "value", or under "default" as some write it. */
static int
take_default(struct job *job, struct variable *v, const struct tree *k)
{
	if (strcmp(k->key, "default") == 0)
		say(job, v, "warning", "app-json-env",
			"has \"default\", which Heroku does not read; it is "
			"taken as the value");
	if (!v->has_value)
		return take_value(job, v, k);
	say(job, v, "warning", "app-json-env",
		"has \"value\" and \"default\"; the first one counts");
	return 0;
}

static int
take_object(struct job *job, struct variable *v, const struct tree *entry)
{
	for (const struct tree *k = entry->first; k != NULL; k = k->next) {
		const char *key = k->key;
		if (strcmp(key, "description") == 0 && tree_str(k) != NULL)
			v->description = tree_str(k);
		else if (strcmp(key, "required") == 0 && k->kind == TREE_BOOL)
			v->is_required = k->boolean;
		else if (strcmp(key, "generator") == 0)
			v->is_generated = true;
		else if (strcmp(key, "value") == 0 ||
			 strcmp(key, "default") == 0) {
			if (take_default(job, v, k) == -1)
				return -1;
		} else
			say_key(job, v, key);
	}
	return 0;
}

static void
need_secret(struct job *job, const struct variable *v, const char *why)
{
	struct report_need *need = report_secret(job->report, v->name, job->app,
		"%s %s%s%s%s", v->name, why,
		v->is_required ? "" : " (optional)", v->description ? ". " : "",
		v->description ? v->description : "");

	if (need != NULL)
		need->is_optional = !v->is_required;
}

/* A variable that goes nowhere; a person may want to know what it was for. */
static void
leave_out(struct job *job, const struct variable *v, const char *rule,
	const char *why)
{
	struct finding f = v->where;
	const char *value = buf_str(&v->value);
	bool is_shown = *value != '\0' && !is_envname_secret(v->name, value);

	f.level = "warning";
	f.rule = rule;
	report_at(job->report, &f, "%s.%s%s%s%s is left out: %s%s%s", v->prefix,
		v->name, is_shown ? " (" : "", is_shown ? value : "",
		is_shown ? ")" : "", why, v->description != NULL ? ". " : "",
		v->description != NULL ? v->description : "");
}

static void
take_port(struct job *job, const struct variable *v)
{
	struct finding f = v->where;
	int64_t port;

	if (v->has_value && num_int(buf_str(&v->value), 1, 65535, &port) == 0)
		job->app_json_port = (int)port;
	else if (v->has_value)
		leave_out(job, v, "env-name", "it is no port");
	f.level = "note";
	f.rule = "port-variable";
	report_at(job->report, &f,
		"%s.PORT is set by the platform on Heroku; here it agrees "
		"with internal_port%s%s",
		v->prefix, v->description != NULL ? ". " : "",
		v->description != NULL ? v->description : "");
}

static void
say_old_host(struct job *job, const struct variable *v)
{
	static const char *const hosts[] = {
		".herokuapp.com", ".herokudns.com", ".herokussl.com"};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strstr(buf_str(&v->value), hosts[i]) != NULL) {
			say(job, v, "warning", "points-to-heroku",
				"still names a host at Heroku");
			return;
		}
}

/* A plain default; its description stays with it as a comment. */
static void
put_env(struct job *job, const struct variable *v)
{
	struct buf path = BUF_INIT;

	say_old_host(job, v);
	flyconf_pair(job->conf, &job->conf->env, v->name, buf_str(&v->value));
	if (v->description == NULL)
		return;
	if (buf_printf(&path, "env.%s", v->name) == -1)
		job->report->failed = 1;
	flyconf_note(job->conf, buf_str(&path), "%s", v->description);
	buf_fini(&path);
}

static void
place(struct job *job, const struct variable *v)
{
	const char *value = buf_str(&v->value);

	if (strcmp(v->name, "PORT") == 0)
		take_port(job, v);
	else if (is_platform_name(v->name))
		leave_out(job, v, "platform-variable", "it belongs to Heroku");
	else if (str_starts(v->name, "FLY_"))
		leave_out(job, v, "env-fly-prefix",
			"names that begin with FLY_ belong to Fly.io");
	else if (!is_envname_valid(v->name))
		leave_out(job, v, "env-name", "it is no name of a variable");
	else if (v->is_generated)
		need_secret(job, v,
			"was made up at random when the app was "
			"created: carry its value over");
	else if (!v->has_value || *value == '\0')
		need_secret(job, v, "has no default: carry its value over");
	else if (is_envname_secret(v->name, value))
		need_secret(job, v,
			"looks like a secret, so its default is "
			"not put into the file");
	else
		put_env(job, v);
}

int
appenv_convert(struct job *job, const struct tree *env, const char *file,
	const char *prefix)
{
	const struct tree *e;
	struct finding where = {
		.level = "warning", .rule = "app-json-env", .file = file};

	if (env->kind != TREE_TABLE) {
		treeget_place(env, &where.line, &where.column);
		report_at(job->report, &where, "%s is no object", prefix);
		return 0;
	}
	for (e = env->first; e != NULL; e = e->next) {
		struct variable v = {.name = e->key,
			.prefix = prefix,
			.is_required = true,
			.is_json = file == job->app_json_name,
			.where = where};
		int rc;

		treeget_place(e, &v.where.line, &v.where.column);
		rc = e->kind == TREE_TABLE && v.is_json
			     ? take_object(job, &v, e)
			     : take_value(job, &v, e);
		if (rc == 0)
			place(job, &v);
		buf_fini(&v.value);
		if (rc == -1)
			return -1;
	}
	return 0;
}
