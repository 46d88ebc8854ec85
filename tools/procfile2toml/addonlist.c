#include "addonlist.h"

#include "addon.h"
#include "buf.h"
#include "job.h"
#include "mem.h"
#include "msg.h"
#include "record.h"
#include "report.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

/* An add-on taken apart: "service:plan", what it is attached as. */
/* With "as": NAME their variable is NAME_URL in place of the usual one. */
static const char *const named_by_as[] = {
	"heroku-postgresql", "heroku-redis", NULL};

static int
put_need(struct job *job, const char *service, size_t n, const char *plan,
	const char *as, const char *handle, struct report_need **need)
{
	struct buf name = BUF_INIT, id = BUF_INIT, variable = BUF_INIT;
	struct addon a = {NULL, plan, as, job->app, job->region, NULL};
	int rc = -1;

	if (buf_append(&name, service, n) == -1 ||
		buf_printf(&id, "addon:%s", handle) == -1)
		goto out;
	/* the same one twice: each needs a stable id of its own */
	for (unsigned i = 2; report_find(job->report, buf_str(&id)); i++) {
		buf_clear(&id);
		if (buf_printf(&id, "addon:%s#%u", handle, i) == -1)
			goto out;
	}
	a.service = buf_str(&name);
	if (as != NULL && is_str_one_of(a.service, named_by_as)) {
		if (buf_printf(&variable, "%s_URL", as) == -1)
			goto out;
		a.variable = buf_str(&variable);
	}
	*need = addon_need(
		job->report, job->addon_map, "heroku", buf_str(&id), &a);
	rc = 0;

out:
	buf_fini(&name);
	buf_fini(&id);
	buf_fini(&variable);
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
take_live(struct job *job, const struct tree *v)
{
	const char *plan = treeget_str(tree_get(v, "plan"), "name");
	const char *service = treeget_str(tree_get(v, "addon_service"), "name");
	const char *name = treeget_str(v, "name");
	const char *state = treeget_str(v, "state");
	struct finding where = {.level = "note",
		.rule = "addon-state",
		.file = job->addons_name};
	struct report_need *need = NULL;
	const struct tree *var;

	treeget_place(v, &where.line, &where.column);
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
	var = treeget_first(tree_get(v, "config_vars"));
	for (; var != NULL; var = var->next)
		if (tree_str(var) != NULL)
			report_variable(job->report, need, tree_str(var));
	return 0;
}

int
addonlist_live(struct job *job)
{
	const struct tree *v = job->addons;

	if (v->kind != TREE_ARRAY) {
		msg_error("%s: not what `heroku addons --json` prints: no "
			  "array",
			job->addons_name);
		return -1;
	}
	for (v = v->first; v != NULL; v = v->next)
		if (take_live(job, v) == -1)
			return -1;
	return 0;
}

/* Whether the running app has an add-on of that service. */
static bool
is_live(const struct job *job, const char *service, size_t n)
{
	const struct tree *v = job->addons == NULL ? NULL : job->addons->first;

	for (; v != NULL; v = v->next) {
		const char *s =
			treeget_str(tree_get(v, "addon_service"), "name");
		if (s != NULL && strlen(s) == n && memcmp(s, service, n) == 0)
			return true;
	}
	return false;
}

/* Whether app.json declares that service, so that heroku.yml says it again. */
static bool
is_in_app_json(const struct job *job, const char *service, size_t n)
{
	const struct tree *v = treeget_first(tree_get(job->app_json, "addons"));

	for (; v != NULL; v = v->next) {
		const char *s =
			tree_str(v) ? tree_str(v) : treeget_str(v, "plan");
		if (s != NULL && strncmp(s, service, n) == 0 &&
			(s[n] == '\0' || s[n] == ':'))
			return true;
	}
	return false;
}

/* What else an entry says: its options, and keys that mean nothing. */
static int
say_rest(struct job *job, struct finding *where, const struct tree *v,
	const char *text)
{
	struct buf json = BUF_INIT;
	int rc = 0;

	for (const struct tree *k = v->first; k != NULL; k = k->next) {
		where->level = "note";
		where->rule = "addon-options";
		if (strcmp(k->key, "options") == 0) {
			rc = treeget_json(&json, k);
			report_at(job->report, where,
				"the add-on %s has options that its "
				"replacement may need: %s",
				text, buf_str(&json));
		} else if (strcmp(k->key, "plan") != 0 &&
			   (strcmp(k->key, "as") != 0 || tree_str(k) == NULL))
			report_at(job->report, where,
				"the add-on %s: \"%s\" is not understood", text,
				k->key);
	}
	buf_fini(&json);
	return rc;
}

static int
take_declared(struct job *job, const struct tree *v, struct finding where)
{
	const char *text = tree_str(v), *as = treeget_str(v, "as");
	bool is_again = where.file != job->app_json_name;
	struct report_need *need = NULL;
	const char *colon;
	size_t n;

	treeget_place(v, &where.line, &where.column);
	if (text == NULL && (text = treeget_str(v, "plan")) == NULL) {
		report_at(job->report, &where,
			"an add-on without a plan is not understood");
		return 0;
	}
	where.level = "note";
	where.rule = "addon-declared";
	colon = strchr(text, ':');
	n = colon != NULL ? (size_t)(colon - text) : strlen(text);
	is_again = is_again && is_in_app_json(job, text, n);
	if (is_live(job, text, n) || is_again) {
		report_at(job->report, &where,
			"the add-on %s%s%s is counted as %s has it", text,
			as ? " as " : "", as ? as : "",
			is_again ? "app.json" : "the running app");
		return say_rest(job, &where, v, text);
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
	return say_rest(job, &where, v, text);
}

int
addonlist_declared(struct job *job, const struct tree *v, const char *file)
{
	struct finding where = {
		.level = "warning", .rule = "addon", .file = file};

	if (v->kind != TREE_ARRAY) {
		treeget_place(v, &where.line, &where.column);
		report_at(job->report, &where, "addons is no list: %s",
			treeget_text(v) ? treeget_text(v) : v->key);
		return 0;
	}
	for (v = v->first; v != NULL; v = v->next)
		if (take_declared(job, v, where) == -1)
			return -1;
	return 0;
}
