#ifndef PLAN_H
#define PLAN_H

struct ends;

/* plan_all(e): object.planned for each object that a copy would move. An exit
 * status. */
int plan_all(struct ends *e);

#endif
