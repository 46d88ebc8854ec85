#include "service.h"

#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "command.h"
#include "cronapp.h"
#include "envs.h"
#include "flyregion.h"
#include "image.h"
#include "job.h"
#include "mem.h"
#include "needs.h"
#include "num.h"
#include "port.h"
#include "say.h"
#include "scale.h"
#include "settings.h"
#include "staticsite.h"
#include "take.h"
#include "tree.h"
#include "vars.h"
#include "web.h"

static void
take_region(struct job *job, struct app *a)
{
	struct tree *at = take(a->t, "region");
	const char *name = take_text(at);

	if (job->region != NULL) {
		a->region = job->region;
		if (name != NULL)
			say_value(job, at, "note", "region",
				"gives way to --region");
		return;
	}
	if (name != NULL)
		a->region = flyregion_near(job->regions, "render", name);
	if (name != NULL && a->region == NULL)
		say(job, at, "warning", "region", "--region CODE",
			"%s is no region of Render; its default is taken",
			name);
	else if (name != NULL)
		say(job, at, "note", "region", NULL,
			"%s is near Render's region %s", a->region, name);
	if (a->region == NULL)
		a->region = flyregion_near(job->regions, "render", "oregon");
}

static void
take_command(struct job *job, struct app *a)
{
	struct tree *start = take(a->t, "startCommand");
	struct tree *docker = take(a->t, "dockerCommand");
	const char *s = take_text(start), *d = take_text(docker);
	bool is_image = strcmp(a->runtime, "docker") == 0 ||
			strcmp(a->runtime, "image") == 0;

	if (s != NULL && s[strspn(s, " \t\r\n")] == '\0')
		s = NULL;
	if (d != NULL && d[strspn(d, " \t\r\n")] == '\0')
		d = NULL;
	if (s != NULL && d != NULL)
		say_value(job, is_image ? start : docker, "warning",
			"two-commands",
			is_image ? "gives way to dockerCommand"
				 : "gives way to startCommand");
	if (d != NULL && (s == NULL || is_image)) {
		a->command = command_script(d);
		a->command_at = docker;
		if (a->command != d)
			say(job, docker, "note", "docker-command", NULL,
				"dockerCommand: Render takes all after `sh -c` "
				"for the script, and so does this");
	} else if (s != NULL) {
		a->command = s;
		a->command_at = start;
	}
	if (a->command == NULL && !is_image && a->type != APP_STATIC)
		say(job, a->t, "warning", "no-command", "add a startCommand",
			"there is no startCommand; the image's own command "
			"will run");
}

int
service_prepare(struct job *job, struct app *a)
{
	job->current = a;
	take_region(job, a);
	if (a->type != APP_STATIC)
		take_command(job, a);
	if (vars_read(job, a) == -1 || port_choose(job, a) == -1)
		return -1;
	scale_prepare(job, a);
	job->current = NULL;
	return 0;
}

static void
put_top(struct job *job, struct app *a)
{
	struct fly_config *c = &a->conf;

	flyconf_note(c, "",
		"Written by renderyaml2toml from the Blueprint's service %s.",
		a->name);
	flyconf_set(c, &c->app, a->app);
	flyconf_set(c, &c->primary_region, a->region);
	flyconf_set(c, &c->deploy.strategy, "rolling");
	(void)job;
}

static void
put_stop(struct job *job, struct app *a)
{
	struct fly_config *c = &a->conf;
	struct tree *at = take(a->t, "maxShutdownDelaySeconds");
	int64_t seconds = 30;
	char text[24];
	int rc = take_int(a->t, "maxShutdownDelaySeconds", &seconds);

	if (rc == -1 || seconds < 1 || seconds > 300) {
		say_value(job, at, "warning", "shutdown-delay",
			"must be 1 to 300 seconds; 30 is taken");
		seconds = 30;
	}
	if (a->type == APP_STATIC)
		return;
	snprintf(text, sizeof(text), "%ds", (int)seconds);
	flyconf_set(c, &c->kill_signal, "SIGTERM");
	flyconf_set(c, &c->kill_timeout, text);
	flyconf_note(c, "kill_signal",
		"As on Render: SIGTERM, then %s%d seconds to finish. The "
		"default here is SIGINT and 5 seconds.",
		rc == 1 ? "" : "its default of ", (int)seconds);
}

static int
put_command(struct job *job, struct app *a)
{
	struct fly_config *c = &a->conf;
	struct buf b = BUF_INIT;
	const char *why;
	int rc;

	if (a->command == NULL)
		return 0;
	rc = command_put(job, a->command_at, a->command,
		a->type == APP_WORKER ? COMMAND_WORKER : COMMAND_SERVER, &b,
		&why);
	if (rc == 0)
		flyconf_pair(c, &c->processes, "app", buf_str(&b));
	if (*why != '\0')
		flyconf_note(c, "processes.app", "Needs a shell: %s.", why);
	buf_fini(&b);
	return rc;
}

static int
put_release(struct job *job, struct app *a)
{
	struct tree *at = take(a->t, "preDeployCommand");
	struct fly_config *c = &a->conf;
	const char *s = take_text(at), *why;
	struct buf b = BUF_INIT;
	int rc;

	if (s == NULL || s[strspn(s, " \t\r\n")] == '\0')
		return 0;
	rc = command_put(job, at, s, COMMAND_RELEASE, &b, &why);
	if (rc == 0)
		flyconf_set(c, &c->deploy.release_command, buf_str(&b));
	flyconf_note(c, "deploy.release_command",
		"The preDeployCommand: once for each deploy, before the new "
		"version starts.%s%s%s",
		*why != '\0' ? " Needs a shell: " : "", why,
		*why != '\0' ? "." : "");
	buf_fini(&b);
	return rc;
}

int
service_build(struct job *job, struct app *a)
{
	int rc = -1;

	job->current = a;
	put_top(job, a);
	put_stop(job, a);
	if (image_build(job, a) == -1)
		goto out;
	if (a->type == APP_STATIC) {
		if (staticsite_build(job, a) == -1)
			goto out;
	} else if (a->type == APP_CRON) {
		if (cronapp_build(job, a) == -1)
			goto out;
	} else if (put_command(job, a) == -1)
		goto out;
	if (put_release(job, a) == -1)
		goto out;
	web_build(job, a);
	if (envs_build(job, a) == -1)
		goto out;
	scale_build(job, a);
	settings_build(job, a);
	take_leftovers(job, a->t);
	rc = job->report->failed || a->conf.failed ? -1 : 0;

out:
	job->current = NULL;
	return rc;
}
