#ifndef FLYLINT_H
#define FLYLINT_H

#include <stdbool.h>

struct env;

struct options {
	bool fix, strict, json, sarif, explain;
};

/* lint_run(options, env): the program's one verb; an exit status. */
int lint_run(const void *options, struct env *env);

#endif
