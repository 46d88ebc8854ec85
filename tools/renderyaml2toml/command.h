#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

struct app;
struct buf;
struct job;
struct tree;

enum command_role {
	COMMAND_SERVER,
	COMMAND_WORKER,
	COMMAND_RELEASE,
	COMMAND_JOB
};

/*
 * command_put(job, at, text, role, out): append the command line ${text}, which
 * Render gives to a shell, as one that is split into words without a shell; say
 * what there is to say about it. ${*why} becomes what needs a shell, or "".
 * 0 or -1 (ENOMEM).
 */
int command_put(struct job *job, const struct tree *at, const char *text,
	enum command_role role, struct buf *out, const char **why);

/*
 * command_script(text): the script in a "sh -c SCRIPT" whose script has no
 * quotes around it, as people write dockerCommand; else ${text} itself.
 */
const char *command_script(const char *text);

#endif
