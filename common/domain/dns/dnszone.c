#include <errno.h>
#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "dnsaddr.h"
#include "dnsmsg.h"
#include "dnstcp.h"
#include "dnszone.h"
#include "msg.h"
#include "rrldns.h"
#include "rrset.h"
#include "rrtype.h"
#include "tsig.h"

/* A transfer of more is not for us. */
enum { MOST_RECORDS = 4 << 20 };

/* A signed exchange with the server. */
struct talk {
	const struct dnszone *z;
	int fd;
	uint16_t id;
	struct tsig_state signing;
	struct buf in;
};

static double
deadline(const struct dnszone *z)
{
	return clock_mono(clock_system()) + z->seconds;
}

static enum dnszone_result
complain(const struct talk *t, const char *what)
{
	msg_errno("%s: %s: %s", t->z->server_name, t->z->name, what);
	return DNSZONE_AWAY;
}

/* Gives the packet an id, signs it and sends it. */
static enum dnszone_result
talk_send(struct talk *t, ldns_pkt *p)
{
	struct buf wire = BUF_INIT;
	enum dnszone_result rc = DNSZONE_AWAY;

	if (getrandom(&t->id, sizeof(t->id), 0) != sizeof(t->id))
		return complain(t, "no random number");
	ldns_pkt_set_id(p, t->id);
	if (tsig_sign(t->z->key, p, &wire, &t->signing) == -1)
		return DNSZONE_REFUSED;
	t->fd = dnstcp_open(t->z->server, deadline(t->z));
	if (t->fd == -1)
		rc = complain(t, "cannot connect by TCP");
	else if (dnstcp_send(t->fd, wire.data, wire.len, deadline(t->z)) == -1)
		rc = complain(t, "cannot send");
	else
		rc = DNSZONE_OK;
	buf_fini(&wire);
	return rc;
}

static enum dnszone_result
refuse(const struct talk *t, const char *what)
{
	msg_error("%s: %s: %s", t->z->server_name, t->z->name, what);
	return DNSZONE_REFUSED;
}

/* The next answer, verified; its code is 0 but where ${any_code}. */
static enum dnszone_result
talk_receive(struct talk *t, ldns_pkt **out)
{
	enum tsig_verdict v;
	ldns_pkt *p = NULL;

	if (dnstcp_receive(t->fd, &t->in, deadline(t->z)) == -1)
		return complain(t, "no answer");
	if (ldns_wire2pkt(&p, (uint8_t *)t->in.data, t->in.len) !=
			LDNS_STATUS_OK ||
		!ldns_pkt_qr(p) || ldns_pkt_id(p) != t->id) {
		ldns_pkt_free(p);
		return refuse(t, "the answer cannot be read");
	}
	v = t->z->key == NULL
		    ? TSIG_GOOD
		    : tsig_verify(t->z->key, p, t->in.data, t->in.len,
			      clock_wall(clock_system()), &t->signing);
	/* one that refuses may do so unsigned; nobody gains by forging it */
	if (v != TSIG_GOOD && v != TSIG_PENDING &&
		!(v == TSIG_MISSING &&
			ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR)) {
		ldns_pkt_free(p);
		return refuse(t, tsig_verdict_text(v));
	}
	*out = p;
	return DNSZONE_OK;
}

static void
talk_end(struct talk *t)
{
	if (t->fd != -1)
		close(t->fd);
	tsig_state_fini(&t->signing);
	buf_fini(&t->in);
}

/* Takes a part of a transfer; ${*soas} counts the SOA records. 0 or -1. */
static int
take_part(struct rrsets *out, const ldns_rr_list *part, unsigned *soas)
{
	size_t i;

	for (i = 0; i < ldns_rr_list_rr_count(part); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(part, i);

		*soas += ldns_rr_get_type(rr) == LDNS_RR_TYPE_SOA;
		errno = EBADMSG;
		/* the first record is the SOA, and the last one again */
		if (*soas == 0 || out->n >= MOST_RECORDS)
			return -1;
		if (*soas == 2)
			return 0;
		if (rrldns_take(out, rr) == -1)
			return -1;
	}
	return 0;
}

static enum dnszone_result
receive_zone(struct talk *t, struct rrsets *out)
{
	enum dnszone_result rc;
	unsigned soas = 0;
	ldns_pkt *p;

	while (soas < 2) {
		if ((rc = talk_receive(t, &p)) != DNSZONE_OK)
			return rc;
		if (ldns_pkt_get_rcode(p) != LDNS_RCODE_NOERROR) {
			msg_error("%s: %s: the server does not transfer the "
				  "zone: %s; %s",
				t->z->server_name, t->z->name,
				rcode_name((unsigned)ldns_pkt_get_rcode(p)),
				t->z->key != NULL
					? "let this key transfer it"
					: "give a key that may (--key), or let "
					  "this address transfer it");
			rc = DNSZONE_REFUSED;
		} else if (take_part(out, ldns_pkt_answer(p), &soas) == -1) {
			rc = errno == ENOMEM
				     ? complain(t, "the transfer")
				     : refuse(t, "the transfer cannot be read");
		}
		ldns_pkt_free(p);
		if (rc != DNSZONE_OK)
			return rc;
	}
	if (t->signing.pending > 0)
		return refuse(t, tsig_verdict_text(TSIG_PENDING));
	return rrsets_settle(out) == 0 ? DNSZONE_OK
				       : complain(t, "the transfer");
}

enum dnszone_result
dnszone_transfer(const struct dnszone *z, struct rrsets *out)
{
	struct talk t = {.z = z, .fd = -1};
	ldns_rdf *name = ldns_dname_new_frm_str(z->name);
	ldns_pkt *p = name != NULL ? ldns_pkt_query_new(name, LDNS_RR_TYPE_AXFR,
					     LDNS_RR_CLASS_IN, 0)
				   : NULL;
	enum dnszone_result rc;

	memset(out, 0, sizeof(*out));
	if (p == NULL) {
		ldns_rdf_deep_free(name);
		return complain(&t, "the transfer");
	}
	rc = talk_send(&t, p);
	ldns_pkt_free(p);
	if (rc == DNSZONE_OK)
		rc = receive_zone(&t, out);
	if (rc != DNSZONE_OK)
		rrsets_fini(out);
	talk_end(&t);
	return rc;
}

/* A record without data: its class says what is meant (RFC 2136 section 2.4,
 * 2.5). 0 or -1. */
static int
push_bare(ldns_rr_list *list, const char *name, uint16_t type,
	ldns_rr_class class)
{
	ldns_rr *rr = ldns_rr_new();
	ldns_rdf *owner = ldns_dname_new_frm_str(name);

	if (rr == NULL || owner == NULL)
		goto err;
	ldns_rr_set_owner(rr, owner);
	owner = NULL;
	ldns_rr_set_type(rr, (ldns_rr_type)type);
	ldns_rr_set_class(rr, class);
	ldns_rr_set_ttl(rr, 0);
	if (ldns_rr_list_push_rr(list, rr))
		return 0;

err:
	ldns_rdf_deep_free(owner);
	ldns_rr_free(rr);
	return -1;
}

/* That the set is there with exactly this data: their TTL must be 0. */
static int
push_exact(ldns_rr_list *list, const struct rrset *set)
{
	size_t i = ldns_rr_list_rr_count(list);

	if (rrldns_put_set(list, set) == -1)
		return -1;
	for (; i < ldns_rr_list_rr_count(list); i++)
		ldns_rr_set_ttl(ldns_rr_list_rr(list, i), 0);
	return 0;
}

static bool
is_cname(const struct rrset *set)
{
	return set != NULL && set->type == RRTYPE_CNAME;
}

/* Whether one of the changes is of that name and type. */
static bool
has_change(const struct dnszone_change *c, size_t n, const char *name,
	uint16_t type)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct rrset *s =
			c[i].before != NULL ? c[i].before : c[i].after;

		if (s->type == type && strcmp(s->name, name) == 0)
			return true;
	}
	return false;
}

/* That the name has nothing but what is to be changed, as far as can be said
 * in a message: then it can be emptied. 0 or -1. */
static int
push_nothing_else(ldns_rr_list *must, const char *name,
	const struct dnszone_change *c, size_t n)
{
	static const uint16_t usual[] = {RRTYPE_A, RRTYPE_NS, RRTYPE_MX,
		RRTYPE_TXT, RRTYPE_AAAA, RRTYPE_DNAME, RRTYPE_DS, RRTYPE_SVCB,
		RRTYPE_HTTPS, RRTYPE_CAA, 12, 13, 29, 33, 35, 44, 52, 256};
	size_t i;

	for (i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (!has_change(c, n, name, usual[i]) &&
			push_bare(must, name, usual[i], LDNS_RR_CLASS_NONE) ==
				-1)
			return -1;
	return 0;
}

/* What must be as it was. 0 or -1. */
static int
fill_must(ldns_rr_list *must, const struct dnszone *z, const struct rrset *soa,
	const struct dnszone_change *c, size_t n)
{
	size_t i;

	if (soa != NULL && push_exact(must, soa) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		if ((c[i].before != NULL ? push_exact(must, c[i].before)
					 : push_bare(must, c[i].after->name,
						   c[i].after->type,
						   LDNS_RR_CLASS_NONE)) == -1)
			return -1;
		if (z->is_signed && c[i].before == NULL &&
			is_cname(c[i].after) &&
			push_nothing_else(must, c[i].after->name, c, n) == -1)
			return -1;
	}
	return 0;
}

/*
 * What is done, in order; deletes come first: a server drops an address that it
 * adds beside a CNAME. A CNAME takes the place of one that is there (RFC 2136
 * section 3.4.2.2). It is not deleted before: in a zone that knot signs the
 * name's NSEC and RRSIG stay behind, and the new CNAME is then dropped in
 * silence as one beside other records; so where there was none, all goes.
 */
static int
fill_todo(ldns_rr_list *todo, const struct dnszone *z,
	const struct dnszone_change *c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct rrset *s = c[i].before;
		uint16_t type = s != NULL ? s->type : RRTYPE_ANY;

		if (s == NULL && z->is_signed && is_cname(c[i].after))
			s = c[i].after;
		if (s == NULL || (is_cname(s) && is_cname(c[i].after) &&
					 type == RRTYPE_CNAME))
			continue;
		if (push_bare(todo, s->name, type, LDNS_RR_CLASS_ANY) == -1)
			return -1;
	}
	for (i = 0; i < n; i++)
		if (c[i].after != NULL &&
			rrldns_put_set(todo, c[i].after) == -1)
			return -1;
	return 0;
}

static enum dnszone_result
judge(const struct talk *t, unsigned rcode)
{
	switch (rcode) {
	case RCODE_NOERROR:
		return DNSZONE_OK;
	case RCODE_NXDOMAIN:
	case RCODE_YXDOMAIN:
	case RCODE_YXRRSET:
	case RCODE_NXRRSET:
		return DNSZONE_UNMET;
	default:
		msg_error("%s: %s: the update is refused: %s: %s",
			t->z->server_name, t->z->name, rcode_name(rcode),
			rcode_update(rcode));
		return rcode == RCODE_SERVFAIL ? DNSZONE_AWAY : DNSZONE_REFUSED;
	}
}

static enum dnszone_result
exchange(struct talk *t, ldns_pkt *p)
{
	enum dnszone_result rc = talk_send(t, p);
	ldns_pkt *answer = NULL;

	if (rc != DNSZONE_OK)
		return rc;
	rc = talk_receive(t, &answer);
	if (rc == DNSZONE_AWAY)
		return DNSZONE_UNKNOWN;
	if (rc == DNSZONE_OK)
		rc = judge(t, (unsigned)ldns_pkt_get_rcode(answer));
	ldns_pkt_free(answer);
	return rc;
}

enum dnszone_result
dnszone_update(const struct dnszone *z, const struct rrset *soa,
	const struct dnszone_change *change, size_t n)
{
	struct talk t = {.z = z, .fd = -1};
	ldns_rr_list *must = ldns_rr_list_new(), *todo = ldns_rr_list_new();
	ldns_rdf *zone = ldns_dname_new_frm_str(z->name);
	enum dnszone_result rc = DNSZONE_AWAY;
	ldns_pkt *p = NULL;

	if (must == NULL || todo == NULL || zone == NULL ||
		fill_must(must, z, soa, change, n) == -1 ||
		fill_todo(todo, z, change, n) == -1 ||
		(p = ldns_update_pkt_new(
			 zone, LDNS_RR_CLASS_IN, must, todo, NULL)) == NULL) {
		rc = complain(&t, "the update cannot be made");
		ldns_rdf_deep_free(zone);
	} else {
		rc = exchange(&t, p);
	}
	ldns_pkt_free(p);
	ldns_rr_list_deep_free(must);
	ldns_rr_list_deep_free(todo);
	talk_end(&t);
	return rc;
}
