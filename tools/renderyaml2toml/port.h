#ifndef PORT_H
#define PORT_H

struct app;
struct job;

/* port_choose(job, a): the port that a server listens on: PORT, the command's,
 * that of a known program, or Render's default. 0 or -1 (ENOMEM). */
int port_choose(struct job *job, struct app *a);

#endif
