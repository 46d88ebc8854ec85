#ifndef WALKZONE_H
#define WALKZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsaddr.h"

struct rrset;
struct walk;

/* A server of a zone. */
struct walkzone_server {
	char *name;
	struct dnsaddr addr;
	bool is_delegated; /* named by the parent */
	bool is_listed;    /* named by the zone itself */
	bool is_good;      /* it answered as one that holds the zone */
	const char *why;   /* of one that is not good; static */
	uint32_t serial;   /* of its SOA, if good */
};

struct walkzone {
	char *name, *parent; /* ${parent} NULL: the root */
	struct walkzone_server *server;
	size_t n;
	struct rrset *ds;  /* as the parent has it: it is signed; or NULL */
	struct rrset *soa; /* as the first good server has it, or NULL */
};

/*
 * walkzone_find(w, name, out): the zone that ${name} is in, and all its servers
 * with their addresses, each asked for the SOA. 0, or -1 after a message. The
 * caller's to walkzone_fini().
 */
int walkzone_find(struct walk *w, const char *name, struct walkzone *out);
void walkzone_fini(struct walkzone *z);

#endif
