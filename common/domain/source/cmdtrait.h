#ifndef CMDTRAIT_H
#define CMDTRAIT_H

#include <stddef.h>

/* What a command is known to do, from the names in it. */
enum cmdtrait {
	CMDTRAIT_MIGRATES,   /* changes a database schema */
	CMDTRAIT_SINGLETON,  /* a scheduler: two of it do everything twice */
	CMDTRAIT_MANAGER,    /* runs several processes itself */
	CMDTRAIT_DEV_SERVER, /* meant for development */
	CMDTRAIT_SIDECAR,    /* a server of its own: redis-server, nginx */
	CMDTRAIT_SCRIPT,     /* a script: what it does is not to be seen */
	CMDTRAIT_OWN,        /* a program of the app's own: ./x, bin/x */
	CMDTRAIT_COUNT
};

/* The word of the command that showed each trait; NULL: it has not. */
struct cmdtrait_set {
	char *word[CMDTRAIT_COUNT];
	/* whether something else is run after the migration */
	int is_migration_first;
};

/* cmdtrait_find(command, set): look through it. 0 or -1 (ENOMEM). */
int cmdtrait_find(const char *command, struct cmdtrait_set *set);
void cmdtrait_fini(struct cmdtrait_set *set);

/*
 * is_cmdtrait_singleton_name(name): whether a process of this name is one by
 * custom: clock, beat, scheduler, cron.
 */
int is_cmdtrait_singleton_name(const char *name);

#endif
