#include <errno.h>
#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsmsg.h"
#include "dnsname.h"
#include "mem.h"
#include "rrldns.h"
#include "rrtype.h"

static int
put16(struct buf *b, unsigned v)
{
	const unsigned char p[2] = {(unsigned char)(v >> 8), (unsigned char)v};

	return buf_append(b, p, sizeof(p));
}

int
dnsmsg_put_query(struct buf *b, const struct dnsmsg_query *q)
{
	/* AD in a question: tell whether it is validated (RFC 6840, 5.7) */
	unsigned flags =
		(q->recurse ? 0x0120U : 0) | (q->no_checking ? 0x0010U : 0);

	if (put16(b, q->id) == -1 || put16(b, flags) == -1 ||
		put16(b, 1) == -1 || put16(b, 0) == -1 || put16(b, 0) == -1 ||
		put16(b, q->edns) == -1 || dnsname_put_wire(b, q->name) == -1 ||
		put16(b, q->type) == -1 || put16(b, LDNS_RR_CLASS_IN) == -1)
		return -1;
	if (!q->edns)
		return 0;
	if (buf_putc(b, 0) == -1 || put16(b, RRTYPE_OPT) == -1 ||
		put16(b, DNSMSG_UDP_SIZE) == -1 || put16(b, 0) == -1 ||
		put16(b, q->dnssec ? 0x8000 : 0) == -1 || put16(b, 0) == -1)
		return -1;
	return 0;
}

/* The question, if there is one. 0 or -1 with errno. */
static int
take_question(struct dnsmsg *m, const ldns_pkt *p)
{
	const ldns_rr_list *list = ldns_pkt_question(p);
	const ldns_rr *q;
	const ldns_rdf *owner;

	if (ldns_rr_list_rr_count(list) != 1)
		return 0;
	q = ldns_rr_list_rr(list, 0);
	owner = ldns_rr_owner(q);
	m->type = (uint16_t)ldns_rr_get_type(q);
	if (owner != NULL && dnsname_from_wire(ldns_rdf_data(owner),
				     ldns_rdf_size(owner), &m->name) > 0)
		return 0;
	errno = EBADMSG;
	return -1;
}

int
dnsmsg_parse(const void *wire, size_t n, struct dnsmsg **out)
{
	struct dnsmsg *m;
	ldns_pkt *p = NULL;

	if (n < DNSMSG_HEADER || ldns_wire2pkt(&p, wire, n) != LDNS_STATUS_OK ||
		p == NULL) {
		errno = EBADMSG;
		return -1;
	}
	if ((m = mem_zalloc(1, sizeof(*m))) == NULL) {
		ldns_pkt_free(p);
		return -1;
	}
	m->id = ldns_pkt_id(p);
	m->opcode = (unsigned)ldns_pkt_get_opcode(p);
	m->is_answer = ldns_pkt_qr(p);
	m->aa = ldns_pkt_aa(p);
	m->tc = ldns_pkt_tc(p);
	m->rd = ldns_pkt_rd(p);
	m->ra = ldns_pkt_ra(p);
	m->ad = ldns_pkt_ad(p);
	m->cd = ldns_pkt_cd(p);
	m->has_edns = ldns_pkt_edns(p);
	m->rcode = (unsigned)ldns_pkt_get_rcode(p);
	if (m->has_edns)
		m->rcode |= (unsigned)ldns_pkt_edns_extended_rcode(p) << 4;
	if (take_question(m, p) == -1 ||
		rrldns_take_list(&m->answer, ldns_pkt_answer(p)) == -1 ||
		rrldns_take_list(&m->authority, ldns_pkt_authority(p)) == -1 ||
		rrldns_take_list(&m->additional, ldns_pkt_additional(p)) ==
			-1) {
		int e = errno;

		dnsmsg_free(m);
		ldns_pkt_free(p);
		errno = e;
		return -1;
	}
	ldns_pkt_free(p);
	*out = m;
	return 0;
}

void
dnsmsg_free(struct dnsmsg *m)
{
	if (m == NULL)
		return;
	free(m->name);
	rrsets_fini(&m->answer);
	rrsets_fini(&m->authority);
	rrsets_fini(&m->additional);
	free(m);
}

bool
is_dnsmsg_reply(
	const struct dnsmsg *m, uint16_t id, const char *name, uint16_t type)
{
	if (!m->is_answer || m->id != id)
		return false;
	if (m->name == NULL)
		return m->rcode != RCODE_NOERROR;
	return m->type == type && strcmp(m->name, name) == 0;
}

int64_t
dnsmsg_negative_ttl(const struct dnsmsg *m)
{
	uint32_t minimum;
	size_t i;

	for (i = 0; i < m->authority.n; i++) {
		const struct rrset *s = &m->authority.item[i];

		if (rrset_soa_number(s, 4, &minimum) == 0)
			return s->ttl < minimum ? s->ttl : minimum;
	}
	return -1;
}
