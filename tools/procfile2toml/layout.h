#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command;
struct job;
struct procfile_entry;

/* A process group of the new app. */
struct layout_group {
	const struct procfile_entry *entry;
	struct command *command;
	bool is_web;
};

struct layout {
	struct layout_group *group;
	size_t n;
	bool uses_port; /* some command has $PORT in it */
};

/*
 * layout_build(job): fill job->conf from the Procfile and all else that was
 * read; say what there is to say. 0 or -1 (ENOMEM).
 */
int layout_build(struct job *job);

#endif
