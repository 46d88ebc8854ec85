#include "project.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "cronjob.h"
#include "envname.h"
#include "flyconf.h"
#include "flyregion.h"
#include "job.h"
#include "leftover.h"
#include "report.h"
#include "shlex.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"
#include "verdict.h"
#include "vmsize.h"

#define SHARED_MB 2048 /* the most memory beside one shared processor */

/* Something whose form is not understood. 0 or -1. */
static int
add_odd(struct job *job, const struct tree *t, const char *key)
{
	struct buf text = BUF_INIT;
	int rc = leftover_put(&text, t);

	verdict_add(job->verdicts, t, VERDICT_BY_HAND, key,
		"is not understood: %s", buf_str(&text));
	buf_fini(&text);
	return rc;
}

/* Several settings may want the same one. */
static void
need_secret(struct job *job, const char *name, const char *why)
{
	struct buf id = BUF_INIT;

	if (buf_printf(&id, "secret:%s", name) == -1)
		job->report->failed = 1;
	if (report_find(job->report, buf_str(&id)) == NULL)
		(void)report_secret(
			job->report, name, job->app, "%s %s", name, why);
	buf_fini(&id);
}

/* One cron job: a request to a path of the app. */
static int
take_cron(struct job *job, const struct tree *t, struct buf *crontab)
{
	const char *path = treeget_str(t, "path");
	const char *schedule = treeget_str(t, "schedule");
	struct buf command = BUF_INIT, url = BUF_INIT, id = BUF_INIT;
	int rc = -1;

	if (path == NULL || schedule == NULL || t->n != 2 ||
		!is_cronjob_schedule(schedule))
		return add_odd(job, t, "crons");
	if (buf_printf(&url, "https://%s.fly.dev%s",
		    job->app != NULL ? job->app : "APP", path) == -1 ||
		buf_puts(&command, "curl -fsS -H \"Authorization: Bearer "
				   "$CRON_SECRET\" ") == -1 ||
		shlex_quote(&command, buf_str(&url)) == -1 ||
		buf_printf(&id, "schedule:%s %s", schedule, path) == -1 ||
		buf_printf(crontab, "%s %s\n", schedule, buf_str(&command)) ==
			-1)
		goto out;
	const struct cronjob j = {
		schedule, buf_str(&command), job->app, job->region};
	if (report_find(job->report, buf_str(&id)) == NULL)
		cronjob_need(job->report, buf_str(&id), &j);
	verdict_add(job->verdicts, t,
		job->command != NULL ? VERDICT_MOVES : VERDICT_BY_HAND, "crons",
		"%s %s: a process group cron with supercronic, whose crontab "
		"asks for the path with CRON_SECRET",
		schedule, path);
	rc = 0;

out:
	buf_fini(&command);
	buf_fini(&url);
	buf_fini(&id);
	return rc;
}

int
project_crons(struct job *job, const struct tree *t)
{
	struct buf crontab = BUF_INIT;
	struct fly_config *c = job->conf;
	struct fly_file *file;
	int rc = 0;

	if (t->kind != TREE_ARRAY)
		return add_odd(job, t, "crons");
	for (t = t->first; t != NULL && rc == 0; t = t->next)
		rc = take_cron(job, t, &crontab);
	if (rc == 0 && crontab.len > 0) {
		need_secret(job, "CRON_SECRET",
			"is what Vercel's cron jobs show: carry its value "
			"over");
		flyconf_pair(c, &c->processes, "cron",
			"supercronic /etc/crontab.fly");
		file = flyconf_table(c, &c->files, sizeof(*file));
		if (file != NULL) {
			flyconf_set(c, &file->guest_path, "/etc/crontab.fly");
			flyconf_set(c, &file->raw_value, buf_str(&crontab));
			flyconf_push(c, &file->processes, "cron");
		}
	}
	buf_fini(&crontab);
	return rc;
}

/* A variable: plain to ${map}, else a need. */
static void
take_variable(struct job *job, const struct tree *t, const char *key,
	struct fly_map *map)
{
	const char *value = treeget_text(t);
	const char *where = map == &job->conf->env ? "[env]" : "[build.args]";

	if (map == &job->conf->env && value != NULL &&
		(strcmp(t->key, "PORT") == 0 || strcmp(t->key, "HOST") == 0 ||
			strcmp(t->key, "HOSTNAME") == 0)) {
		verdict_add(job->verdicts, t, VERDICT_STAYS, key,
			"%s = %s: the fly.toml sets it for its server", t->key,
			value);
	} else if (value != NULL && *value == '@') {
		(void)report_secret(job->report, t->key, job->app, "%s %s",
			t->key,
			"was a secret of the project: carry its value over");
		verdict_add(job->verdicts, t, VERDICT_MOVES, key,
			"%s refers to the secret %s: a secret here too", t->key,
			value);
	} else if (value == NULL || !is_envname_valid(t->key) ||
		   str_starts(t->key, "FLY_"))
		verdict_add(job->verdicts, t, VERDICT_BY_HAND, key,
			"%s has no plain value, or a name that Fly.io does "
			"not take",
			t->key);
	else if (is_envname_secret(t->key, value)) {
		(void)report_secret(job->report, t->key, job->app, "%s %s",
			t->key,
			"looks like a secret, so it is not put into the file");
		verdict_add(job->verdicts, t, VERDICT_MOVES, key,
			"%s looks like a secret: set it as one", t->key);
	} else {
		flyconf_pair(job->conf, map, t->key, value);
		verdict_add(job->verdicts, t,
			job->command != NULL ? VERDICT_MOVES : VERDICT_BY_HAND,
			key, "%s = %s: %s", t->key, value, where);
	}
}

int
project_env(struct job *job, const struct tree *t)
{
	if (t->kind != TREE_TABLE)
		return add_odd(job, t, "env");
	for (t = t->first; t != NULL; t = t->next)
		take_variable(job, t, "env", &job->conf->env);
	return 0;
}

/* "build": {"env": {...}}. */
int
project_build(struct job *job, const struct tree *t)
{
	int rc = 0;

	if (t->kind != TREE_TABLE)
		return add_odd(job, t, "build");
	for (t = t->first; t != NULL && rc == 0; t = t->next)
		if (strcmp(t->key, "env") != 0 || t->kind != TREE_TABLE)
			rc = add_odd(job, t, "build");
		else
			for (const struct tree *v = t->first; v != NULL;
				v = v->next)
				take_variable(job, v, "build.env",
					&job->conf->build.args);
	return rc;
}

static void
take_function(struct job *job, const struct tree *t, int64_t *most)
{
	for (const struct tree *k = t->first; k != NULL; k = k->next) {
		struct buf text = BUF_INIT;
		int64_t mb = 0;
		if (leftover_put(&text, k) == -1)
			job->report->failed = 1;
		if (strcmp(k->key, "memory") == 0 &&
			treeget_int(k, 1, 1 << 20, &mb) == 0) {
			*most = mb > *most ? mb : *most;
			verdict_add(job->verdicts, k,
				job->command != NULL ? VERDICT_MOVES
						     : VERDICT_BY_HAND,
				"functions",
				"%s: memory %" PRId64
				" MB is that of the whole Machine",
				t->key, mb);
		} else if (strcmp(k->key, "maxDuration") == 0)
			verdict_add(job->verdicts, k, VERDICT_STAYS,
				"functions",
				"%s: maxDuration %s; a server's requests have "
				"no such end, but the proxy closes a "
				"connection that is idle for a minute",
				t->key, buf_str(&text));
		else
			verdict_add(job->verdicts, k, VERDICT_STAYS,
				"functions", "%s: %s %s is of functions only",
				t->key, k->key, buf_str(&text));
		buf_fini(&text);
	}
}

int
project_functions(struct job *job, const struct tree *t)
{
	struct fly_vm *vm;
	struct vmsize size;
	int64_t most = 0;
	char memory[32];
	int rc = 0;

	if (t->kind != TREE_TABLE)
		return add_odd(job, t, "functions");
	for (t = t->first; t != NULL && rc == 0; t = t->next)
		if (t->kind == TREE_TABLE)
			take_function(job, t, &most);
		else
			rc = add_odd(job, t, "functions");
	if (most == 0 || rc == -1)
		return rc;
	vm = flyconf_table(job->conf, &job->conf->vm, sizeof(*vm));
	if (vm == NULL)
		return -1;
	/* a function has a part of a processor: shared ones do */
	vmsize_fit(most > SHARED_MB ? 2 : 1, most, &size);
	if (most <= 2 * SHARED_MB) {
		size.memory_mb = (most + 255) / 256 * 256;
		flyconf_set(job->conf, &vm->size,
			most > SHARED_MB ? "shared-cpu-2x" : "shared-cpu-1x");
	} else
		flyconf_set(job->conf, &vm->size, size.size);
	snprintf(memory, sizeof(memory), "%" PRId64 "mb", size.memory_mb);
	flyconf_set(job->conf, &vm->memory, memory);
	flyconf_note(job->conf, "vm.0",
		"The largest function had %" PRId64 " MB to itself.", most);
	return 0;
}

int
project_regions(struct job *job, const struct tree *t)
{
	if (t->kind != TREE_ARRAY)
		return add_odd(job, t, "regions");
	for (t = t->first; t != NULL; t = t->next) {
		const char *name = treeget_text(t);
		const char *near =
			name ? flyregion_near(job->regions, "vercel", name)
			     : NULL;
		if (near == NULL)
			verdict_add(job->verdicts, t, VERDICT_BY_HAND,
				"regions", "%s is not known here",
				name ? name : "a value");
		else if (job->region == NULL ||
			 strcmp(near, job->region) == 0) {
			job->region = near;
			verdict_add(job->verdicts, t, VERDICT_MOVES, "regions",
				"%s: the primary region %s, which is near it",
				name, near);
		} else
			verdict_add(job->verdicts, t, VERDICT_BY_HAND,
				"regions", "%s: fly scale count 1 --region %s",
				name, near);
	}
	return 0;
}

int
project_alias(struct job *job, const struct tree *t)
{
	static const char *const argv[] = {"fly", "certs", "add", NULL};
	const struct tree *list = t;

	if (t->kind == TREE_ARRAY)
		t = t->first;
	for (; t != NULL; t = list->kind == TREE_ARRAY ? t->next : NULL) {
		struct report_need *need;
		struct buf id = BUF_INIT;
		const char *host = tree_str(t);
		if (host == NULL) {
			if (add_odd(job, t, "alias") == -1)
				return -1;
			continue;
		}
		if (buf_printf(&id, "domain:%s", host) == -1)
			return -1;
		if (report_find(job->report, buf_str(&id)) == NULL) {
			need = report_need(job->report, "domain", buf_str(&id),
				"the domain %s: a certificate, and its DNS "
				"records to Fly.io",
				host);
			report_words(job->report, need, argv);
			report_word(job->report, need, host);
		}
		verdict_add(job->verdicts, t, VERDICT_MOVES, "alias",
			"%s: fly certs add, and its DNS records", host);
		buf_fini(&id);
	}
	return 0;
}

int
project_builds(struct job *job, const struct tree *t)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (t->kind != TREE_ARRAY)
		return add_odd(job, t, "builds");
	for (t = t->first; t != NULL && rc == 0; t = t->next) {
		const char *use = treeget_str(t, "use");
		const char *how = "in the Dockerfile";
		buf_clear(&text);
		rc = leftover_put(&text, t);
		if (use != NULL && strstr(use, "static") != NULL)
			how = "static files: a web server in the image serves "
			      "what the build makes";
		else if (job->command == NULL)
			how = "a function, which is no process: it needs a "
			      "server of the app's own round it";
		verdict_add(job->verdicts, t, VERDICT_BY_HAND, "builds",
			"%s: %s", buf_str(&text), how);
	}
	buf_fini(&text);
	return rc;
}
