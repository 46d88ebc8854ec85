#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dnsmsg.h"
#include "mem.h"
#include "rrtype.h"
#include "t.h"

/* www.a. A: an answer with a CNAME and an address, names compressed. */
static const unsigned char answer[] =
	"\x12\x34\x85\x00\0\1\0\2\0\0\0\1"
	"\3wWw\1a\0\0\1\0\1"
	"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1b\xc0\x10"
	"\xc0\x23\0\1\0\1\0\0\0\x1e\0\4\300\0\2\1"
	"\0\0\x29\4\xd0\0\0\0\0\0\0";
/* x.a. AAAA: no such name; the SOA has TTL 9, minimum 5. */
static const unsigned char missing[] =
	"\x12\x34\x84\x03\0\1\0\0\0\1\0\0"
	"\1x\1a\0\0\x1c\0\1"
	"\xc0\x0e\0\6\0\1\0\0\0\x09\0\x1d\2ns\xc0\x0e\1h\xc0\x0e"
	"\0\0\0\7\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\5";
/* an answer whose name points at itself */
static const unsigned char circle[] = "\x12\x34\x80\x00\0\1\0\0\0\0\0\0"
				      "\xc0\x0c\0\1\0\1";
/* BADVERS, by EDNS, without a question */
static const unsigned char badvers[] = "\x12\x34\x80\x00\0\0\0\0\0\0\0\1"
				       "\0\0\x29\4\xd0\1\0\0\0\0\0";

static void
good_answer(void)
{
	struct dnsmsg *m = NULL;
	const struct rrset *s;

	T_INT(dnsmsg_parse(answer, sizeof(answer) - 1, &m), 0, "an answer");
	if (m == NULL)
		return;
	T_STR(m->name, "www.a.", "to the question");
	T_OK(is_dnsmsg_reply(m, 0x1234, "www.a.", RRTYPE_A) &&
			!is_dnsmsg_reply(m, 0x1235, "www.a.", RRTYPE_A) &&
			!is_dnsmsg_reply(m, 0x1234, "ww.a.", RRTYPE_A) &&
			!is_dnsmsg_reply(m, 0x1234, "www.a.", RRTYPE_AAAA),
		"and to no other");
	T_OK(m->aa && !m->tc && m->has_edns && m->rcode == 0, "its flags");
	s = rrsets_find(&m->answer, "www.a.", RRTYPE_CNAME);
	T_STR(s != NULL ? s->data[0].text : "", "b.a.", "its CNAME");
	s = rrsets_find(&m->answer, "b.a.", RRTYPE_A);
	T_OK(s != NULL && s->ttl == 30, "and the address");
	T_INT(dnsmsg_negative_ttl(m), -1, "which is not nothing");
	dnsmsg_free(m);
}

static void
no_such_name(void)
{
	struct dnsmsg *m = NULL;

	T_INT(dnsmsg_parse(missing, sizeof(missing) - 1, &m), 0, "NXDOMAIN");
	if (m == NULL)
		return;
	T_INT(m->rcode, RCODE_NXDOMAIN, "is told");
	T_INT(dnsmsg_negative_ttl(m), 5, "for the lesser of both numbers");
	dnsmsg_free(m);
}

static void
extended(void)
{
	struct dnsmsg *m = NULL;

	T_INT(dnsmsg_parse(badvers, sizeof(badvers) - 1, &m), 0, "BADVERS");
	if (m == NULL)
		return;
	T_INT(m->rcode, RCODE_BADVERS, "a code of two parts");
	T_OK(is_dnsmsg_reply(m, 0x1234, "any.", RRTYPE_A),
		"a refusal needs no question");
	dnsmsg_free(m);
}

/* Every shorter one is refused or is another message, and never a crash. */
static void
cut(const unsigned char *p, size_t n)
{
	struct dnsmsg *m;
	size_t i, taken = 0;

	for (i = 0; i < n; i++) {
		unsigned char *copy = (unsigned char *)mem_dup(p, i);

		if (copy != NULL && dnsmsg_parse(copy, i, &m) == 0) {
			taken++;
			dnsmsg_free(m);
		}
		free(copy);
	}
	T_INT(taken, 0, "cut anywhere it is none");
}

static void
query(void)
{
	static const unsigned char want[] = "\xab\xcd\x01\x30\0\1\0\0\0\0\0\1"
					    "\1a\0\0\x1c\0\1"
					    "\0\0\x29\4\xd0\0\0\x80\0\0\0";
	const struct dnsmsg_query q = {.id = 0xabcd,
		.name = "a.",
		.type = RRTYPE_AAAA,
		.recurse = true,
		.edns = true,
		.dnssec = true,
		.no_checking = true};
	struct buf b = BUF_INIT;

	T_OK(dnsmsg_put_query(&b, &q) == 0 && b.len == sizeof(want) - 1 &&
			memcmp(b.data, want, b.len) == 0,
		"a query, byte for byte");
	buf_fini(&b);
}

static void
parse(void)
{
	struct dnsmsg *m;

	if (dnsmsg_parse(answer, sizeof(answer) - 1, &m) == 0)
		dnsmsg_free(m);
}

int
main(void)
{
	struct dnsmsg *m;

	T_BEGIN();
	good_answer();
	no_such_name();
	extended();
	T_INT(dnsmsg_parse(circle, sizeof(circle) - 1, &m), -1,
		"a name that points at itself");
	T_INT(errno, EBADMSG, "is malformed");
	cut(answer, sizeof(answer) - 1);
	cut(missing, sizeof(missing) - 1);
	query();
	T_ALLOC_LOOP(200, parse());
	return T_END();
}
