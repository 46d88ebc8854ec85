#ifndef GOOGLESET_H
#define GOOGLESET_H

#include <stddef.h>

struct buf;
struct json_val;
struct provider_change;
struct rrsets;

/*
 * Google Cloud DNS's sets of records: data as in a zone file, or a routing
 * policy with data in its branches, which stands in a set's extra:
 * {"routingPolicy":{...}}.
 */

/* googleset_take(v, out): add a set. 0, or -1: it cannot be read. */
int googleset_take(const struct json_val *v, struct rrsets *out);

/* googleset_put_change(b, change, n): append the body of one change: what goes,
 * exactly as it is, and what comes. 0 or -1. */
int googleset_put_change(
	struct buf *b, const struct provider_change *change, size_t n);

#endif
