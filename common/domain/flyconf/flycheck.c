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

static void
check_processes(struct flyrule *r)
{
	const struct fly_map *m = &r->conf->processes;
	struct fly_pair *p;

	for (p = m->item; m->n > 0 && p < m->item + m->n; p++)
		check_split(r, "process-command", "processes", p->value);
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

	for (size_t i = 0; i < m->n; i++)
		if (str_starts(m->item[i].key, "FLY_"))
			flyrule_error(r, "env-fly-prefix", "env",
				"[env] %s: names that begin with FLY_ belong "
				"to the platform",
				m->item[i].key);
}

int
flycheck_run(const struct flycheck *k, const struct fly_config *c)
{
	struct flyrule r = {k, c, c->failed};

	if (c->failed)
		return -1;

	check_top(&r);
	check_region(&r);
	check_build(&r);
	check_deploy(&r);
	check_env(&r);
	check_processes(&r);
	flyservice_check(&r);
	flymachine_check(&r);
	flystorage_check(&r);
	return r.failed ? -1 : 0;
}
