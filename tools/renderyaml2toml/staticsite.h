#ifndef STATICSITE_H
#define STATICSITE_H

struct app;
struct job;

/*
 * staticsite_build(job, a): a static site as an app with a server of files
 * (Caddy): headers and routes as findings with the directives for its
 * Caddyfile. 0 or -1 (ENOMEM).
 */
int staticsite_build(struct job *job, struct app *a);

#endif
