#include "herokubuild.h"

#include <stdbool.h>

#include "addonlist.h"
#include "appenv.h"
#include "buf.h"
#include "envname.h"
#include "flyconf.h"
#include "herokuyml.h"
#include "job.h"
#include "mem.h"
#include "record.h"
#include "report.h"
#include "str.h"
#include "tree.h"
#include "treeget.h"

static struct finding
at(const struct job *job, const struct tree *t, const char *level,
	const char *rule)
{
	struct finding f = {
		.level = level, .rule = rule, .file = job->heroku_yml_name};

	treeget_place(t, &f.line, &f.column);
	return f;
}

/* A build argument that must not stand in a file. */
static void
need_build_secret(struct job *job, const char *name)
{
	static const char *const argv[] = {"fly", "deploy", "--build-secret"};
	struct buf word = BUF_INIT, id = BUF_INIT;
	struct report_need *need;

	if (buf_printf(&word, "%s=VALUE", name) == -1 ||
		buf_printf(&id, "build-secret:%s", name) == -1)
		job->report->failed = 1;
	need = report_need(job->report, "secret", buf_str(&id),
		"the build argument %s looks like a secret, so it is not put "
		"into the file: mount it in the Dockerfile (RUN "
		"--mount=type=secret,id=%s), or leave it out if only the "
		"running app reads it",
		name, name);
	report_variable(job->report, need, name);
	report_command(job->report, need);
	for (size_t i = 0; i < sizeof(argv) / sizeof(argv[0]); i++)
		report_word(job->report, need, argv[i]);
	report_word(job->report, need, buf_str(&word));
	buf_fini(&word);
	buf_fini(&id);
}

/* "$NAME" or "${NAME}", and nothing else. */
static bool
is_reference(const char *s)
{
	bool has_brace = s[0] == '$' && s[1] == '{';
	size_t n;

	if (s[0] != '$')
		return false;
	s += 1 + has_brace;
	n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		      "0123456789_");
	return n > 0 && strcmp(s + n, has_brace ? "}" : "") == 0;
}

/* build.config: build arguments, taken literally ("$X" is no variable). */
static void
put_args(struct job *job, const struct tree *config)
{
	struct finding f = at(job, config, "warning", "build-argument");

	if (config->kind != TREE_TABLE) {
		report_at(job->report, &f, "build.config is no table");
		return;
	}
	for (const struct tree *t = config->first; t != NULL; t = t->next) {
		const char *value = treeget_text(t);
		if (tree_get(config, t->key) != t)
			continue;
		f = at(job, t, "warning", "build-argument");
		if (value == NULL)
			report_at(job->report, &f,
				"build.config.%s has no plain value and is "
				"left out",
				t->key);
		else if (is_reference(value))
			report_at(job->report, &f,
				"build.config.%s is \"%s\" itself, which "
				"Heroku does not replace with a variable's "
				"value; it is left out",
				t->key, value);
		else if (is_envname_secret(t->key, value))
			need_build_secret(job, t->key);
		else
			flyconf_pair(job->conf, &job->conf->build.args, t->key,
				value);
	}
}

static void
put_image(struct job *job)
{
	const struct herokuyml_image *i = job->image;
	const char *slash = strrchr(i->dockerfile, '/');
	struct finding f = {.level = "warning",
		.rule = "build-context",
		.file = job->heroku_yml_name,
		.line = i->line,
		.column = i->column};

	flyconf_set(job->conf, &job->conf->build.dockerfile, i->dockerfile);
	flyconf_set(job->conf, &job->conf->build.target, i->target);
	if (slash == NULL)
		return;
	f.fix = "where its COPY lines count on that, give the folder: fly "
		"deploy FOLDER --config fly.toml";
	report_at(job->report, &f,
		"Heroku builds %s from within %.*s, Fly.io from the folder "
		"that `fly deploy` is given",
		i->dockerfile, (int)(slash - i->dockerfile), i->dockerfile);
}

/* setup only counts when an app is made; the first app gets the add-ons. */
static int
take_setup(struct job *job, const struct tree *setup)
{
	const struct tree *config = tree_get(setup, "config");
	const struct tree *addons = tree_get(setup, "addons");
	const char *file = job->heroku_yml_name;

	if (config != NULL &&
		appenv_convert(job, config, file, "setup.config") == -1)
		return -1;
	if (addons == NULL || job->is_extra)
		return 0;
	return addonlist_declared(job, addons, file);
}

int
herokubuild_convert(struct job *job)
{
	const struct tree *config =
		tree_get(tree_get(job->heroku_yml, "build"), "config");

	put_image(job);
	if (config != NULL)
		put_args(job, config);
	return take_setup(job, tree_get(job->heroku_yml, "setup"));
}
