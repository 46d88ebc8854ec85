#ifndef COMMAND_H
#define COMMAND_H

struct cmdport;
struct cmdtrait_set;
struct job;
struct procfile_entry;

/* The process type that a command belongs to. */
enum command_role {
	COMMAND_WEB,
	COMMAND_WORKER,
	COMMAND_RELEASE,
	COMMAND_CONSOLE
};

/* A Procfile command as Fly.io runs it, and what it is. */
struct command {
	char *text;            /* to be split without a shell */
	const char *why_shell; /* static; "" if it runs without one */
	struct cmdport *port;
	struct cmdtrait_set *traits;
	int has_nginx; /* a buildpack's nginx listens in front of it */
	int uses_port; /* $PORT is in it */
};

/*
 * command_convert(job, entry, role, c): translate, with a finding for each
 * thing that is not the same on Fly.io. 0, or -1 (ENOMEM) with ${c} empty.
 */
int command_convert(struct job *job, const struct procfile_entry *entry,
	enum command_role role, struct command *c);
void command_fini(struct command *c);

#endif
