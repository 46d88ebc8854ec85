#ifndef ADMIN_H
#define ADMIN_H

struct call;

/* admin_run(c): a request of a test to the double itself, unsigned:
 *   POST /-/control   lines as of control.h
 *   GET /-/counters   what was seen, as JSON; ?zero forgets it
 *   POST /-/seed?bucket=B&account=A&n=N&prefix=P&size=S   objects of zeros */
void admin_run(struct call *c);

#endif
