#ifndef WALKCUT_H
#define WALKCUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsaddr.h"

struct rrset;
struct rrsets;

/* A zone's servers: their names, and the addresses known of them. For walk.c.
 */
struct walkcut_server {
	char *name;
	struct dnsaddr addr;
};

enum { WALKCUT_DELEGATED = 1, WALKCUT_LISTED = 2 };

struct walkcut {
	char *zone;
	char **name;  /* of servers */
	unsigned *by; /* who names it: WALKCUT_... */
	size_t names;
	struct walkcut_server *server;
	size_t n;
};

/*
 * walkcut_new(zone, ns, glue, within, port): from the NS of ${zone} in ${ns}
 * and their addresses in ${glue}, of names under ${within} only. NULL: out of
 * memory.
 */
struct walkcut *walkcut_new(const char *zone, const struct rrsets *ns,
	const struct rrsets *glue, const char *within, uint16_t port);
void walkcut_free(struct walkcut *c);

/* walkcut_addresses(c): how many addresses are known. */
size_t walkcut_addresses(const struct walkcut *c);

/* is_walkcut_known(c, name): whether an address of that server is known. */
bool is_walkcut_known(const struct walkcut *c, const char *name);

/* is_walkcut_name(c, name, by): whether it is named so by ${by}. */
bool is_walkcut_name(const struct walkcut *c, const char *name, unsigned by);

/* walkcut_add_names(c, ns): the names in the zone's own NS (may be NULL). 0 or
 * -1. */
int walkcut_add_names(struct walkcut *c, const struct rrset *ns);

/* walkcut_add_addresses(c, name, sets, port): the A and AAAA in ${sets}, of
 * whatever name, as addresses of the server ${name}. 0 or -1. */
int walkcut_add_addresses(struct walkcut *c, const char *name,
	const struct rrsets *sets, uint16_t port);

#endif
