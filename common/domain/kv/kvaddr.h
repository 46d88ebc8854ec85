#ifndef KVADDR_H
#define KVADDR_H

#include <stdbool.h>

struct kvaddr;
struct secret;

/*
 * Where a Redis-protocol server is:
 * redis[s]://[USER[:PASSWORD]@]HOST[:PORT][/DB], percent-encoded, IPv6 in
 * brackets; from a locator (airlift(7)).
 */

/*
 * kvaddr_resolve(locator, what, out): env:NAME, file:PATH or fd:N holding
 * such a URL, or a URL without password itself; one with a password is
 * refused with the way to pass it. ${what} is "source" or "target" for
 * messages. 0, or -1 after a message.
 */
int kvaddr_resolve(const char *locator, const char *what, struct kvaddr **out);

/* kvaddr_parse(url, what, out): the same from a URL. */
int kvaddr_parse(const char *url, const char *what, struct kvaddr **out);

/* kvaddr_free(a): wipes the password; NULL is fine. */
void kvaddr_free(struct kvaddr *a);

/* Its parts; user and password are NULL where the URL has none. */
const char *kvaddr_host(const struct kvaddr *a);
const char *kvaddr_port(const struct kvaddr *a);
bool is_kvaddr_tls(const struct kvaddr *a);
int kvaddr_db(const struct kvaddr *a); /* -1: the URL names none */
const char *kvaddr_user(const struct kvaddr *a);
const struct secret *kvaddr_password(const struct kvaddr *a);

/* kvaddr_identity(a): "redis://host:port" ("rediss"), borrowed, without
 * secret and database; what messages and journals show. */
const char *kvaddr_identity(const struct kvaddr *a);

#endif
