#ifndef RFC2136_H
#define RFC2136_H

struct provider;

/* A server that takes updates (RFC 2136), signed by TSIG, and transfers the
 * zone: BIND, Knot, PowerDNS and others. */
extern const struct provider rfc2136_provider;

#endif
