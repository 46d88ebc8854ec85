#ifndef DNSMSG_H
#define DNSMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rrset.h"

struct buf;

/* Messages of the DNS (RFC 1035 section 4), with EDNS (RFC 6891). */

enum { DNSMSG_UDP_SIZE = 1232, DNSMSG_HEADER = 12 };

struct dnsmsg {
	uint16_t id;
	unsigned opcode, rcode; /* the latter with what EDNS adds to it */
	bool is_answer, aa, tc, rd, ra, ad, cd, has_edns;
	char *name; /* of the question; NULL: there is none */
	uint16_t type;
	struct rrsets answer, authority, additional; /* settled */
};

/* What a query asks for. */
struct dnsmsg_query {
	uint16_t id;
	const char *name; /* canonical */
	uint16_t type;
	bool recurse, edns, dnssec, no_checking;
};

/* dnsmsg_put_query(b, q): append the message. 0 or -1 (ENOMEM). */
int dnsmsg_put_query(struct buf *b, const struct dnsmsg_query *q);

/* dnsmsg_parse(wire, n, out): 0; -1 with errno EBADMSG or ENOMEM. The caller's
 * to free. */
int dnsmsg_parse(const void *wire, size_t n, struct dnsmsg **out);

/* dnsmsg_free(m): NULL is fine. */
void dnsmsg_free(struct dnsmsg *m);

/* is_dnsmsg_reply(m, id, name, type): whether it answers that question. A
 * refusal may leave the question out. */
bool is_dnsmsg_reply(
	const struct dnsmsg *m, uint16_t id, const char *name, uint16_t type);

/*
 * dnsmsg_negative_ttl(m): for how many seconds a resolver may remember that
 * there is nothing (RFC 2308 section 5); -1: it may not.
 */
int64_t dnsmsg_negative_ttl(const struct dnsmsg *m);

#endif
