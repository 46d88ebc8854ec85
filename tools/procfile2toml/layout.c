#include "layout.h"

#include "appjson.h"
#include "buf.h"
#include "buildhint.h"
#include "command.h"
#include "flyconf.h"
#include "herokubuild.h"
#include "job.h"
#include "mem.h"
#include "procfile.h"
#include "record.h"
#include "report.h"
#include "scale.h"
#include "web.h"

static enum command_role
role_of(const char *name)
{
	if (strcmp(name, "web") == 0)
		return COMMAND_WEB;
	if (strcmp(name, "release") == 0)
		return COMMAND_RELEASE;
	if (strcmp(name, "console") == 0)
		return COMMAND_CONSOLE;
	return COMMAND_WORKER;
}

/* Why a command goes through a shell, above its key. */
static void
note_shell(struct job *job, const char *path, const char *name,
	const struct command *c)
{
	struct buf b = BUF_INIT;

	if (*c->why_shell == '\0')
		return;
	if (buf_printf(&b, "%s%s", path, name) == -1)
		job->report->failed = 1;
	flyconf_note(
		job->conf, buf_str(&b), "Needs a shell: %s.", c->why_shell);
	buf_fini(&b);
}

static void
put_release(struct job *job, const struct command *c)
{
	struct fly_deploy *d = &job->conf->deploy;

	flyconf_set(job->conf, &d->release_command, c->text);
	note_shell(job, "deploy.release_command", "", c);
	flyconf_set(job->conf, &d->release_command_timeout, "1h");
	flyconf_note(job->conf, "deploy.release_command_timeout",
		"Heroku lets a release process run up to an hour; the default "
		"here is 5m.");
}

static void
put_console(struct job *job, const struct procfile_entry *e,
	const struct command *c)
{
	struct finding f = {.level = "note",
		.rule = "console",
		.file = job->procfile_name,
		.line = e->line};

	flyconf_set(job->conf, &job->conf->console_command, c->text);
	note_shell(job, "console_command", "", c);
	report_at(job->report, &f,
		"\"console\" is no process that keeps running; it is what "
		"`fly console` starts (console_command)");
}

static int
put_group(struct job *job, struct layout *l, const struct procfile_entry *e,
	struct command *c)
{
	struct layout_group *g;

	g = mem_resize(l->group, l->n + 1, sizeof(*g));
	if (g == NULL)
		return -1;
	l->group = g;
	g += l->n;
	if ((g->command = mem_alloc(sizeof(*c))) == NULL)
		return -1;
	*g->command = *c;
	memset(c, 0, sizeof(*c));
	g->entry = e;
	g->is_web = strcmp(e->name, "web") == 0;
	l->n++;
	flyconf_pair(
		job->conf, &job->conf->processes, e->name, g->command->text);
	note_shell(job, "processes.", e->name, g->command);
	return 0;
}

static int
put_entry(struct job *job, struct layout *l, const struct procfile_entry *e)
{
	enum command_role role = role_of(e->name);
	struct command c;
	int rc = 0;

	if (command_convert(job, e, role, &c) == -1)
		return -1;
	l->uses_port |= c.uses_port;
	if (role == COMMAND_RELEASE)
		put_release(job, &c);
	else if (role == COMMAND_CONSOLE)
		put_console(job, e, &c);
	else
		rc = put_group(job, l, e, &c);
	command_fini(&c);
	return rc;
}

static void
put_top(struct job *job)
{
	struct fly_config *c = job->conf;
	struct finding f = {.level = "note", .rule = "no-app-name"};

	flyconf_note(c, "", "Written by procfile2toml from a Heroku app's %s.",
		job->heroku_yml != NULL ? job->app_json
						  ? "heroku.yml and app.json"
						  : "heroku.yml"
		: job->app_json         ? "Procfile and app.json"
					: "Procfile");
	flyconf_set(c, &c->app, job->app);
	if (job->app == NULL) {
		f.fix = "--app NAME";
		report_at(job->report, &f,
			"the file names no app; give --app here or to fly");
	}
	flyconf_set(c, &c->primary_region, job->region);
	if (job->region == NULL) {
		f.rule = "no-region";
		f.fix = "--region CODE";
		report_at(job->report, &f,
			"the file names no region; near Heroku's us is iad, "
			"near its eu lhr");
	}
	flyconf_set(c, &c->kill_signal, "SIGTERM");
	flyconf_note(c, "kill_signal",
		"As on Heroku: SIGTERM, then 30 seconds to finish. The default "
		"here is SIGINT and 5 seconds.");
	flyconf_set(c, &c->kill_timeout, "30s");
	c->swap_size_mb = flyconf_int(512);
	flyconf_note(c, "swap_size_mb",
		"A dyno over its memory swaps; a Machine without swap is "
		"killed.");
	flyconf_set(c, &c->deploy.strategy, "rolling");
	flyconf_note(c, "deploy.strategy",
		"One Machine after the other: a group of one is never two.");
}

/* The language of the first command that shows one; NULL: none does. */
static int
find_language(const struct job *job, const char **language)
{
	*language = NULL;
	for (size_t i = 0; i < job->procfile->n && *language == NULL; i++)
		if (buildhint_command(job->builds,
			    job->procfile->entry[i].command, language) == -1)
			return -1;
	return 0;
}

static void
need_build(struct job *job, const char *language)
{
	struct report_need *need = report_need(job->report, "build", "build",
		"an image%s%s: a Dockerfile beside the fly.toml, which "
		"`fly launch` writes for most frameworks; or, with what "
		"Heroku's buildpacks do, [build] builder = "
		"\"heroku/builder:24\", whose launcher then starts the "
		"commands",
		language != NULL ? " for " : "",
		language != NULL ? language : "");
	static const char *const argv[] = {
		"fly", "launch", "--copy-config", "--no-deploy"};

	report_command(job->report, need);
	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		report_word(job->report, need, argv[i]);
	if (job->app != NULL) {
		report_word(job->report, need, "--name");
		report_word(job->report, need, job->app);
	}
}

static void
put_restart(struct job *job, const struct layout *l)
{
	struct fly_restart *r;

	if (l->n == 0)
		return;
	r = flyconf_table(job->conf, &job->conf->restart, sizeof(*r));
	if (r == NULL)
		return;
	flyconf_set(job->conf, &r->policy, "always");
	flyconf_note(job->conf, "restart.0",
		"Heroku starts a process again whenever it ends, whatever its "
		"status.");
	for (size_t i = 0; i < l->n; i++)
		flyconf_push(job->conf, &r->processes, l->group[i].entry->name);
}

static void
fini(struct layout *l)
{
	for (size_t i = 0; i < l->n; i++) {
		command_fini(l->group[i].command);
		free(l->group[i].command);
	}
	free(l->group);
}

int
layout_build(struct job *job)
{
	struct layout l = {NULL, 0, false};
	const char *language;
	int rc = -1;

	put_top(job);
	if (find_language(job, &language) == -1)
		goto out;
	if (job->image == NULL)
		need_build(job, language);
	if (job->image != NULL && herokubuild_convert(job) == -1)
		goto out;
	if (appjson_convert(job) == -1)
		goto out;
	for (size_t i = 0; i < job->procfile->n; i++)
		if (put_entry(job, &l, &job->procfile->entry[i]) == -1)
			goto out;
	for (size_t i = 0; i < l.n; i++)
		if (*l.group[i].command->why_shell != '\0') {
			flyconf_note(job->conf, "processes",
				"Commands are split into words, without a "
				"shell; one that needs a shell has it with "
				"it, and exec where the program shall get "
				"the signals.");
			break;
		}
	if (web_build(job, &l) == -1 || scale_build(job, &l) == -1)
		goto out;
	put_restart(job, &l);
	rc = job->conf->failed || job->report->failed ? -1 : 0;

out:
	fini(&l);
	return rc;
}
