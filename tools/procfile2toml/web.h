#ifndef WEB_H
#define WEB_H

struct job;
struct layout;

/*
 * web_build(job, l): [http_service], its check, and PORT, for the group web;
 * a finding when there is none. 0 or -1 (ENOMEM).
 */
int web_build(struct job *job, const struct layout *l);

#endif
