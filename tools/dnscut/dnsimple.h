#ifndef DNSIMPLE_H
#define DNSIMPLE_H

struct provider;

/* DNSimple, by its API (developer.dnsimple.com/v2): one record at a time. */
extern const struct provider dnsimple_provider;

#endif
