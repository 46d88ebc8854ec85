#ifndef RRTYPE_H
#define RRTYPE_H

#include <stdbool.h>
#include <stdint.h>

struct buf;

/* Types of records and response codes, by number and by name. */
enum {
	RRTYPE_A = 1,
	RRTYPE_NS = 2,
	RRTYPE_CNAME = 5,
	RRTYPE_SOA = 6,
	RRTYPE_MX = 15,
	RRTYPE_TXT = 16,
	RRTYPE_AAAA = 28,
	RRTYPE_DNAME = 39,
	RRTYPE_OPT = 41,
	RRTYPE_DS = 43,
	RRTYPE_RRSIG = 46,
	RRTYPE_NSEC = 47,
	RRTYPE_DNSKEY = 48,
	RRTYPE_NSEC3 = 50,
	RRTYPE_NSEC3PARAM = 51,
	RRTYPE_CDS = 59,
	RRTYPE_CDNSKEY = 60,
	RRTYPE_ZONEMD = 63,
	RRTYPE_SVCB = 64,
	RRTYPE_HTTPS = 65,
	RRTYPE_AXFR = 252,
	RRTYPE_ANY = 255,
	RRTYPE_CAA = 257,
	/* no type of the DNS: an address taken from another name, which
	 * providers call ALIAS or ANAME; of the range for private use */
	RRTYPE_ALIAS = 65401
};

enum {
	RCODE_NOERROR = 0,
	RCODE_FORMERR = 1,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3,
	RCODE_NOTIMP = 4,
	RCODE_REFUSED = 5,
	RCODE_YXDOMAIN = 6,
	RCODE_YXRRSET = 7,
	RCODE_NXRRSET = 8,
	RCODE_NOTAUTH = 9,
	RCODE_NOTZONE = 10,
	RCODE_BADVERS = 16
};

/* rrtype_parse(name, out): "A", "TYPE65400", any case. 0, or -1: no type. */
int rrtype_parse(const char *name, uint16_t *out);

/* rrtype_put(b, type): append its name. 0 or -1 (ENOMEM). */
int rrtype_put(struct buf *b, uint16_t type);

/* is_rrtype_made(type): a record that a server makes itself when it signs or
 * counts a zone: SOA, RRSIG, NSEC, DNSKEY, ZONEMD and the like. */
bool is_rrtype_made(uint16_t type);

/* rcode_name(rcode): "NXDOMAIN", or "an unknown code". rcode_update(rcode):
 * what it says of an update (RFC 2136 section 2.2), for people. */
const char *rcode_name(unsigned rcode);
const char *rcode_update(unsigned rcode);

#endif
