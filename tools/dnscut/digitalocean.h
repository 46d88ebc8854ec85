#ifndef DIGITALOCEAN_H
#define DIGITALOCEAN_H

struct provider;

/* DigitalOcean, by its API (docs.digitalocean.com/reference/api): one record at
 * a time. */
extern const struct provider digitalocean_provider;

#endif
