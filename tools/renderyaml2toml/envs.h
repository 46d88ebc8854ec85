#ifndef ENVS_H
#define ENVS_H

struct app;
struct job;

/*
 * envs_build(job, a): [env] and build arguments of an app from its variables;
 * secrets and what databases give become needs. 0 or -1 (ENOMEM).
 */
int envs_build(struct job *job, struct app *a);

#endif
