#ifndef CAA_H
#define CAA_H

#include <stdbool.h>

struct rrset;

/*
 * caa_allows(set, issuer, wildcard): whether the authority ${issuer}
 * ("letsencrypt.org") may issue by this set of CAA records, the nearest at or
 * above the name (RFC 8659 sections 4 and 5); NULL, none at all, allows
 * everybody.
 */
bool caa_allows(const struct rrset *set, const char *issuer, bool wildcard);

#endif
