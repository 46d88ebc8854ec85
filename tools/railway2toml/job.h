#ifndef JOB_H
#define JOB_H

#include <stdbool.h>

struct json;
struct options;
struct tree;

/*
 * One conversion: the file, the variables, what is built from them and what
 * there is to say. The members are filled by convert.c; the rest works in
 * memory.
 */
struct job {
	const struct options *options;
	const char *file, *variables_name; /* names in messages */
	const struct json *sizes, *regions, *addon_map, *builds; /* share/map */
	const struct tree *root;        /* of the file */
	const struct tree *variables;   /* or NULL */
	const struct tree *environment; /* environments.NAME, or NULL */
	struct fly_config *conf;
	struct report *report;

	const char *app;    /* borrowed, or NULL */
	const char *region; /* a code, borrowed, or NULL */

	/* what the variables say, for what the file says nothing about */
	int port; /* PORT, or 0 */
	const char *mount, *volume, *dockerfile, *health_timeout, *draining;
	bool has_domain;
	bool is_deployed; /* they are a deployment's, so all of Railway's */
};

#endif
