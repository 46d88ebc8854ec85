#ifndef LANDING_H
#define LANDING_H

#include <stddef.h>
#include <stdint.h>

struct copying;
struct ends;

/* landing_check(c): whether the target may be written to, as --policy says. An
 * exit status; what is in the way has a finding. */
int landing_check(struct copying *c);

/* landing_check_empty(e): the same of what the target holds alone. */
int landing_check_empty(struct ends *e);

/* landing_tell_full(e, pair, n): the finding that database number ${pair} of
 * the target holds ${n} keys, and what to do about it. */
void landing_tell_full(struct ends *e, size_t pair, int64_t n);

/* landing_sweep(c): removes what killed runs of the same journal have left on
 * the target. An exit status. */
int landing_sweep(struct copying *c);

#endif
