#ifndef PROCFILE2TOML_H
#define PROCFILE2TOML_H

#include <stdbool.h>

struct env;

struct options {
	const char *app, *region;
	const char *app_json, *heroku_yml, *formation, *addons;
	const char *output, *folder, *service;
	bool json;
};

/* convert_run(options, env): the program's one verb; an exit status. */
int convert_run(const void *options, struct env *env);

#endif
