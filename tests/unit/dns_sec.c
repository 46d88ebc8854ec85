#include <string.h>

#include "buf.h"
#include "dnssec.h"
#include "mem.h"
#include "rrset.h"
#include "rrtype.h"
#include "t.h"
#include "zonetext.h"

/* Signed by dnssec-signzone with one key, valid in January 2026. */
static const char keys[] =
	"u.test. 60 DNSKEY 257 3 13 "
	"ElPAoCGc62LdYaSFPYGvjzThGPad1QgyhsEkDI4x3jyQ6iX9prheEPUDEY"
	"DNAhCCdX7m8EeC/aevssrwigHwkg==\n"
	"u.test. 60 RRSIG DNSKEY 13 2 60 20260201000000 "
	"20260101000000 38047 u.test. "
	"DhXbSKBq7NVMbybXMr42DVxcn6lOHpcj4TxjRU7cq4cRCoRLR53nGuxGjO"
	"DDpwGTwNx5xGk6iFfE8ufMfmpFZg==\n";
static const char www[] =
	"www.u.test. 60 A 192.0.2.7\n"
	"www.u.test. 60 RRSIG A 13 3 60 20260201000000 "
	"20260101000000 38047 u.test. "
	"5z4Zh8y5PUoraCfOa7Pi1JzJQsV7V8yEbgGSRIWBougQsqpSa0pFUr9Beq"
	"hFrs1HIeIOPqXk6O0vKGZDq2z+0g==\n";
/* an answer that the wildcard's signature is for */
static const char any[] =
	"any.u.test. 60 CNAME x.fly.dev.\n"
	"any.u.test. 60 RRSIG CNAME 13 2 60 20260201000000 "
	"20260101000000 38047 u.test. "
	"TTKja7XlrHlQL/VrNwyBWKyAGrNqnDo7p/9ORSEZ3rufqemOLhzeoTssZE"
	"oXWFhzo6AyTjHxViHAu+jQ6pxB4A==\n";
static const char
	ds[] = "u.test. 60 DS 38047 13 2 5D0ED2E990E9F5FBDB8E5AFAD884C4DA"
	       "3A277C46CBC4758F835D58374642FFEA\n",
	other_ds[] = "u.test. 60 DS 4711 13 2 5D0ED2E990E9F5FBDB8E5AFAD884C4DA"
		     "3A277C46CBC4758F835D58374642FFEA\n",
	strange_ds[] = "u.test. 60 DS 38047 13 2 0D0ED2E990E9F5FBDB8E5AFAD884C4"
		       "DA3A277C46CBC4758F835D58374642FFEA\n";
static const double january = 1768000000, december = 1766000000,
		    march = 1773000000;

/* The text with the first ${from} made ${to}, which is as long. */
static struct rrsets
sets(const char *text, const char *from, const char *to)
{
	struct rrsets list = {NULL, 0, 0};
	struct buf b = BUF_INIT;
	char *at;
	int line;

	(void)buf_puts(&b, text);
	if (from != NULL && (at = strstr(b.data, from)) != NULL)
		memcpy(at, to, strlen(to));
	(void)zonetext_parse(buf_str(&b), b.len, ".", &list, &line);
	buf_fini(&b);
	return list;
}

static enum dnssec_verdict
opened(const char *digest, const char *from, const char *to, double now,
	struct dnssec_keys **k)
{
	struct rrsets d = sets(digest, NULL, NULL),
		      answer = sets(keys, from, to);
	enum dnssec_verdict v = DNSSEC_UNKNOWN;

	*k = NULL;
	if (d.n == 1)
		v = dnssec_open(&d.item[0], &answer, now, k);
	rrsets_fini(&d);
	rrsets_fini(&answer);
	return v;
}

static void
chain(void)
{
	struct dnssec_keys *k;

	T_INT(opened(other_ds, NULL, NULL, january, &k), DNSSEC_NO_KEY,
		"a DS with another key's number");
	T_OK(k == NULL, "brings no keys");
	T_INT(opened(strange_ds, NULL, NULL, january, &k), DNSSEC_NO_KEY,
		"and one with another digest");
	T_INT(opened(ds, NULL, NULL, december, &k), DNSSEC_EARLY,
		"keys signed for later");
	T_INT(opened(ds, NULL, NULL, march, &k), DNSSEC_EXPIRED,
		"keys whose signature is over");
	T_INT(opened(ds, "RRSIG DNSKEY 13", "RRSIG MX 13    ", january, &k),
		DNSSEC_UNSIGNED, "keys that are not signed");
	T_INT(opened(ds, "DhXb", "AAAA", january, &k), DNSSEC_BAD,
		"keys signed by nobody");
}

static enum dnssec_verdict
verified(const struct dnssec_keys *k, const char *text, const char *from,
	const char *to, uint16_t type, double now)
{
	struct rrsets answer = sets(text, from, to);
	const struct rrset *set = NULL;
	enum dnssec_verdict v = DNSSEC_UNKNOWN;
	size_t i;

	for (i = 0; i < answer.n; i++)
		if (answer.item[i].type == type)
			set = &answer.item[i];
	if (set != NULL)
		v = dnssec_verify(k, &answer, set, now);
	rrsets_fini(&answer);
	return v;
}

static void
answers(void)
{
	struct dnssec_keys *k;

	T_INT(opened(ds, NULL, NULL, january, &k), DNSSEC_GOOD, "the keys");
	if (k == NULL)
		return;
	T_INT(verified(k, www, NULL, NULL, RRTYPE_A, january), DNSSEC_GOOD,
		"an answer");
	T_INT(verified(k, www, "192.0.2.7", "192.0.2.8", RRTYPE_A, january),
		DNSSEC_BAD, "another address under its signature");
	T_INT(verified(k, www, NULL, NULL, RRTYPE_A, march), DNSSEC_EXPIRED,
		"the same too late");
	T_INT(verified(k, www, NULL, NULL, RRTYPE_A, december), DNSSEC_EARLY,
		"and too early");
	T_INT(verified(k, "www.u.test. 60 A 192.0.2.7\n", NULL, NULL, RRTYPE_A,
		      january),
		DNSSEC_UNSIGNED, "without a signature");
	T_INT(verified(k, www, "38047 u.test.", "38048 u.test.", RRTYPE_A,
		      january),
		DNSSEC_NO_KEY, "of a key that the zone does not have");
	T_INT(verified(k, any, NULL, NULL, RRTYPE_CNAME, january), DNSSEC_GOOD,
		"what a wildcard answers");
	T_INT(verified(k, any, "CNAME 13 2", "CNAME 13 3", RRTYPE_CNAME,
		      january),
		DNSSEC_BAD, "and that as a name's own");
	dnssec_close(k);
}

static void
both(void)
{
	struct dnssec_keys *k;

	(void)opened(ds, NULL, NULL, january, &k);
	dnssec_close(k);
}

int
main(void)
{
	T_BEGIN();
	chain();
	answers();
	T_ALLOC_LOOP(300, both());
	return T_END();
}
