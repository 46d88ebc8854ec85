#include "flycheck.h"

#include <stdlib.h>

#include "flyconf.h"
#include "flyregion.h"
#include "flyrule.h"
#include "shlex.h"
#include "str.h"

static void
check_split(struct flyrule *r, const char *rule, const char *path,
	const char *command)
{
	enum shlex_error e;
	char **words;
	size_t n;

	if (command == NULL)
		return;
	e = shlex_split(command, &words, &n);
	shlex_free(words);
	if (e == SHLEX_NO_MEMORY)
		r->failed = 1;
	else if (e != SHLEX_OK)
		flyrule_error(r, rule, path,
			"%s cannot be split into words: %s", path,
			shlex_strerror(e));
}

/* A name in DNS: at most 63 small letters, digits and inner dashes. */
static bool
is_label(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n < 64 && s[0] != '-' && s[n - 1] != '-' &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static void
check_processes(struct flyrule *r)
{
	const struct fly_map *m = &r->conf->processes;
	struct fly_pair *p;

	for (p = m->item; m->n > 0 && p < m->item + m->n; p++) {
		const char *path = flyrule_path(r, "processes.%s", p->key);
		check_split(r, "process-command", path, p->value);
		if (!is_label(p->key))
			flyrule_warn(r, "process-name", path,
				"the group \"%s\" has no address of its own: "
				"GROUP.process.APP.internal takes small "
				"letters, digits and dashes",
				p->key);
	}
}

static void
check_deploy(struct flyrule *r)
{
	static const char *const strategies[] = {
		"rolling", "immediate", "canary", "bluegreen", NULL};
	const struct fly_deploy *d = &r->conf->deploy;
	const char *s = d->strategy;
	double seconds;

	check_split(r, "release-command", "deploy.release_command",
		d->release_command);
	check_split(r, "seed-command", "deploy.seed_command", d->seed_command);
	is_flyrule_duration(r, "deploy.release_command_timeout",
		d->release_command_timeout, &seconds);
	is_flyrule_duration(
		r, "deploy.wait_timeout", d->wait_timeout, &seconds);
	if (s != NULL && !is_str_one_of(s, strategies))
		flyrule_error(r, "deploy-strategy", "deploy.strategy",
			"deploy.strategy \"%s\" is none of rolling, "
			"immediate, canary, bluegreen",
			s);
	if (d->max_unavailable.is_set &&
		(s == NULL || (strcmp(s, "rolling") != 0 &&
				      strcmp(s, "canary") != 0)))
		flyrule_warn(r, "max-unavailable-ignored",
			"deploy.max_unavailable",
			"deploy.max_unavailable has a meaning with the "
			"strategies rolling and canary only");
	if (d->max_unavailable.is_set && d->max_unavailable.v <= 0)
		flyrule_error(r, "max-unavailable", "deploy.max_unavailable",
			"deploy.max_unavailable must be above 0");
}

static void
check_build(struct flyrule *r)
{
	const struct fly_build *b = &r->conf->build;
	int sources = (b->image != NULL) + (b->builtin != NULL) +
		      (b->builder != NULL || b->buildpacks.n > 0) +
		      (b->dockerfile != NULL || b->target != NULL);

	if (sources > 1)
		flyrule_warn(r, "build-sources", "build",
			"[build] names more than one of image, builder, "
			"dockerfile and builtin");
	if (b->compression != NULL && strcmp(b->compression, "gzip") != 0 &&
		strcmp(b->compression, "zstd") != 0)
		flyrule_error(r, "build-compression", "build.compression",
			"build.compression \"%s\" is neither gzip nor zstd",
			b->compression);
	if (b->compose.is_present &&
		(r->conf->machine_config ||
			r->conf->experimental.machine_config))
		flyrule_warn(r, "machine-config-ignored", "build.compose",
			"machine_config is not read where there is a "
			"[build.compose]");
	if (b->compression_level.is_set &&
		(b->compression_level.v < 0 || b->compression_level.v > 9))
		flyrule_error(r, "build-compression", "build.compression_level",
			"build.compression_level must be 0 to 9");
}

static void
check_top(struct flyrule *r)
{
	static const char *const signals[] = {"SIGHUP", "SIGINT", "SIGQUIT",
		"SIGKILL", "SIGUSR1", "SIGUSR2", "SIGTERM", "SIGSTOP", NULL};
	const struct fly_config *c = r->conf;
	double seconds;

	if (c->app != NULL && !is_label(c->app))
		flyrule_error(r, "app-name", "app",
			"the name of an app is made of small letters, digits "
			"and dashes");
	if (c->kill_signal != NULL && !is_str_one_of(c->kill_signal, signals))
		flyrule_error(r, "kill-signal", "kill_signal",
			"kill_signal \"%s\" is no signal that Fly.io knows",
			c->kill_signal);
	if (is_flyrule_duration(r, "kill_timeout", c->kill_timeout, &seconds) &&
		(seconds > 300 || seconds < 0))
		flyrule_error(r, "kill-timeout", "kill_timeout",
			"kill_timeout must be at most 300 seconds");
	check_split(
		r, "console-command", "console_command", c->console_command);
	if (c->swap_size_mb.is_set && c->swap_size_mb.v < 0)
		flyrule_error(r, "swap-size", "swap_size_mb",
			"swap_size_mb must not be negative");
}

static void
check_region(struct flyrule *r)
{
	const struct json *map = r->check->regions;
	const char *code = r->conf->primary_region;

	if (map == NULL || code == NULL)
		return;
	switch (flyregion_state(map, code)) {
	case FLYREGION_OFFERED:
		break;
	case FLYREGION_REMOVED:
		flyrule_error(r, "region-removed", "primary_region",
			"the region %s was removed; %s is near it", code,
			flyregion_instead(map, code));
		break;
	case FLYREGION_UNKNOWN:
		flyrule_error(r, "region-unknown", "primary_region",
			"\"%s\" is no region of Fly.io", code);
		break;
	}
}

static void
check_env(struct flyrule *r)
{
	const struct fly_map *m = &r->conf->env;

	for (size_t i = 0; i < m->n; i++) {
		const char *key = m->item[i].key;
		if (str_starts(key, "FLY_"))
			flyrule_error(r, "env-fly-prefix",
				flyrule_path(r, "env.%s", key),
				"[env] %s: names that begin with FLY_ belong "
				"to the platform",
				key);
		if (strcmp(key, "PRIMARY_REGION") == 0 &&
			r->conf->primary_region != NULL)
			flyrule_warn(r, "env-primary-region",
				"env.PRIMARY_REGION",
				"PRIMARY_REGION is set to primary_region; this "
				"value is not used");
	}
}

/* Keys that flyctl reads into its model and never looks at. */
static void
check_experimental(struct flyrule *r)
{
	const struct fly_experimental *e = &r->conf->experimental;
	const struct {
		enum fly_bool v;
		const char *path;
	} unused[] = {{e->auto_rollback, "experimental.auto_rollback"},
		{e->enable_consul, "experimental.enable_consul"},
		{e->enable_etcd, "experimental.enable_etcd"}};

	for (size_t i = 0; i < sizeof(unused) / sizeof(unused[0]); i++)
		if (unused[i].v != FLY_UNSET)
			flyrule_warn(r, "experimental-unused", unused[i].path,
				"%s has no effect: nothing in flyctl reads it",
				unused[i].path);
}

int
flycheck_run(const struct flycheck *k, const struct fly_config *c)
{
	struct flyrule r = {k, c, c->failed, NULL, 0, 0};

	if (c->failed)
		return -1;

	check_top(&r);
	check_region(&r);
	check_build(&r);
	check_deploy(&r);
	check_env(&r);
	check_experimental(&r);
	check_processes(&r);
	flyservice_check(&r);
	flyport_check(&r);
	flytopcheck_check(&r);
	flymachine_check(&r);
	flystrategy_check(&r);
	flystorage_check(&r);
	flyrule_fini(&r);
	return r.failed ? -1 : 0;
}
