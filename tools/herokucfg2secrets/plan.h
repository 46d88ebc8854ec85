#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>

struct buf;
struct classify;
struct notes;
struct varlist;

/* How the variables shall travel. */
struct plan_way {
	bool is_api; /* a request body, which carries any Unicode */
	bool is_env; /* plain settings go into an [env] table */
};

/*
 * plan_make(vars, c, way, notes): decide what becomes of each variable, and
 * note what a person should know. 0, or -1 after a message: two variables
 * would get one name, or out of memory.
 */
int plan_make(struct varlist *vars, const struct classify *c,
	const struct plan_way *way, struct notes *notes);

/*
 * plan_put(vars, out): append a variable.planned record a variable, which
 * never has a value in it. 0 or -1 (out of memory).
 */
int plan_put(const struct varlist *vars, struct buf *out);

#endif
