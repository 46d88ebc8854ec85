#ifndef PROCFILE_H
#define PROCFILE_H

#include <stddef.h>

struct report;

/* A Procfile: process types and their commands, in order. */
struct procfile_entry {
	char *name, *command;
	unsigned line, column; /* where the command begins */
};

struct procfile {
	struct procfile_entry *entry;
	size_t n;
	unsigned bad_line; /* the first line that names no process type, or 0 */
};

/*
 * procfile_parse(text, len, file, r, pf): the union of what Heroku, its
 * buildpacks and foreman accept, with a finding in ${r} wherever they
 * disagree. 0; -1 after a message when the text is none (NUL, invalid UTF-8)
 * or memory ran out.
 */
int procfile_parse(const char *text, size_t len, const char *file,
	struct report *r, struct procfile *pf);

void procfile_fini(struct procfile *pf);

/* procfile_find(pf, name): its entry, or NULL. */
const struct procfile_entry *procfile_find(
	const struct procfile *pf, const char *name);

#endif
