#ifndef FLYIP_H
#define FLYIP_H

#include <stdbool.h>
#include <stddef.h>

struct fly_config;

/*
 * is_flyip_dedicated(c, service, port): whether the first deploy offers an
 * IPv4 address of the app's own ($2 a month) instead of a shared one, as
 * flyctl decides it: for UDP, or a TCP port that is not plain 80 or 443. The
 * indexes of the service and its port that decide; ${*port} is SIZE_MAX where
 * the protocol does.
 */
bool is_flyip_dedicated(
	const struct fly_config *c, size_t *service, size_t *port);

#endif
