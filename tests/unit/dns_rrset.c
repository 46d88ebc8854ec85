#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "caa.h"
#include "mem.h"
#include "rrset.h"
#include "rrtype.h"
#include "t.h"
#include "zonetext.h"

static const char zone[] = "$ORIGIN example.test.\n"
			   "$TTL 300\n"
			   "@ SOA ns1 hostmaster ( 7 60 30\n\t86400 5 )\n"
			   "@ NS ns1\n"
			   "www 60 A 192.0.2.2\n"
			   "WWW 60 A 192.0.2.1 ; the same set\n"
			   "www 30 A 192.0.2.1\n"
			   "txt TXT \"a;b\" \"c\\\"d\"\n"
			   "mail MX 10 MAIL\n";

static void
read_zone(void)
{
	struct rrsets s;
	const struct rrset *a;
	char one[RRSET_HASH_SIZE], two[RRSET_HASH_SIZE];
	struct buf b = BUF_INIT;
	struct rrsets again;
	uint32_t n = 0;
	int line;

	T_INT(zonetext_parse(zone, strlen(zone), ".", &s, &line), 0,
		"a zone file is read");
	T_INT(s.n, 5, "into sets");
	a = rrsets_find(&s, "www.example.test.", RRTYPE_A);
	T_OK(a != NULL && a->n == 2 && a->ttl == 30, "each datum once");
	T_STR(a != NULL ? a->data[0].text : "", "192.0.2.1", "in order");
	T_OK(rrset_soa_number(rrsets_find(&s, "example.test.", RRTYPE_SOA), 0,
		     &n) == 0 &&
			n == 7,
		"the serial");
	T_OK(is_rrsets_name(&s, "test.") &&
			is_rrsets_name(&s, "example.test.") &&
			!is_rrsets_name(&s, "w.example.test."),
		"names that exist, and one that does not");
	T_OK(has_rrset_data(rrsets_find(&s, "mail.example.test.", RRTYPE_MX),
		     "10 mail.example.test."),
		"compared without regard to case");
	T_INT(zonetext_put(&b, &s), 0, "written again");
	T_INT(zonetext_parse(b.data, b.len, ".", &again, &line), 0, "and read");
	T_OK(rrsets_hash(&s, true, one) == 0 &&
			rrsets_hash(&again, true, two) == 0 &&
			strcmp(one, two) == 0,
		"it is the same");
	rrsets_remove(&again, "example.test.", RRTYPE_SOA);
	T_OK(rrsets_hash(&s, false, one) == 0 &&
			rrsets_hash(&again, false, two) == 0 &&
			strcmp(one, two) == 0,
		"what servers make counts only if asked for");
	rrsets_remove(&again, "www.example.test.", RRTYPE_A);
	T_OK(rrsets_hash(&again, false, two) == 0 && strcmp(one, two) != 0,
		"anything else does");
	buf_fini(&b);
	rrsets_fini(&s);
	rrsets_fini(&again);
}

static void
bad_zone(const char *text, int want)
{
	struct rrsets s;
	int line;

	T_INT(zonetext_parse(text, strlen(text), "test.", &s, &line), -1,
		"no zone file: of %zu bytes", strlen(text));
	T_INT(line, want, "which it says of its line");
}

static void
bad_data(uint16_t type, const char *text)
{
	struct rrsets s = {NULL, 0, 0};

	T_INT(rrsets_add(&s, "a.test.", type, 60, text), -1, "no data: %.9s",
		text);
	T_INT(s.n, 0, "and nothing is added");
	rrsets_fini(&s);
}

static void
same(uint16_t type, const char *a, const char *b, bool want)
{
	struct rrsets s = {NULL, 0, 0}, t = {NULL, 0, 0};

	T_OK(rrsets_add(&s, "a.test.", type, 60, a) == 0 &&
			rrsets_add(&t, "a.test.", type, 90, b) == 0,
		"%s and %s are data", a, b);
	T_OK(is_rrset_equal(&s.item[0], &t.item[0], false) == want &&
			!is_rrset_equal(&s.item[0], &t.item[0], true),
		"%s", want ? "the same but for the TTL" : "not the same");
	rrsets_fini(&s);
	rrsets_fini(&t);
}

/* The digest of one record, as computed by hand from RFC 4034. */
static void
known_hash(void)
{
	struct rrsets s = {NULL, 0, 0};
	char hex[RRSET_HASH_SIZE];

	T_OK(rrsets_add(&s, "a.", RRTYPE_A, 60, "192.0.2.1") == 0 &&
			rrsets_hash(&s, true, hex) == 0,
		"hashed");
	/* printf '\1a\0\0\1\0\1\0\0\0\74\0\4\300\0\2\1' | sha256sum */
	T_STR(hex,
		"28496dbecabb627ffac9729e85627ed7c39124f7138eed9dd87af259a56c70"
		"97",
		"as sha256sum does");
	rrsets_fini(&s);
}

static void
caa(bool want, bool wildcard, const char *a, const char *b)
{
	struct rrsets s = {NULL, 0, 0};

	if (a != NULL)
		(void)rrsets_add(&s, "a.test.", RRTYPE_CAA, 60, a);
	if (b != NULL)
		(void)rrsets_add(&s, "a.test.", RRTYPE_CAA, 60, b);
	(void)rrsets_settle(&s);
	T_OK(caa_allows(s.n > 0 ? &s.item[0] : NULL, "letsencrypt.org",
		     wildcard) == want,
		"%s, %s: %s", a ? a : "no CAA", b ? b : "-",
		want ? "allowed" : "not allowed");
	rrsets_fini(&s);
}

static void
types(void)
{
	uint16_t t = 0;
	struct buf b = BUF_INIT;

	T_OK(rrtype_parse("https", &t) == 0 && t == RRTYPE_HTTPS, "HTTPS");
	T_OK(rrtype_parse("TYPE65400", &t) == 0 && t == 65400, "TYPE65400");
	T_OK(rrtype_parse("alias", &t) == 0 && t == RRTYPE_ALIAS, "ALIAS");
	T_OK(rrtype_parse("NOSUCH", &t) == -1 && rrtype_parse("", &t) == -1 &&
			rrtype_parse("TYPE0", &t) == -1 &&
			rrtype_parse("TYPE65536", &t) == -1,
		"no types");
	T_OK(rrtype_put(&b, 65400) == 0 &&
			strcmp(buf_str(&b), "TYPE65400") == 0,
		"written");
	T_STR(rcode_name(8), "NXRRSET", "a code");
	T_STR(rcode_name(77), "an unknown code", "one that is none");
	buf_fini(&b);
}

static void
build(void)
{
	struct rrsets s = {NULL, 0, 0}, t = {NULL, 0, 0};
	char hex[RRSET_HASH_SIZE];

	if (rrsets_add(&s, "a.test.", RRTYPE_A, 60, "192.0.2.1") == 0 &&
		rrsets_add(&s, "a.test.", RRTYPE_A, 60, "192.0.2.2") == 0 &&
		rrsets_add(&s, "b.test.", RRTYPE_ALIAS, 60, "c.test.") == 0 &&
		rrsets_settle(&s) == 0 && rrsets_hash(&s, true, hex) == 0)
		(void)rrsets_add_set(&t, &s.item[0]);
	rrsets_fini(&s);
	rrsets_fini(&t);
}

int
main(void)
{
	T_BEGIN();
	read_zone();
	bad_zone("a A 192.0.2.1\nb A 192.0.2\n", 2);
	bad_zone("$INCLUDE /etc/passwd\n", 1);
	bad_data(RRTYPE_A, "192.0.2");
	bad_data(RRTYPE_A, "192.0.2.1 192.0.2.2");
	bad_data(RRTYPE_A, "192.0.2.1\nb.test. 60 IN A 192.0.2.2");
	bad_data(RRTYPE_TXT, "\"not closed");
	bad_data(RRTYPE_MX, "mail.test.");
	bad_data(RRTYPE_A, "");
	bad_data(RRTYPE_ALIAS, "a..b");
	same(RRTYPE_CNAME, "A.Test.", "a.test.", true);
	same(RRTYPE_TXT, "\"A\"", "\"a\"", false);
	same(RRTYPE_TXT, "\"ab\"", "\"a\" \"b\"", false);
	same(RRTYPE_TXT, "ab", "\"ab\"", true);
	same(RRTYPE_AAAA, "2001:db8:0:0::1", "2001:DB8::1", true);
	same(RRTYPE_ALIAS, "A.test", "a.test.", true);
	known_hash();
	caa(true, false, NULL, NULL);
	caa(true, false, "0 issue \"letsencrypt.org\"", NULL);
	caa(true, false, "0 issue \" LetsEncrypt.org ; accounturi=x\"", NULL);
	caa(false, false, "0 issue \"pki.goog\"", NULL);
	caa(true, false, "0 issue \"pki.goog\"", "0 issue \"letsencrypt.org\"");
	caa(false, false, "0 issue \";\"", NULL);
	caa(true, false, "0 iodef \"mailto:a@b.test\"", NULL);
	caa(true, false, "0 issuewild \";\"", NULL);
	caa(false, true, "0 issue \"letsencrypt.org\"", "0 issuewild \";\"");
	caa(true, true, "0 issue \"letsencrypt.org\"", NULL);
	caa(false, false, "128 unheard \"of\"", "0 issue \"letsencrypt.org\"");
	caa(true, false, "0 unheard \"of\"", NULL);
	caa(false, false, "0 issue \"letsencrypt.org.evil.test\"", NULL);
	types();
	T_ALLOC_LOOP(200, build());
	return T_END();
}
