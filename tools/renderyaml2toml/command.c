#include "command.h"

#include <string.h>

#include "buf.h"
#include "cmdtrait.h"
#include "job.h"
#include "say.h"
#include "shellcmd.h"
#include "str.h"
#include "tree.h"

/* Variables that only Render sets, and what stands for each. */
static const char *
platform_hint(const char *name)
{
	static const struct {
		const char *name, *hint;
	} hints[] = {{"RENDER_EXTERNAL_HOSTNAME", "$FLY_APP_NAME.fly.dev"},
		{"RENDER_EXTERNAL_URL", "https://$FLY_APP_NAME.fly.dev"},
		{"RENDER_SERVICE_NAME", "$FLY_APP_NAME"},
		{"RENDER_SERVICE_ID", "$FLY_APP_NAME"},
		{"RENDER_INSTANCE_ID", "$FLY_MACHINE_ID"},
		{"RENDER_GIT_COMMIT", "$FLY_IMAGE_REF"}};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strcmp(hints[i].name, name) == 0)
			return hints[i].hint;
	if (str_starts(name, "RENDER_") || strcmp(name, "RENDER") == 0 ||
		strcmp(name, "WEB_CONCURRENCY") == 0)
		return "set it in [env]";
	return NULL;
}

static bool
is_own(const struct job *job, const char *name)
{
	const struct app *a = job->current;

	for (size_t i = 0; a != NULL && i < a->n_vars; i++)
		if (strcmp(a->var[i].key, name) == 0)
			return true;
	return false;
}

static void
say_shell(struct job *job, const struct tree *at, const struct shellcmd *c)
{
	for (size_t i = 0; i < c->n_vars; i++) {
		const char *hint = platform_hint(c->var[i].name);
		if (hint != NULL && c->var[i].fallback == NULL &&
			!is_own(job, c->var[i].name))
			say(job, at, "warning", "platform-variable", hint,
				"the command uses $%s, which only Render sets",
				c->var[i].name);
	}
	if (c->flags & SHELLCMD_BROKEN)
		say(job, at, "error", "shell-syntax", "close the quote",
			"a quote or substitution is never closed: %s", c->text);
	if (c->flags & SHELLCMD_BASH)
		say(job, at, "warning", "needs-bash",
			"see that the image has bash, or write it for sh",
			"the command uses something that only bash has");
	if (c->flags & SHELLCMD_COMMENT)
		say(job, at, "note", "command-comment", NULL,
			"the comment at the end of the command is left out: %s",
			c->text + c->end + strspn(c->text + c->end, " \t"));
	if (strstr(c->text, "/opt/render/") != NULL ||
		strstr(c->text, "/etc/secrets/") != NULL)
		say(job, at, "warning", "render-path",
			"name the path in the image",
			"the command names a folder that only Render has");
	if (strstr(c->text, ".onrender.com") != NULL)
		say(job, at, "warning", "points-to-render", NULL,
			"the command names a host at Render: %s", c->text);
}

static int
say_traits(struct job *job, const struct tree *at, const char *text,
	enum command_role role)
{
	struct cmdtrait_set set;

	if (cmdtrait_find(text, &set) == -1)
		return -1;
	if (set.word[CMDTRAIT_MIGRATES] != NULL && role != COMMAND_RELEASE &&
		role != COMMAND_JOB)
		say(job, at, "warning", "migration-in-process",
			"make it the preDeployCommand: it then runs once, "
			"before the new version starts (release_command)",
			"the command changes the database schema (%s) each "
			"time a Machine starts",
			set.word[CMDTRAIT_MIGRATES]);
	if (set.word[CMDTRAIT_MANAGER] != NULL)
		say(job, at, "warning", "nested-manager",
			"make each a process group of its own",
			"the command starts several processes itself (%s)",
			set.word[CMDTRAIT_MANAGER]);
	if (set.word[CMDTRAIT_DEV_SERVER] != NULL && role == COMMAND_SERVER)
		say(job, at, "warning", "development-server",
			"use a production server",
			"the command is for development (%s)",
			set.word[CMDTRAIT_DEV_SERVER]);
	if (set.word[CMDTRAIT_SINGLETON] != NULL && role == COMMAND_WORKER)
		say(job, at, "warning", "singleton",
			"keep its count at 1, and give the first deploy "
			"--ha=false",
			"a scheduler (%s) must have exactly one Machine, or "
			"everything is done twice",
			set.word[CMDTRAIT_SINGLETON]);
	if (set.word[CMDTRAIT_SCRIPT] != NULL)
		say(job, at, "note", "script",
			"look into it for ports, migrations and Render's "
			"variables",
			"the command runs the script %s, which is not seen "
			"here",
			set.word[CMDTRAIT_SCRIPT]);
	cmdtrait_fini(&set);
	return 0;
}

/* Line breaks at the end are no part of a command. */
static int
trim(struct buf *b, const char *text)
{
	size_t n = strlen(text);

	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	return buf_append(b, text, n);
}

int
command_put(struct job *job, const struct tree *at, const char *text,
	enum command_role role, struct buf *out, const char **why)
{
	struct buf b = BUF_INIT;
	struct shellcmd c;
	int rc = -1;

	*why = "";
	if (trim(&b, text + strspn(text, " \t\r\n")) == -1 ||
		shellcmd_parse(buf_str(&b), &c) == -1)
		goto out;
	say_shell(job, at, &c);
	rc = say_traits(job, at, c.text, role);
	if (rc == 0)
		rc = shellcmd_put(&c, out);
	if (!is_shellcmd_plain(&c))
		*why = shellcmd_why(&c);
	shellcmd_fini(&c);

out:
	buf_fini(&b);
	return rc;
}

const char *
command_script(const char *text)
{
	static const char *const heads[] = {
		"/bin/sh -c ", "sh -c ", "/bin/bash -c ", "bash -c "};
	const char *s = text + strspn(text, " \t\r\n");

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (str_starts(s, heads[i])) {
			s += strlen(heads[i]);
			s += strspn(s, " \t");
			return *s == '\'' || *s == '"' ? text : s;
		}
	return text;
}
