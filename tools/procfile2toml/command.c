#include "command.h"

#include <stdbool.h>

#include "appcmd.h"
#include "buf.h"
#include "cmdport.h"
#include "cmdtrait.h"
#include "job.h"
#include "mem.h"
#include "procfile.h"
#include "record.h"
#include "report.h"
#include "shellcmd.h"
#include "str.h"

struct context {
	struct job *job;
	const struct procfile_entry *entry;
	enum command_role role;
};

static void say(const struct context *x, const char *level, const char *rule,
	const char *fix, const char *fmt, const char *arg)
	__attribute__((format(printf, 5, 0)));

/* A finding about the command: ${fmt} takes its type's name, then ${arg}. */
static void
say(const struct context *x, const char *level, const char *rule,
	const char *fix, const char *fmt, const char *arg)
{
	struct finding f = {.level = level,
		.rule = rule,
		.file = x->job->procfile_name,
		.line = x->entry->line,
		.column = x->entry->column,
		.fix = fix};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	report_at(x->job->report, &f, fmt, x->entry->name, arg);
#pragma GCC diagnostic pop
}

/* What a buildpack, or the platform itself, put into every Heroku app. */
static bool
is_platform_program(const char *word)
{
	static const char *const programs[] = {"heroku-*", "start-nginx*",
		"start-pgbouncer*", "start-stunnel*", "start-datadog*",
		"qgtunnel", "qgsocksify", "jemalloc.sh", "with_jemalloc",
		"start-vnc*", "detect-and-start*", "heroku"};
	const char *slash = strrchr(word, '/');
	const char *name = slash != NULL ? slash + 1 : word;

	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (is_str_glob(programs[i], name))
			return !str_ends(name, ".sh") ||
			       str_ends(name, "jemalloc.sh");
	return strstr(word, "/.heroku/") != NULL ||
	       str_starts(word, ".heroku/") || str_starts(word, ".apt/") ||
	       strstr(word, "/app/.apt/") != NULL;
}

static void
say_programs(
	const struct context *x, const struct shellcmd *c, struct command *out)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = c->simple[i].n_assigned; k < c->simple[i].n;
			k++) {
			const char *word = c->simple[i].word[k].text;
			if (word[0] == '-' || !is_platform_program(word))
				continue;
			if (strstr(word, "start-nginx") != NULL)
				out->has_nginx = 1;
			say(x, "warning", "platform-program",
				"install it in the image, or take it out of "
				"the command",
				"\"%s\" runs %s, which a Heroku buildpack or "
				"builder provides and a plain image lacks",
				word);
		}
}

enum var_owner { VAR_OWN, VAR_DYNO, VAR_PLATFORM, VAR_BUILDPACK };

static enum var_owner
var_owner(const char *name)
{
	static const char *const platform[] = {
		"DYNO_RAM", "STACK", "SOURCE_VERSION", "PS"};
	static const char *const buildpack[] = {"WEB_CONCURRENCY", "WEB_MEMORY",
		"MEMORY_AVAILABLE", "JDBC_DATABASE_URL",
		"JDBC_DATABASE_USERNAME", "JDBC_DATABASE_PASSWORD"};

	if (strcmp(name, "DYNO") == 0)
		return VAR_DYNO;
	if (str_starts(name, "HEROKU_"))
		return VAR_PLATFORM;
	for (size_t i = 0; i < sizeof(platform) / sizeof(platform[0]); i++)
		if (strcmp(name, platform[i]) == 0)
			return VAR_PLATFORM;
	for (size_t i = 0; i < sizeof(buildpack) / sizeof(buildpack[0]); i++)
		if (strcmp(name, buildpack[i]) == 0)
			return VAR_BUILDPACK;
	return VAR_OWN;
}

static void
say_vars(const struct context *x, const struct shellcmd *c)
{
	for (size_t i = 0; i < c->n_vars; i++)
		switch (var_owner(c->var[i].name)) {
		case VAR_DYNO:
			say(x, "warning", "dyno-variable", NULL,
				"\"%s\" uses $%s, the dyno's name; it is "
				"replaced with $FLY_MACHINE_ID, which is "
				"unique too but no \"web.1\"",
				"DYNO");
			break;
		case VAR_PLATFORM:
			say(x, "warning", "platform-variable",
				"set it, or use one of Fly.io: FLY_APP_NAME, "
				"FLY_REGION, FLY_IMAGE_REF",
				"\"%s\" uses $%s, which only Heroku sets",
				c->var[i].name);
			break;
		case VAR_BUILDPACK:
			if (c->var[i].fallback == NULL)
				say(x, "warning", "buildpack-variable",
					"set it in [env]",
					"\"%s\" uses $%s, which Heroku's "
					"buildpacks set from the dyno's size",
					c->var[i].name);
			break;
		case VAR_OWN:
			break;
		}
}

/* The command with $DYNO replaced; 1 if it was, 0 if not, -1 without memory. */
static int
replace_dyno(const struct shellcmd *c, struct buf *b)
{
	size_t at = 0;
	int found = 0;

	for (size_t i = 0; i < c->n_vars; i++) {
		const struct shellcmd_var *v = &c->var[i];
		if (var_owner(v->name) != VAR_DYNO || v->at < at)
			continue;
		if (buf_append(b, c->text + at, v->at - at) == -1 ||
			buf_puts(b, "FLY_MACHINE_ID") == -1)
			return -1;
		at = v->at + strlen(v->name);
		found = 1;
	}
	return buf_puts(b, c->text + at) == -1 ? -1 : found;
}

static int
convert(const struct context *x, const struct shellcmd *c, struct command *out)
{
	struct buf text = BUF_INIT;

	const struct appcmd said = {.report = x->job->report,
		.file = x->job->procfile_name,
		.name = x->entry->name,
		.line = x->entry->line,
		.column = x->entry->column,
		.is_release = x->role == COMMAND_RELEASE,
		.is_once = x->role == COMMAND_RELEASE ||
			   x->role == COMMAND_CONSOLE};

	appcmd_say_shell(&said, c);
	say_vars(x, c);
	say_programs(x, c, out);
	if (cmdport_find(c->text, out->port) == -1 ||
		cmdtrait_find(c->text, out->traits) == -1)
		return -1;
	appcmd_say_traits(&said, out->traits);
	for (size_t i = 0; i < c->n_vars; i++)
		out->uses_port |= strcmp(c->var[i].name, "PORT") == 0;
	if (shellcmd_put(c, &text) == -1 ||
		(out->text = buf_steal(&text)) == NULL) {
		buf_fini(&text);
		return -1;
	}
	out->why_shell = is_shellcmd_plain(c) ? "" : shellcmd_why(c);
	return 0;
}

int
command_convert(struct job *job, const struct procfile_entry *entry,
	enum command_role role, struct command *out)
{
	const struct context x = {job, entry, role};
	struct shellcmd c, replaced;
	struct buf text = BUF_INIT;
	int rc = -1, found;

	memset(out, 0, sizeof(*out));
	if (shellcmd_parse(entry->command, &c) == -1)
		return -1;
	out->port = mem_zalloc(1, sizeof(*out->port));
	out->traits = mem_zalloc(1, sizeof(*out->traits));
	if (out->port == NULL || out->traits == NULL)
		goto out;
	if ((rc = convert(&x, &c, out)) == -1)
		goto out;
	rc = -1;
	if ((found = replace_dyno(&c, &text)) == -1)
		goto out;
	if (found) {
		if (shellcmd_parse(buf_str(&text), &replaced) == -1)
			goto out;
		buf_clear(&text);
		rc = shellcmd_put(&replaced, &text);
		shellcmd_fini(&replaced);
		free(out->text);
		out->text = NULL;
		if (rc == -1 || (out->text = buf_steal(&text)) == NULL)
			goto out;
	}
	rc = 0;

out:
	buf_fini(&text);
	shellcmd_fini(&c);
	if (rc == -1)
		command_fini(out);
	return rc;
}

void
command_fini(struct command *c)
{
	if (c->traits != NULL)
		cmdtrait_fini(c->traits);
	free(c->traits);
	free(c->port);
	free(c->text);
	memset(c, 0, sizeof(*c));
}
