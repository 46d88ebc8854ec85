#ifndef CRONAPP_H
#define CRONAPP_H

struct app;
struct job;

/*
 * cronapp_build(job, a): a job by the clock as an app: supercronic with a
 * crontab in [[files]], and the need that says what else can do it. 0 or -1
 * (ENOMEM).
 */
int cronapp_build(struct job *job, struct app *a);

#endif
