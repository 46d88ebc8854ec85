#ifndef OLDHOST_H
#define OLDHOST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * oldhost_scan(value, n, found, ctx): call found(ctx, host, is_url) for every
 * host name that stands in a value where one is meant: after a scheme and any
 * user information in a URL, or alone, in a list, after "host=" or after the
 * "@" of an address. ${host} is in lower case, without port; nothing of user
 * information, path or query is ever passed. 0, or -1 (out of memory).
 */
int oldhost_scan(const char *value, size_t n,
	void (*found)(void *ctx, const char *host, bool is_url), void *ctx);

#endif
