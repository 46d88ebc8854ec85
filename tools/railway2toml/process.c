#include "process.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "appcmd.h"
#include "buf.h"
#include "buildhint.h"
#include "cmdtrait.h"
#include "cronjob.h"
#include "flyconf.h"
#include "job.h"
#include "machine.h"
#include "record.h"
#include "report.h"
#include "service.h"
#include "setting.h"
#include "shellcmd.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

#define CRONTAB "/etc/crontab.fly"

/* A command as Fly.io splits it, with a finding for what is not the same. */
static int
put_command(struct job *job, const struct tree *t, const char *command,
	bool is_release, char **slot, const char *path)
{
	const struct finding f = setting_at(job, t, "note", "command");
	const struct appcmd said = {.report = job->report,
		.file = job->file,
		.name = t->key != NULL ? t->key : "preDeployCommand",
		.line = f.line,
		.column = f.column,
		.is_release = is_release,
		.is_once = is_release};
	struct cmdtrait_set traits = {0};
	struct buf text = BUF_INIT;
	struct shellcmd c;
	int rc = -1;

	if (shellcmd_parse(command, &c) == -1)
		return -1;
	appcmd_say_shell(&said, &c);
	if (cmdtrait_find(command, &traits) == 0 &&
		shellcmd_put(&c, &text) == 0) {
		appcmd_say_traits(&said, &traits);
		flyconf_set(job->conf, slot, buf_str(&text));
		if (!is_shellcmd_plain(&c))
			flyconf_note(job->conf, path, "Needs a shell: %s.",
				shellcmd_why(&c));
		rc = 0;
	}
	buf_fini(&text);
	cmdtrait_fini(&traits);
	shellcmd_fini(&c);
	return rc;
}

/* preDeployCommand: a string, or a list. */
static int
put_release(struct job *job)
{
	const struct tree *t = setting_get(job, "deploy", "preDeployCommand");
	struct finding f;
	struct buf command = BUF_INIT;
	int rc = 0;

	if (t == NULL)
		return 0;
	f = setting_at(job, t, "warning", "pre-deploy");
	if (t->kind == TREE_ARRAY)
		for (const struct tree *k = t->first; k != NULL && rc == 0;
			k = k->next)
			rc = treeget_text(k) == NULL
				     ? 0
				     : buf_printf(&command, "%s%s",
					       command.len > 0 ? " && " : "",
					       treeget_text(k));
	else if (treeget_text(t) != NULL)
		rc = buf_puts(&command, treeget_text(t));
	if (t->n > 1)
		report_at(job->report, &f,
			"preDeployCommand has several commands; each runs if "
			"the one before it did well: %s",
			buf_str(&command));
	if (rc == 0 && command.len > 0)
		rc = put_command(job, t, buf_str(&command), true,
			&job->conf->deploy.release_command,
			"deploy.release_command");
	buf_fini(&command);
	return rc;
}

/* Whether the image comes of a Dockerfile, as far as the file says. */
static bool
is_docker(struct job *job, const char *builder)
{
	return (builder != NULL &&
		       is_str_equal_nocase(builder, "DOCKERFILE")) ||
	       setting_get(job, "build", "dockerfilePath") != NULL ||
	       job->dockerfile != NULL;
}

static void
put_dockerfile(struct job *job)
{
	const char *path = setting_str(job, "build", "dockerfilePath");

	if (path == NULL)
		path = job->dockerfile != NULL ? job->dockerfile : "Dockerfile";
	while (str_starts(path, "./") || str_starts(path, "/"))
		path += strcspn(path, "/") + 1;
	flyconf_set(job->conf, &job->conf->build.dockerfile,
		*path != '\0' ? path : "Dockerfile");
}

static int
need_build(struct job *job, const char *builder, const char *command)
{
	static const char *const launch[] = {
		"fly", "launch", "--copy-config", "--no-deploy"};
	const char *build = setting_str(job, "build", "buildCommand");
	const char *language = NULL;
	struct report_need *need;

	if (command != NULL &&
		buildhint_command(job->builds, command, &language) == -1)
		return -1;
	need = report_need(job->report, "build", "build",
		"an image%s%s, which %s built on Railway: a Dockerfile beside "
		"the fly.toml, as `fly launch` writes one for most "
		"frameworks%s%s",
		language != NULL ? " for " : "",
		language != NULL ? language : "",
		builder != NULL ? builder : "Railpack",
		build != NULL ? ", with RUN " : "", build != NULL ? build : "");
	if (need != NULL)
		report_set(job->report, &need->replaces,
			builder != NULL ? builder : "RAILPACK");
	report_command(job->report, need);
	for (size_t i = 0; i < sizeof(launch) / sizeof(launch[0]); i++)
		report_word(job->report, need, launch[i]);
	if (job->app != NULL) {
		report_word(job->report, need, "--name");
		report_word(job->report, need, job->app);
	}
	return 0;
}

static int
put_build(struct job *job, const char *command)
{
	static const char *const builders[] = {
		"RAILPACK", "NIXPACKS", "DOCKERFILE", "HEROKU", "PAKETO"};
	const char *builder = setting_str(job, "build", "builder");
	const char *build = setting_str(job, "build", "buildCommand");
	const struct tree *watch = setting_get(job, "build", "watchPatterns");
	bool is_known = builder == NULL;
	struct finding f;

	for (size_t i = 0; i < 5 && builder != NULL; i++)
		is_known |= is_str_equal_nocase(builder, builders[i]);
	if (!is_known) {
		f = setting_at(job, setting_get(job, "build", "builder"),
			"warning", "railway-value");
		report_at(job->report, &f, "the builder %s is not known here",
			builder);
	}
	if (watch != NULL) {
		struct buf text = BUF_INIT;
		f = setting_at(job, watch, "note", "watch-patterns");
		if (treeget_json(&text, watch) == -1)
			job->report->failed = 1;
		report_at(job->report, &f,
			"watchPatterns decide when Railway deploys; `fly "
			"deploy` is told: %s",
			buf_str(&text));
		buf_fini(&text);
	}
	if (!is_docker(job, builder))
		return need_build(job, builder, command);
	put_dockerfile(job);
	if (build != NULL) {
		f = setting_at(job, setting_get(job, "build", "buildCommand"),
			"warning", "build-command");
		report_at(job->report, &f,
			"buildCommand has no place beside a Dockerfile: %s",
			build);
	}
	if (builder != NULL && !is_str_equal_nocase(builder, "DOCKERFILE")) {
		f = setting_at(job, setting_get(job, "build", "builder"),
			"note", "builder");
		report_at(job->report, &f,
			"the builder is %s, but there is a Dockerfile, which "
			"counts on Railway",
			builder);
	}
	return 0;
}

/* A job by the clock: supercronic with a crontab in the file itself. */
static int
put_cron(struct job *job, const struct tree *t, const char *command)
{
	struct finding f = setting_at(job, t, "note", "cron");
	const struct cronjob j = {tree_str(t), command ? command : "COMMAND",
		job->app, job->region};
	struct buf line = BUF_INIT;
	struct fly_file *file;

	if (!is_cronjob_schedule(j.schedule)) {
		f.level = "error";
		report_at(job->report, &f,
			"cronSchedule \"%s\" is no schedule of five fields",
			j.schedule);
	}
	cronjob_need(job->report, "schedule:cron", &j);
	if (command == NULL) {
		f.level = "error";
		f.fix = "write the image's command after the times in "
			"[[files]]";
		report_at(job->report, &f,
			"cronSchedule runs the image's own command, which is "
			"not seen here");
	} else
		report_at(job->report, &f,
			"Railway starts the service by the clock; here a "
			"Machine keeps running and supercronic, which the "
			"image must have, starts the command");
	flyconf_pair(job->conf, &job->conf->processes, "cron",
		"supercronic " CRONTAB);
	flyconf_note(job->conf, "processes.cron",
		"At most one Machine: two would do everything twice.");
	file = flyconf_table(job->conf, &job->conf->files, sizeof(*file));
	if (file == NULL ||
		buf_printf(&line, "%s %s\n", j.schedule, j.command) == -1) {
		buf_fini(&line);
		return -1;
	}
	flyconf_set(job->conf, &file->guest_path, CRONTAB);
	flyconf_set(job->conf, &file->raw_value, buf_str(&line));
	flyconf_push(job->conf, &file->processes, "cron");
	buf_fini(&line);
	return 0;
}

int
process_build(struct job *job)
{
	const struct tree *t = setting_get(job, "deploy", "startCommand");
	const char *command = setting_str(job, "deploy", "startCommand");
	const char *cron = setting_str(job, "deploy", "cronSchedule");
	char *emitted = NULL;
	int rc = 0;

	if (put_build(job, command) == -1 || put_release(job) == -1)
		return -1;
	if (cron != NULL)
		return put_cron(job, setting_get(job, "deploy", "cronSchedule"),
			command);
	if (command != NULL)
		rc = put_command(job, t, command, false, &emitted,
			"processes." MACHINE_GROUP);
	/* without a command the image's own one runs, in the group "app" */
	if (rc == 0 && emitted != NULL)
		flyconf_pair(job->conf, &job->conf->processes, MACHINE_GROUP,
			emitted);
	free(emitted);
	return rc == -1 ? -1 : service_build(job, command);
}
