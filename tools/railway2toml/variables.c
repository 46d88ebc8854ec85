#include "variables.h"

#include <stdbool.h>
#include <string.h>

#include "addon.h"
#include "buf.h"
#include "envname.h"
#include "flyconf.h"
#include "job.h"
#include "num.h"
#include "record.h"
#include "reference.h"
#include "report.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

static struct finding
at(const struct job *job, const struct tree *t, const char *level,
	const char *rule)
{
	struct finding f = {
		.level = level, .rule = rule, .file = job->variables_name};

	treeget_place(t, &f.line, &f.column);
	return f;
}

/* The database that a variable belongs to, needed once. */
static void
need_database(struct job *job, const char *service, const char *name)
{
	struct buf id = BUF_INIT;
	struct report_need *need;

	if (buf_printf(&id, "addon:%s", service) == -1)
		job->report->failed = 1;
	need = report_find(job->report, buf_str(&id));
	if (need == NULL) {
		const struct addon a = {
			service, NULL, NULL, job->app, job->region, NULL};
		need = addon_need(job->report, job->addon_map, "railway",
			buf_str(&id), &a);
	}
	report_variable(job->report, need, name);
	buf_fini(&id);
}

/* Settings of Railway that come as variables. 1 if ${name} is one. */
static bool
take_setting(struct job *job, const char *name, const char *value)
{
	const struct {
		const char *name, **slot;
	} settings[] = {
		{"RAILWAY_VOLUME_MOUNT_PATH", &job->mount},
		{"RAILWAY_VOLUME_NAME", &job->volume},
		{"RAILWAY_DOCKERFILE_PATH", &job->dockerfile},
		{"RAILWAY_HEALTHCHECK_TIMEOUT_SEC", &job->health_timeout},
		{"RAILWAY_DEPLOYMENT_DRAINING_SECONDS", &job->draining},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (strcmp(settings[i].name, name) == 0) {
			*settings[i].slot = value;
			return true;
		}
	return false;
}

static void
need_domain(struct job *job, const char *host)
{
	static const char *const argv[] = {"fly", "certs", "add", NULL};
	struct buf id = BUF_INIT;
	struct report_need *need;

	job->has_domain = true;
	if (str_ends(host, ".up.railway.app"))
		return;
	if (buf_printf(&id, "domain:%s", host) == -1)
		job->report->failed = 1;
	need = report_need(job->report, "domain", buf_str(&id),
		"the domain %s: a certificate, and its DNS records to Fly.io",
		host);
	report_words(job->report, need, argv);
	report_word(job->report, need, host);
	report_option(job->report, need, "--app", job->app);
	buf_fini(&id);
}

/* A variable that Railway sets or reads itself. */
static void
take_own(struct job *job, const struct tree *t, const char *value)
{
	struct finding f = at(job, t, "note", "platform-variable");

	if (strcmp(t->key, "RAILWAY_PUBLIC_DOMAIN") == 0)
		need_domain(job, value);
	else if (strcmp(t->key, "RAILWAY_SERVICE_ID") == 0)
		job->is_deployed = true;
	if (take_setting(job, t->key, value))
		report_at(job->report, &f,
			"%s is a setting of Railway: %s; its place is the "
			"fly.toml",
			t->key, value);
	else if (str_starts(t->key, "RAILWAY_"))
		report_at(job->report, &f,
			"%s is set by Railway and is left out; what reads it "
			"has FLY_APP_NAME, FLY_REGION and the like",
			t->key);
	else
		report_at(job->report, &f,
			"%s is for Railway's builder and is left out: %s",
			t->key, value);
}

/* References that nothing here can resolve, each named. */
static int
say_references(struct job *job, const struct tree *t, const char *value)
{
	struct finding f = at(job, t, "warning", "variable-reference");
	const char *s = value, *database;
	struct reference r;
	int rc;

	while ((rc = reference_next(&s, &r)) == 1) {
		database = r.kind == REFERENCE_SERVICE
				   ? reference_service(r.service, r.name)
				   : NULL;
		if (database != NULL)
			need_database(job, database, t->key);
		else if (r.kind == REFERENCE_SECRET)
			report_at(job->report, &f,
				"%s is made up at random by Railway (%s): "
				"carry "
				"its value over",
				t->key, r.name);
		else
			report_at(job->report, &f,
				"%s refers to %s%s%s, which only Railway "
				"resolves: take the value that `railway "
				"variables --json` shows",
				t->key, r.service, *r.service ? "." : "",
				r.name);
		reference_fini(&r);
	}
	return rc;
}

static bool
is_railway_host(const char *value)
{
	return strstr(value, ".railway.internal") != NULL ||
	       strstr(value, ".rlwy.net") != NULL ||
	       strstr(value, ".up.railway.app") != NULL;
}

/* A value that still has references of Railway in it. 0 or -1. */
static int
take_reference(struct job *job, const struct tree *t, const char *value)
{
	struct finding f = at(job, t, "note", "variable-reference");
	struct buf text = BUF_INIT;
	int rc = reference_put(&text, value);

	if (rc == 1 && !is_envname_secret(t->key, buf_str(&text))) {
		report_at(job->report, &f,
			"%s names another service, taken for an app of the "
			"same name: %s",
			t->key, buf_str(&text));
		flyconf_pair(
			job->conf, &job->conf->env, t->key, buf_str(&text));
	} else if (rc == 0) {
		rc = say_references(job, t, value);
		(void)report_secret(job->report, t->key, job->app, "%s %s",
			t->key,
			"refers to something of Railway: give it its value "
			"here");
	} else if (rc == 1)
		(void)report_secret(job->report, t->key, job->app, "%s %s",
			t->key,
			"looks like a secret and names another service: carry "
			"its value over");
	buf_fini(&text);
	return rc == -1 ? -1 : 0;
}

static int
take(struct job *job, const struct tree *t)
{
	const char *value = treeget_text(t), *database;
	struct finding f = at(job, t, "warning", "env-name");
	int64_t port;

	if (value == NULL) {
		report_at(job->report, &f, "%s has no plain value", t->key);
		return 0;
	}
	database = reference_service("", t->key);
	if (str_starts(t->key, "RAILWAY_") || str_starts(t->key, "RAILPACK_") ||
		str_starts(t->key, "NIXPACKS_"))
		take_own(job, t, value);
	else if (!is_envname_valid(t->key) || str_starts(t->key, "FLY_"))
		report_at(job->report, &f, "%s is left out: %s", t->key,
			str_starts(t->key, "FLY_")
				? "names that begin with FLY_ belong to Fly.io"
				: "it is no name of a variable");
	else if (strcmp(t->key, "PORT") == 0 &&
		 num_int(value, 1, 65535, &port) == 0)
		job->port = (int)port;
	else if (is_reference_in(value))
		return take_reference(job, t, value);
	else if (database != NULL && is_railway_host(value))
		need_database(job, database, t->key);
	else if (is_envname_secret(t->key, value) || *value == '\0')
		(void)report_secret(job->report, t->key, job->app, "%s %s",
			t->key,
			"looks like a secret: carry its value "
			"over");
	else
		flyconf_pair(job->conf, &job->conf->env, t->key, value);
	if (is_railway_host(value) && database == NULL &&
		!str_starts(t->key, "RAILWAY_")) {
		f = at(job, t, "warning", "points-to-railway");
		report_at(job->report, &f,
			"%s still names a host at Railway: APP.internal, "
			"APP.flycast or APP.fly.dev stand for it",
			t->key);
	}
	return 0;
}

int
variables_convert(struct job *job)
{
	const struct tree *t = job->variables;

	for (t = treeget_first(t); t != NULL; t = t->next)
		if (take(job, t) == -1)
			return -1;
	return 0;
}
