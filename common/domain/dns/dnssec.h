#ifndef DNSSEC_H
#define DNSSEC_H

struct rrset;
struct rrsets;

/*
 * Whether answers are signed as DNSSEC wants it (RFC 4035 section 5), from the
 * DS of a zone downwards. The DS itself is believed, and that there are no
 * records (NSEC, NSEC3) is not proven here.
 */
enum dnssec_verdict {
	DNSSEC_GOOD,
	DNSSEC_UNSIGNED, /* there is no signature */
	DNSSEC_NO_KEY,   /* none by a key of the zone, or none that the DS has
			    the digest of */
	DNSSEC_EXPIRED,
	DNSSEC_EARLY,  /* they are valid from a later time on only */
	DNSSEC_BAD,    /* they are not of this data */
	DNSSEC_UNKNOWN /* of a kind that cannot be judged here */
};

/* The keys of a zone that are to be trusted. */
struct dnssec_keys;

/*
 * dnssec_open(ds, answer, now, out): from an answer for DNSKEY of the zone of
 * ${ds}, with its signatures; ${now} is the time, seconds since 1970. The
 * caller's to dnssec_close(); NULL but for DNSSEC_GOOD.
 */
enum dnssec_verdict dnssec_open(const struct rrset *ds,
	const struct rrsets *answer, double now, struct dnssec_keys **out);

/* dnssec_close(k): NULL is fine. */
void dnssec_close(struct dnssec_keys *k);

/* dnssec_verify(k, answer, set, now): judge ${set}, which stands in ${answer}
 * with its signatures. */
enum dnssec_verdict dnssec_verify(const struct dnssec_keys *k,
	const struct rrsets *answer, const struct rrset *set, double now);

/* dnssec_verdict_text(v): what is wrong, for people. */
const char *dnssec_verdict_text(enum dnssec_verdict v);

#endif
