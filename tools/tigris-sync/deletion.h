#ifndef DELETION_H
#define DELETION_H

#include <stdbool.h>
#include <stdint.h>

struct ends;
struct object;
struct pass;
struct sorter;

/*
 * Deleting what the target alone has, as carefully as it can be done: only if
 * the source lists the same keys twice to the end, only up to --max-delete, not
 * where a shadow bucket would lose them too, and each only when the source says
 * that it is not there.
 */
struct deletion {
	struct sorter *extra;
	int64_t n;
	bool is_looked; /* the target was asked for what it does not list */
};

/* deletion_init(d, e): an exit status; misuse where a shadow bucket may be and
 * the user has not said that there is none. */
int deletion_init(struct deletion *d, struct ends *e);
void deletion_fini(struct deletion *d);

/* deletion_add(d, o): the target alone has it. An exit status.
 * deletion_forget(d): none of those that were added. */
int deletion_add(struct deletion *d, const struct object *o);
void deletion_forget(struct deletion *d);

/*
 * deletion_look(d, e, o): the target has not listed ${o}. The first time: if it
 * has it all the same, it has a shadow bucket, and nothing is deleted. 0 or -1.
 */
int deletion_look(struct deletion *d, struct ends *e, const struct object *o);

/* deletion_run(d, e, first): list the source again, compare with the ${first}
 * pass, delete. An exit status. */
int deletion_run(struct deletion *d, struct ends *e, const struct pass *first);

#endif
