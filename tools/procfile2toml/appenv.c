#include "appenv.h"

#include <stdbool.h>

#include "buf.h"
#include "envname.h"
#include "flyconf.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "num.h"
#include "record.h"
#include "report.h"
#include "str.h"

/* One variable of app.json, its value as text. */
struct variable {
	const char *name, *description;
	struct buf value;
	bool has_value, is_required, is_generated;
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
	report_at(job->report, &f, "env.%s %s", v->name, what);
}

/* The text of a value; a number keeps the form it was written in. */
static int
take_value(struct job *job, struct variable *v, const struct json_val *value)
{
	if (json_kind(value) == JSON_NULL)
		return 0;
	v->has_value = true;
	if (json_str(value) != NULL)
		return buf_puts(&v->value, json_str(value));
	say(job, v, "note", "app-json-env",
		"is no string; its text is taken as it stands");
	return json_put(&v->value, value);
}

static void
say_key(struct job *job, const struct variable *v, const char *key)
{
	struct finding f = v->where;

	f.rule = "app-json-env";
	report_at(job->report, &f, "env.%s.%s is not understood", v->name, key);
}

static int
take_object(struct job *job, struct variable *v, const struct json_val *entry)
{
	for (const struct json_val *k = json_first(entry); k != NULL;
		k = json_next(k)) {
		const char *key = json_key(k);
		if (strcmp(key, "description") == 0)
			v->description = json_str(k);
		else if (strcmp(key, "required") == 0) {
			if (json_bool(k, &v->is_required) == -1)
				v->is_required = true;
		} else if (strcmp(key, "generator") == 0)
			v->is_generated = true;
		else if (strcmp(key, "value") == 0 ||
			 strcmp(key, "default") == 0) {
			if (strcmp(key, "default") == 0)
				say(job, v, "warning", "app-json-env",
					"has \"default\", which Heroku does "
					"not read; it is taken as the value");
			if (!v->has_value && take_value(job, v, k) == -1)
				return -1;
		} else
			say_key(job, v, key);
	}
	return 0;
}

static void
need_secret(struct job *job, const struct variable *v, const char *why)
{
	struct buf id = BUF_INIT;
	struct report_need *need;

	if (buf_printf(&id, "secret:%s", v->name) == -1)
		job->report->failed = 1;
	need = report_need(job->report, "secret", buf_str(&id), "%s %s%s%s%s",
		v->name, why, v->is_required ? "" : " (optional)",
		v->description ? ". " : "",
		v->description ? v->description : "");
	buf_fini(&id);
	if (need == NULL)
		return;
	need->is_optional = !v->is_required;
	report_variable(job->report, need, v->name);
	report_command(job->report, need);
	static const char *const argv[] = {
		"fly", "secrets", "import", "--stage"};
	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		report_word(job->report, need, argv[i]);
	if (job->app != NULL) {
		report_word(job->report, need, "--app");
		report_word(job->report, need, job->app);
	}
	report_set(job->report, &need->input,
		"a line NAME=VALUE, as herokucfg2secrets writes it");
}

static void
take_port(struct job *job, const struct variable *v)
{
	int64_t port;

	if (v->has_value && num_int(buf_str(&v->value), 1, 65535, &port) == 0)
		job->app_json_port = (int)port;
	say(job, v, "note", "port-variable",
		"is set by the platform on Heroku; here it agrees with "
		"internal_port");
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
		say(job, v, "warning", "platform-variable",
			"belongs to Heroku and is left out");
	else if (str_starts(v->name, "FLY_"))
		say(job, v, "warning", "env-fly-prefix",
			"is left out: names that begin with FLY_ belong to "
			"Fly.io");
	else if (!is_envname_valid(v->name))
		say(job, v, "warning", "env-name",
			"is left out: it is no name of a variable");
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
appenv_convert(struct job *job, const struct json_val *env)
{
	const struct json_val *e;
	struct finding where = {.level = "warning",
		.rule = "app-json-env",
		.file = job->app_json_name};

	if (json_kind(env) != JSON_OBJECT) {
		json_where(job->app_json, env, &where.line, &where.column);
		report_at(job->report, &where, "env is no object");
		return 0;
	}
	for (e = json_first(env); e != NULL; e = json_next(e)) {
		struct variable v = {
			json_key(e), NULL, BUF_INIT, false, true, false, where};
		int rc;

		json_where(job->app_json, e, &v.where.line, &v.where.column);
		rc = json_kind(e) == JSON_OBJECT ? take_object(job, &v, e)
						 : take_value(job, &v, e);
		if (rc == 0)
			place(job, &v);
		buf_fini(&v.value);
		if (rc == -1)
			return -1;
	}
	return 0;
}
