#ifndef LANDING_H
#define LANDING_H

struct copying;
struct ends;

/* landing_check(c): whether the target may be written to, as --policy says. An
 * exit status; what is in the way has a finding. */
int landing_check(struct copying *c);

/* landing_check_empty(e): the same of what the target holds alone. */
int landing_check_empty(struct ends *e);

/* landing_sweep(c): removes what killed runs of the same journal have left on
 * the target. An exit status. */
int landing_sweep(struct copying *c);

#endif
