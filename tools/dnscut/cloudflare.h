#ifndef CLOUDFLARE_H
#define CLOUDFLARE_H

struct provider;

/* Cloudflare, by its API (developers.cloudflare.com/api): a batch is all or
 * nothing. */
extern const struct provider cloudflare_provider;

#endif
