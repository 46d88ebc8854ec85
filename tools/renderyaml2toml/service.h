#ifndef SERVICE_H
#define SERVICE_H

struct app;
struct job;

/*
 * service_prepare(job, a): what other services may ask about: command, port,
 * whether it sleeps. 0 or -1 (ENOMEM).
 */
int service_prepare(struct job *job, struct app *a);

/*
 * service_build(job, a): the app's whole configuration and its needs. 0 or -1
 * (ENOMEM).
 */
int service_build(struct job *job, struct app *a);

#endif
