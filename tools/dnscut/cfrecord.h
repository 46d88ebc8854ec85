#ifndef CFRECORD_H
#define CFRECORD_H

#include <stddef.h>

struct json_val;
struct jsonw;
struct rrset;
struct rrsets;

/*
 * Cloudflare's records: names without their last dot, numbers beside the
 * content, a TTL of 1 that means "as we like" (300), and a proxy. What is not
 * DNS stands in a set's extra: {"proxied":true,"ttl":1,"comment":...}.
 */

/* cfrecord_take(v, out): add the record. 0, or -1: it cannot be read. */
int cfrecord_take(const struct json_val *v, struct rrsets *out);

/* cfrecord_put(w, set, i): the members of record ${i} of a set of A, AAAA,
 * CNAME or TXT, whole, into the open object. */
void cfrecord_put(struct jsonw *w, const struct rrset *set, size_t i);

#endif
