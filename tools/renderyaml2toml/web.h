#ifndef WEB_H
#define WEB_H

struct app;
struct job;

/*
 * web_build(job, a): [http_service], its check and PORT for what the public
 * reaches; PORT and a check for a private service; nothing for the others.
 */
void web_build(struct job *job, struct app *a);

#endif
