#ifndef PLANREAD_H
#define PLANREAD_H

struct env;
struct plan;

/*
 * planread(env, out): the plan on ${env}'s input; other records are passed
 * over. It is as it was made, to the last of its conditions, and changes
 * nothing but what a plan may. Out the caller's to plan_fini(). 0, or an exit
 * status after a message.
 */
int planread(struct env *env, struct plan *out);

#endif
