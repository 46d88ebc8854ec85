#include "appcmd.h"

#include <ctype.h>
#include <string.h>

#include "cmdtrait.h"
#include "record.h"
#include "report.h"
#include "shellcmd.h"

static void say(const struct appcmd *x, const char *level, const char *rule,
	const char *fix, const char *fmt, const char *arg)
	__attribute__((format(printf, 5, 0)));

/* A finding about the command: ${fmt} takes its name, then ${arg}. */
static void
say(const struct appcmd *x, const char *level, const char *rule,
	const char *fix, const char *fmt, const char *arg)
{
	struct finding f = {.level = level,
		.rule = rule,
		.file = x->file,
		.line = x->line,
		.column = x->column,
		.fix = fix};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	report_at(x->report, &f, fmt, x->name, arg);
#pragma GCC diagnostic pop
}

/* %PORT% and the like. */
static bool
has_windows_var(const char *s)
{
	while ((s = strchr(s, '%')) != NULL) {
		size_t n = 1;
		while (isupper((unsigned char)s[n]) || s[n] == '_')
			n++;
		if (n > 2 && s[n] == '%')
			return true;
		s += n;
	}
	return false;
}

void
appcmd_say_shell(const struct appcmd *x, const struct shellcmd *c)
{
	if (c->flags & SHELLCMD_BROKEN)
		say(x, "error", "shell-syntax", "close the quote",
			"\"%s\" has a quote or substitution that is never "
			"closed: %s",
			c->text);
	if (c->flags & SHELLCMD_BASH)
		say(x, "warning", "needs-bash",
			"see that the image has bash, or write it for sh",
			"\"%s\" uses something that only bash has%s", "");
	if (c->flags & SHELLCMD_COMMENT)
		say(x, "note", "command-comment", NULL,
			"\"%s\": the comment at the end of the command is "
			"left out: %s",
			c->text + c->end + strspn(c->text + c->end, " \t"));
	if (c->flags & SHELLCMD_ESCAPED_DOLLAR)
		say(x, "warning", "escaped-dollar", "take the backslash away",
			"\"%s\" has \\$, which no shell replaces with a "
			"variable's value%s",
			"");
	if (has_windows_var(c->text))
		say(x, "warning", "windows-variable", "write $NAME",
			"\"%s\" uses %%NAME%%, which is no variable outside "
			"Windows%s",
			"");
}

void
appcmd_say_traits(const struct appcmd *x, const struct cmdtrait_set *set)
{
	char *const *word = set->word;

	if (word[CMDTRAIT_MIGRATES] != NULL && !x->is_once)
		say(x, "warning", "migration-in-process",
			"move it to a release process: it then runs once, "
			"before the new version starts",
			"\"%s\" changes the database schema (%s) each time a "
			"Machine starts",
			word[CMDTRAIT_MIGRATES]);
	if (word[CMDTRAIT_MANAGER] != NULL)
		say(x, "warning", "nested-manager",
			"make each of its processes a process group of its own",
			"\"%s\" starts several processes itself (%s), which "
			"then share one Machine and stop together",
			word[CMDTRAIT_MANAGER]);
	if (word[CMDTRAIT_DEV_SERVER] != NULL && !x->is_release)
		say(x, "warning", "development-server",
			"use a production server, or leave the process out",
			"\"%s\" is for development (%s)",
			word[CMDTRAIT_DEV_SERVER]);
	if (word[CMDTRAIT_SIDECAR] != NULL)
		say(x, "warning", "sidecar",
			"use a managed service, or an app of its own with a "
			"volume",
			"\"%s\" runs a server beside the app (%s); it keeps "
			"nothing over a deploy and is no longer on localhost",
			word[CMDTRAIT_SIDECAR]);
	if (word[CMDTRAIT_OWN] != NULL)
		say(x, "note", "script",
			"where it is a script, look into it for ports, "
			"migrations and the old platform's variables",
			"\"%s\" runs %s, a program of the app's own, which is "
			"not seen here",
			word[CMDTRAIT_OWN]);
	if (word[CMDTRAIT_SCRIPT] != NULL)
		say(x, "note", "script",
			"look into it for ports, migrations and the old "
			"platform's variables",
			"\"%s\" runs the script %s, which is not seen here",
			word[CMDTRAIT_SCRIPT]);
}
