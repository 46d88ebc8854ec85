#ifndef HEROKUCFG2SECRETS_H
#define HEROKUCFG2SECRETS_H

#include <stdbool.h>

#include "opt.h"

struct env;

struct options {
	bool api, plan;
	struct opt_list set, drop, keep, rename;
	const char *env_toml, *addons, *output, *format;
};

/* convert_run(options, env): the program's one verb; an exit status. */
int convert_run(const void *options, struct env *env);

#endif
