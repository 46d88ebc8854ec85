#include "addonlist.h"

#include "addon.h"
#include "buf.h"
#include "job.h"
#include "json.h"
#include "mem.h"
#include "msg.h"
#include "record.h"
#include "report.h"
#include "str.h"

/* An add-on taken apart: "service:plan", what it is attached as. */
static int
put_need(struct job *job, const char *service, size_t n, const char *plan,
	const char *as, const char *handle, struct report_need **need)
{
	struct buf name = BUF_INIT, id = BUF_INIT;
	int rc = -1;

	if (buf_append(&name, service, n) == -1 ||
		buf_printf(&id, "addon:%s", handle) == -1)
		goto out;
	struct addon a = {buf_str(&name), plan, as, job->app, job->region};
	*need = addon_need(
		job->report, job->addon_map, "heroku", buf_str(&id), &a);
	rc = 0;

out:
	buf_fini(&name);
	buf_fini(&id);
	return rc;
}

static void
say_retired_plan(struct job *job, struct finding *where, const char *service,
	const char *plan)
{
	static const char *const retired[] = {
		"hobby-dev", "hobby-basic", "dev", "basic"};

	if (plan == NULL || !str_starts(service, "heroku-"))
		return;
	for (size_t i = 0; i < sizeof(retired) / sizeof(retired[0]); i++)
		if (strcmp(plan, retired[i]) == 0) {
			where->level = "note";
			where->rule = "addon-plan";
			report_at(job->report, where,
				"the plan %s is no longer sold; it is read as "
				"the smallest one",
				plan);
		}
}

static int
take_live(struct job *job, const struct json_val *v)
{
	const char *plan = json_get_str(json_get(v, "plan"), "name");
	const char *service =
		json_get_str(json_get(v, "addon_service"), "name");
	const char *name = json_get_str(v, "name");
	const char *state = json_get_str(v, "state");
	struct finding where = {.level = "note",
		.rule = "addon-state",
		.file = job->addons_name};
	struct report_need *need = NULL;
	const struct json_val *var;

	json_where(job->addons, v, &where.line, &where.column);
	if (service == NULL) {
		msg_at(where.file, where.line, where.column,
			"no add-on: addon_service.name is missing");
		return -1;
	}
	if (plan != NULL && strchr(plan, ':') != NULL)
		plan = strchr(plan, ':') + 1;
	if (state != NULL && strcmp(state, "provisioned") != 0)
		report_at(job->report, &where, "the add-on %s is %s",
			name ? name : service, state);
	if (put_need(job, service, strlen(service), plan, NULL,
		    name ? name : service, &need) == -1)
		return -1;
	var = json_first(json_get(v, "config_vars"));
	for (; var != NULL; var = json_next(var))
		if (json_str(var) != NULL)
			report_variable(job->report, need, json_str(var));
	return 0;
}

int
addonlist_live(struct job *job)
{
	const struct json_val *v = json_root(job->addons);

	if (json_kind(v) != JSON_ARRAY) {
		msg_error("%s: not what `heroku addons --json` prints: no "
			  "array",
			job->addons_name);
		return -1;
	}
	for (v = json_first(v); v != NULL; v = json_next(v))
		if (take_live(job, v) == -1)
			return -1;
	return 0;
}

/* Whether the running app has an add-on of that service. */
static bool
is_live(const struct job *job, const char *service, size_t n)
{
	const struct json_val *v =
		job->addons == NULL ? NULL : json_first(json_root(job->addons));

	for (; v != NULL; v = json_next(v)) {
		const char *s =
			json_get_str(json_get(v, "addon_service"), "name");
		if (s != NULL && strlen(s) == n && memcmp(s, service, n) == 0)
			return true;
	}
	return false;
}

static int
take_app_json(struct job *job, const struct json_val *v)
{
	const char *text = json_str(v), *as = json_get_str(v, "as");
	struct finding where = {.level = "note",
		.rule = "addon-declared",
		.file = job->app_json_name};
	struct report_need *need = NULL;
	const struct json_val *options = json_get(v, "options");
	const char *colon;
	size_t n;

	json_where(job->app_json, v, &where.line, &where.column);
	if (text == NULL && (text = json_get_str(v, "plan")) == NULL) {
		where.level = "warning";
		report_at(job->report, &where,
			"an add-on without a plan is not understood");
		return 0;
	}
	colon = strchr(text, ':');
	n = colon != NULL ? (size_t)(colon - text) : strlen(text);
	if (is_live(job, text, n)) {
		report_at(job->report, &where,
			"the add-on %s is counted as the running app has it",
			text);
		return 0;
	}
	if (job->addons != NULL)
		report_at(job->report, &where,
			"the add-on %s is declared, but the running app has "
			"none of it",
			text);
	say_retired_plan(job, &where, text, colon ? colon + 1 : NULL);
	if (put_need(job, text, n, colon ? colon + 1 : NULL, as, as ? as : text,
		    &need) == -1)
		return -1;
	if (options != NULL) {
		struct buf json = BUF_INIT;
		int rc = json_put(&json, options);
		where.level = "note";
		where.rule = "addon-options";
		report_at(job->report, &where,
			"the add-on %s has options that its replacement may "
			"need: %s",
			text, buf_str(&json));
		buf_fini(&json);
		return rc;
	}
	return 0;
}

int
addonlist_app_json(struct job *job, const struct json_val *v)
{
	struct finding where = {.level = "warning",
		.rule = "app-json",
		.file = job->app_json_name};

	if (json_kind(v) != JSON_ARRAY) {
		json_where(job->app_json, v, &where.line, &where.column);
		report_at(job->report, &where, "addons is no list");
		return 0;
	}
	for (v = json_first(v); v != NULL; v = json_next(v))
		if (take_app_json(job, v) == -1)
			return -1;
	return 0;
}
