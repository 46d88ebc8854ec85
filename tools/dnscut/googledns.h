#ifndef GOOGLEDNS_H
#define GOOGLEDNS_H

struct provider;

/* Google Cloud DNS, by its API (cloud.google.com/dns/docs/reference/rest/v1):
 * all or nothing. The project is that of the options, or
 * GOOGLE_CLOUD_PROJECT. */
extern const struct provider googledns_provider;

#endif
