#ifndef RULETABLE_H
#define RULETABLE_H

#include <stddef.h>

/* A rule that a finding may name. */
struct rule {
	const char *name;  /* NULL ends a table */
	const char *level; /* "error", "warning" or "note" */
	const char *fix;   /* what --fix does; NULL: nothing */
	const char *title; /* one line */
	const char *text;  /* why, and what to do */
};

/* ruletable_find(name): the rule, or NULL. */
const struct rule *ruletable_find(const char *name);

/* ruletable_at(i): the rules one by one in the order of their subjects; NULL
 * at the end. */
const struct rule *ruletable_at(size_t i);

/* ruletable_nearest(name): the rule whose name a typo of ${name} means, or
 * NULL. */
const char *ruletable_nearest(const char *name);

/* The parts, by subject. */
extern const struct rule rules_load[];    /* rules_load.c */
extern const struct rule rules_app[];     /* rules_app.c */
extern const struct rule rules_service[]; /* rules_service.c */
extern const struct rule rules_machine[]; /* rules_machine.c */
extern const struct rule rules_field[];   /* rules_field.c */

#endif
