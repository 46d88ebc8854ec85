#include "setting.h"

#include <stdbool.h>
#include <string.h>

#include "buf.h"
#include "job.h"
#include "leftover.h"
#include "num.h"
#include "railway2toml.h"
#include "record.h"
#include "report.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

/* What the conversion reads, and what needs no word. */
static const char *const build_keys[] = {
	"builder", "buildCommand", "watchPatterns", "dockerfilePath", NULL};
static const char *const deploy_keys[] = {"startCommand", "preDeployCommand",
	"healthcheckPath", "healthcheckTimeout", "restartPolicyType",
	"restartPolicyMaxRetries", "cronSchedule", "numReplicas",
	"multiRegionConfig", "region", "sleepApplication", "overlapSeconds",
	"drainingSeconds", "requiredMountPath", "limitOverride", NULL};
/* What Railway reads too, but has no place on Fly.io. */
static const char *const own_build_keys[] = {"railpackVersion",
	"nixpacksVersion", "nixpacksConfigPath", "nixpacksPlan",
	"buildEnvironment", NULL};
static const char *const own_deploy_keys[] = {"runtime", "useLegacyStacker",
	"registryCredentials", "ipv6EgressEnabled", NULL};

const struct tree *
setting_get(const struct job *job, const char *section, const char *key)
{
	const struct tree *t =
		tree_get(tree_get(job->environment, section), key);

	if (t == NULL)
		t = tree_get(tree_get(job->root, section), key);
	return t != NULL && t->kind != TREE_NULL ? t : NULL;
}

struct finding
setting_at(const struct job *job, const struct tree *t, const char *level,
	const char *rule)
{
	struct finding f = {.level = level, .rule = rule, .file = job->file};

	treeget_place(t, &f.line, &f.column);
	return f;
}

static void
say_kind(struct job *job, const char *section, const struct tree *t,
	const char *wanted)
{
	struct finding f = setting_at(job, t, "warning", "railway-value");
	struct buf text = BUF_INIT;

	if (leftover_put(&text, t) == -1)
		job->report->failed = 1;
	report_at(job->report, &f, "%s.%s is %s: %s", section,
		t->key != NULL ? t->key : "[]", wanted, buf_str(&text));
	buf_fini(&text);
}

const char *
setting_str(struct job *job, const char *section, const char *key)
{
	const struct tree *t = setting_get(job, section, key);

	if (t != NULL && tree_str(t) == NULL)
		say_kind(job, section, t, "no string and is left out");
	return tree_str(t);
}

int
setting_int(struct job *job, const char *section, const char *key, int64_t max,
	int64_t *out)
{
	const struct tree *t = setting_get(job, section, key);

	if (t == NULL)
		return 0;
	if (treeget_text(t) != NULL &&
		num_int(treeget_text(t), 0, max, out) == 0)
		return 1;
	say_kind(job, section, t, "no number that makes sense and is left out");
	return 0;
}

static int
say_left(struct job *job, const char *prefix, const struct tree *t,
	const char *level, const char *rule, const char *why)
{
	struct finding f = setting_at(job, t, level, rule);
	struct buf text = BUF_INIT;
	int rc = leftover_put(&text, t);

	report_at(job->report, &f, "%s%s %s: %s", prefix,
		t->key != NULL ? t->key : "[]", why, buf_str(&text));
	buf_fini(&text);
	return rc;
}

/* One section of the file or of an environment. */
static int
say_section(struct job *job, const char *section, const struct tree *t)
{
	bool is_build = strcmp(section, "build") == 0;
	const char *const *keys = is_build ? build_keys : deploy_keys;
	const char *const *own = is_build ? own_build_keys : own_deploy_keys;
	const char *prefix = is_build ? "build." : "deploy.";
	int rc = 0;

	if (t == NULL)
		return 0;
	if (t->kind != TREE_TABLE)
		return say_left(job, "", t, "warning", "railway-key",
			"is no table, and Railway does not read it");
	for (const struct tree *k = t->first; k != NULL && rc == 0; k = k->next)
		if (is_str_one_of(k->key, own))
			rc = say_left(job, prefix, k, "note", "railway-own",
				"is for Railway only");
		else if (!is_str_one_of(k->key, keys))
			rc = say_left(job, prefix, k, "warning", "railway-key",
				"is no key that Railway reads, and is left "
				"out");
		else if (setting_get(job, section, k->key) != k &&
			 k->kind != TREE_NULL)
			rc = say_left(job, prefix, k, "note", "environment",
				"gives way to that of the environment");
	return rc;
}

/* What people write that Railway never read, and where it belongs. */
static const char *
advice(const char *key)
{
	static const char *const variables[] = {
		"env", "envVars", "variables", "environment", "vars", NULL};

	if (is_str_one_of(key, variables))
		return "is nothing that Railway reads: its variables are in "
		       "its dashboard (--variables), and is left out";
	if (strcmp(key, "services") == 0)
		return "is nothing that Railway reads: a file is for one "
		       "service, and each needs a file and an app of its own";
	return "is no key that Railway reads, and is left out";
}

/* Environments that were not asked for, and odd keys of the one that was. */
static int
say_environments(struct job *job, const struct tree *t)
{
	int rc = 0;

	for (t = treeget_first(t); t != NULL && rc == 0; t = t->next) {
		if (t != job->environment) {
			rc = say_left(job, "environments.", t, "note",
				"environment", "is not taken (--environment)");
			continue;
		}
		for (const struct tree *k = t->first; k != NULL && rc == 0;
			k = k->next)
			if (strcmp(k->key, "build") == 0 ||
				strcmp(k->key, "deploy") == 0)
				rc = say_section(job, k->key, k);
			else
				rc = say_left(job, "environments.", k,
					"warning", "railway-key",
					advice(k->key));
	}
	return rc;
}

int
setting_say_rest(struct job *job)
{
	int rc = 0;

	for (const struct tree *t = job->root->first; t != NULL && rc == 0;
		t = t->next)
		if (strcmp(t->key, "build") == 0 ||
			strcmp(t->key, "deploy") == 0)
			rc = say_section(job, t->key, t);
		else if (strcmp(t->key, "environments") == 0 &&
			 t->kind == TREE_TABLE)
			rc = say_environments(job, t);
		else if (strcmp(t->key, "$schema") != 0)
			rc = say_left(job, "", t, "warning", "railway-key",
				advice(t->key));
	return rc;
}
