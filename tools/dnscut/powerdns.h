#ifndef POWERDNS_H
#define POWERDNS_H

struct provider;

/* An authoritative server of PowerDNS, by its HTTP API
 * (doc.powerdns.com/authoritative/http-api): one PATCH, all or nothing. */
extern const struct provider powerdns_provider;

#endif
