#ifndef RENDERYAML2TOML_H
#define RENDERYAML2TOML_H

#include <stdbool.h>

struct env;

struct options {
	const char *app, *region;
	const char *service, *environment;
	const char *folder, *output;
	bool json;
};

/* convert_run(options, env): the program's one verb; an exit status. */
int convert_run(const void *options, struct env *env);

#endif
