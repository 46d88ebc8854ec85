#ifndef DNSZONE_H
#define DNSZONE_H

#include <stddef.h>

struct dnsaddr;
struct rrset;
struct rrsets;
struct tsig;

/*
 * A whole zone at the server that holds it: read by transfer (RFC 5936) and
 * changed by update (RFC 2136), over TCP: a datagram that comes twice would
 * fail its own prerequisites.
 */
struct dnszone {
	const char *name; /* canonical */
	const struct dnsaddr *server;
	const char *server_name; /* for messages */
	const struct tsig *key;  /* or NULL */
	double seconds;          /* at most, for each answer */
	int is_signed;           /* the server signs it (DNSSEC) */
};

enum dnszone_result {
	DNSZONE_OK,
	DNSZONE_UNMET,   /* a prerequisite is not met; nothing was changed */
	DNSZONE_REFUSED, /* never as it is: key, rights, zone */
	DNSZONE_AWAY,    /* no connection; nothing was changed */
	DNSZONE_UNKNOWN  /* it broke after the update was sent */
};

/*
 * dnszone_transfer(z, out): all records, settled, the caller's to free. What is
 * not DNSZONE_OK has had its message.
 */
enum dnszone_result dnszone_transfer(
	const struct dnszone *z, struct rrsets *out);

/* A set to become another; NULL is none. Name and type are the same. */
struct dnszone_change {
	const struct rrset *before, *after;
};

/*
 * dnszone_update(z, soa, change, n): in one message, all or nothing: require
 * that the zone's SOA is ${soa} (may be NULL) and each set as it was before;
 * delete what goes, then add what comes after. A name that becomes a CNAME
 * in a signed zone is emptied, with no other of the usual types at it as a
 * condition more. What is neither OK nor UNMET
 * has had its message. OK means only that the server has taken it: it passes
 * over what does not fit together in silence.
 */
enum dnszone_result dnszone_update(const struct dnszone *z,
	const struct rrset *soa, const struct dnszone_change *change, size_t n);

#endif
