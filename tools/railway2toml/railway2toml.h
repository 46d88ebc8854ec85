#ifndef RAILWAY2TOML_H
#define RAILWAY2TOML_H

#include <stdbool.h>

struct env;

struct options {
	const char *app, *region;
	const char *variables, *environment;
	const char *output;
	bool json;
};

/* convert_run(options, env): the program's one verb; an exit status. */
int convert_run(const void *options, struct env *env);

#endif
