#ifndef APPCMD_H
#define APPCMD_H

#include <stdbool.h>

struct cmdtrait_set;
struct report;
struct shellcmd;

/* A command of the app, for findings about it that hold for any source. */
struct appcmd {
	struct report *report;
	const char *file, *name; /* the name of its process, for messages */
	unsigned line, column;
	bool is_release; /* it runs before a release */
	bool is_once;    /* it is no process that keeps running */
};

/* appcmd_say_shell(x, c): what of its shell language does not mean the same, or
 * nothing at all, on Fly.io. */
void appcmd_say_shell(const struct appcmd *x, const struct shellcmd *c);

/* appcmd_say_traits(x, set): migrations in a process, managers of several
 * processes, development servers, servers beside the app, scripts. */
void appcmd_say_traits(const struct appcmd *x, const struct cmdtrait_set *set);

#endif
