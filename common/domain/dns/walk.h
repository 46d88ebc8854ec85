#ifndef WALK_H
#define WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dnsaddr.h"
#include "rrset.h"

struct walk;

/*
 * Finding things as a resolver does, from the servers of the root down, so that
 * no cache stands between: where a zone is delegated to, and what its servers
 * say.
 */

/*
 * walk_open(hints, port, seconds, out): ${hints} is the text of a file of the
 * root's servers (NS, A, AAAA), or NULL for those of the Internet; all servers
 * are asked on ${port}, each question for at most ${seconds}. 0, or -1 after a
 * message.
 */
int walk_open(
	const char *hints, uint16_t port, double seconds, struct walk **out);
void walk_close(struct walk *w);

/* A server of a zone. */
struct walk_server {
	char *name;
	struct dnsaddr addr;
	bool is_delegated; /* named by the parent */
	bool is_listed;    /* named by the zone itself */
	bool is_good;      /* it answered as one that holds the zone */
	const char *why;   /* of one that is not good; static */
	uint32_t serial;   /* of its SOA, if good */
};

struct walk_zone {
	char *name, *parent; /* ${parent} NULL: the root */
	struct walk_server *server;
	size_t n;
	bool is_signed;    /* the parent has a DS */
	struct rrset *soa; /* as the first good server has it, or NULL */
};

enum walk_result {
	WALK_OK,
	WALK_NOTHING, /* certain: no such name, or no such records */
	WALK_FAILED   /* no server could tell */
};

/*
 * walk_zone(w, name, out): the zone that ${name} is in, and all its servers
 * with their addresses, each asked for the SOA. Not WALK_OK: has had its
 * message. The caller's to walk_zone_fini().
 */
enum walk_result walk_zone(
	struct walk *w, const char *name, struct walk_zone *out);
void walk_zone_fini(struct walk_zone *z);

/*
 * walk_resolve(w, name, type, out): the records of that type, following CNAME
 * (which stand in ${out} too). Says nothing. The caller's to free in any case.
 */
enum walk_result walk_resolve(
	struct walk *w, const char *name, uint16_t type, struct rrsets *out);

#endif
