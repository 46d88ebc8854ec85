#ifndef CUTREPORT_H
#define CUTREPORT_H

#include <stdbool.h>

struct env;

struct cutreport_options {
	const char *output; /* NULL: standard output */
	const char *title;
	bool text, follow;
	double every; /* seconds between two drawings */
};

int report_run(const void *options, struct env *env);

#endif
