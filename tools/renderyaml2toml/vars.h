#ifndef VARS_H
#define VARS_H

struct app;
struct buf;
struct job;
struct tree;
struct var;

/*
 * vars_read(job, a): the list of a service's variables, those of its groups
 * in place: its own win over a group's, a later group over an earlier one. 0 or
 * -1 (ENOMEM).
 */
int vars_read(struct job *job, struct app *a);

/* vars_find(a, key): the variable, or NULL. */
struct var *vars_find(const struct app *a, const char *key);

#endif
