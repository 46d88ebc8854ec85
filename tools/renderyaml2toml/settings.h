#ifndef SETTINGS_H
#define SETTINGS_H

struct app;
struct job;

/* settings_build(job, a): the keys of a service that have no place in a
 * fly.toml: a finding each, and the need for its domains. */
void settings_build(struct job *job, struct app *a);

#endif
