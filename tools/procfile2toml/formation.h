#ifndef FORMATION_H
#define FORMATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tree;
struct report;

/* How many dynos of which size each process type has. */
struct formation_item {
	char *type, *size, *command; /* size and command may be NULL */
	int64_t quantity;
};

struct formation {
	struct formation_item *item;
	size_t n;
	char **job; /* commands that the scheduler was seen to run */
	size_t n_jobs;
	bool is_live; /* from a running app: what is absent is not running */
};

/*
 * formation_read(v, file, r, f): from `heroku ps --json` (one object a dyno)
 * or the formation API (one a type). One-off dynos are left out with a
 * finding. 0; -1 after a message if it is neither, or without memory.
 */
int formation_read(const struct tree *v, const char *file, struct report *r,
	struct formation *f);

/*
 * formation_app_json(v, file, r, f): from app.json's "formation": an
 * object of types, or a list of such objects. What it does not understand is
 * a finding. 0; -1 without memory.
 */
int formation_app_json(const struct tree *v, const char *file, struct report *r,
	struct formation *f);

void formation_fini(struct formation *f);

/* formation_find(f, type): its item, or NULL. */
const struct formation_item *formation_find(
	const struct formation *f, const char *type);

#endif
