#ifndef ANSWER_H
#define ANSWER_H

struct call;

/* answer_send(c): the reply as it is, or as the fault spoils it. 0, or -1 when
 * the connection is over. */
int answer_send(struct call *c);

/* answer_wait(seconds): as long. */
void answer_wait(double seconds);

#endif
