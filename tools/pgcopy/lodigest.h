#ifndef LODIGEST_H
#define LODIGEST_H

#include <stddef.h>
#include <stdint.h>

struct session;

/* Large objects compared by digests that the servers compute. */

/* What differs: OIDs whose object the target lacks or has otherwise, and
 * those that only the target has. */
struct lodigest {
	uint32_t *put, *gone;
	size_t n_put, n_gone;
};

/* lodigest_compare(source, target, d): 0, or -1 after a message. */
int lodigest_compare(
	struct session *source, struct session *target, struct lodigest *d);
void lodigest_fini(struct lodigest *d);

#endif
