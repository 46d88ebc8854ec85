#ifndef VERCEL2REPORT_H
#define VERCEL2REPORT_H

#include <stdbool.h>

struct env;

struct options {
	const char *app, *region;
	const char *framework;
	const char *output;
	bool json;
};

/* convert_run(options, env): the program's one verb; an exit status. */
int convert_run(const void *options, struct env *env);

#endif
