#ifndef PITFALLS_H
#define PITFALLS_H

struct planning;

/*
 * pitfalls_tell(g, zone, host): tell of records elsewhere in the zone because
 * of which a change of ${host} would do nothing, or more than it says: a
 * delegation or a DNAME above it, services that name it as their server, an
 * HTTPS record that leads somewhere else.
 */
void pitfalls_tell(
	const struct planning *g, const char *zone, const char *host);

#endif
