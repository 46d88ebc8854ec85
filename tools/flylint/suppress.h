#ifndef SUPPRESS_H
#define SUPPRESS_H

struct lint;

/*
 * suppress_apply(l): heed the comments "# flylint: ignore RULE ..." (about
 * their own line or, where they stand alone, the next one) and
 * "# flylint: ignore-file RULE ...". A name that is no rule is a finding.
 */
void suppress_apply(struct lint *l);

#endif
