/* Commands: no shell runs them; and what they should not do. */
#include <stdlib.h>

#include "buf.h"
#include "cmdtrait.h"
#include "facts.h"
#include "field.h"
#include "flyconf.h"
#include "flygroup.h"
#include "lint.h"
#include "shellcmd.h"
#include "shlex.h"

static bool
is_split(const char *command)
{
	char **words;
	size_t n;
	enum shlex_error e = shlex_split(command, &words, &n);

	shlex_free(words);
	return e == SHLEX_OK;
}

static void
check_shell(struct lint *l, const char *path, const char *command,
	const struct shellcmd *c)
{
	if (!is_split(command))
		return; /* an error already */
	if ((c->flags & SHELLCMD_NEEDS_SHELL) != 0)
		lint_put(l, "warning", "command-needs-shell", path,
			"%s needs a shell, as %s, and none runs it: write it "
			"as sh -c '...'",
			path, shellcmd_why(c));
	else if ((c->flags & SHELLCMD_COMMENT) != 0)
		lint_put(l, "warning", "command-comment", path,
			"in %s, everything after the # is a comment", path);
}

static void
check_text(struct field *f, const char *path, const char *command)
{
	struct shellcmd c;

	if (command == NULL)
		return;
	if (shellcmd_parse(command, &c) == -1) {
		f->failed = 1;
		return;
	}
	check_shell(f->lint, path, command, &c);
	shellcmd_fini(&c);
}

static void
check_traits(struct field *f, const struct field_group *g, const char *path)
{
	char *const *word = g->traits->word;

	if (word[CMDTRAIT_MANAGER] != NULL)
		lint_put(f->lint, "warning", "nested-manager", path,
			"%s runs several processes in one Machine: when one "
			"ends nobody notices, and they cannot be scaled apart; "
			"make a group of each",
			word[CMDTRAIT_MANAGER]);
	if (word[CMDTRAIT_DEV_SERVER] != NULL && !f->is_staging)
		lint_put(f->lint, "warning", "development-server", path,
			"%s is meant for development",
			word[CMDTRAIT_DEV_SERVER]);
	if (word[CMDTRAIT_MIGRATES] != NULL && g->traits->is_migration_first)
		lint_put(f->lint, "warning", "migration-in-process", path,
			"\"%s\" migrates the database whenever a Machine "
			"starts, several at once; use [deploy] release_command",
			g->name);
}

static void
check_litefs(struct field *f, const struct field_group *g)
{
	char path[64];

	if (strstr(g->command, "litefs") == NULL)
		return;
	for (size_t i = 0; i < f->n_services; i++) {
		const struct field_service *s = &f->service[i];
		if (!is_flygroup_in(f->lint->conf, s->processes, g->name) ||
			s->auto_stop <= FLY_AUTOSTOP_OFF)
			continue;
		snprintf(path, sizeof(path), "%s.auto_stop_machines", s->path);
		lint_put(f->lint, "warning", "litefs-autostop", path,
			"LiteFS and auto_stop_machines do not go together: the "
			"Machine that holds the lease may be stopped");
	}
}

static void
check_release(struct field *f)
{
	const struct lint *l = f->lint;
	const struct facts_framework *w = l->facts->framework;

	if (l->conf->deploy.release_command != NULL)
		return;
	for (size_t i = 0; i < f->n_groups; i++)
		if (f->group[i].traits->word[CMDTRAIT_MIGRATES] != NULL)
			return; /* it migrates somewhere */
	if (l->facts->has_procfile_release)
		lint_put(f->lint, "warning", "release-command-missing",
			"deploy",
			"the Procfile beside it has a release process; here it "
			"is [deploy] release_command");
	else if (w != NULL)
		lint_put(f->lint, "warning", "release-command-missing",
			"deploy",
			"%s is here (%s), and no [deploy] release_command "
			"migrates the database: \"%s\"",
			w->name, w->file, w->command);
}

void
fieldcommand_check(struct field *f)
{
	const struct fly_config *c = f->lint->conf;
	struct buf path = BUF_INIT;

	for (size_t i = 0; i < f->n_groups; i++) {
		const struct field_group *g = &f->group[i];
		buf_clear(&path);
		if (buf_printf(&path, "processes.%s", g->name) == -1) {
			f->failed = 1;
			break;
		}
		check_shell(f->lint, buf_str(&path), g->command, g->shell);
		check_traits(f, g, buf_str(&path));
		check_litefs(f, g);
	}
	buf_fini(&path);
	check_text(f, "deploy.release_command", c->deploy.release_command);
	check_text(f, "deploy.seed_command", c->deploy.seed_command);
	check_text(f, "console_command", c->console_command);
	check_release(f);
}
