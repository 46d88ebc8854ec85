#ifndef LIMITS_H
#define LIMITS_H

struct ends;

/* limits_tell(e): a finding for each key of the source that Upstash, as target,
 * would not take: by the length of its name, its size, or what its consumers
 * have pending. An exit status; whatever is found is STATUS_OK. */
int limits_tell(struct ends *e);

#endif
