#ifndef R53SET_H
#define R53SET_H

#include <stddef.h>

struct buf;
struct provider_change;
struct rrsets;
struct xmltext;

/*
 * Sets of records of Route 53. One that is an alias or has a routing policy is
 * no set of the DNS: what Route 53 says of it stands, whole, in the set's extra
 * {"xml":...}; an alias is of the type ALIAS.
 */

/* r53set_take(x, out): add a ResourceRecordSet. 0, or -1: it cannot be read. */
int r53set_take(const struct xmltext *x, struct rrsets *out);

/* r53set_settle(out): rrsets_settle(), with the extras of sets of one name and
 * type kept together. 0 or -1. */
int r53set_settle(struct rrsets *out);

/* r53set_put_batch(b, change, n): append a ChangeResourceRecordSetsRequest:
 * deletes, exact, then creates. 0 or -1. */
int r53set_put_batch(
	struct buf *b, const struct provider_change *change, size_t n);

#endif
