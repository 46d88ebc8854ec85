#include <ctype.h>
#include <ldns/ldns.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "dnsname.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"
#include "str.h"
#include "tsig.h"

enum { FUDGE = 300 };

struct tsig {
	char *name, *algorithm;
	struct secret *data; /* base 64 */
};

static const char *const algorithms[] = {"hmac-md5.sig-alg.reg.int.",
	"hmac-sha1.", "hmac-sha224.", "hmac-sha256.", "hmac-sha384.",
	"hmac-sha512.", NULL};

/* Takes over the three parts. 0 or -1 after a message. */
static int
make(const char *algorithm, const char *name, struct buf *data,
	struct tsig **out)
{
	struct tsig *k = mem_zalloc(1, sizeof(*k));
	struct buf raw = BUF_SECRET;
	const char *full =
		str_starts(algorithm, "hmac-md5") ? algorithms[0] : algorithm;

	if (k == NULL)
		return -1;
	if (dnsname_parse(name, NULL, &k->name) == -1) {
		msg_error("the key: its name is no name");
		goto err;
	}
	if (dnsname_parse(full, NULL, &k->algorithm) == -1 ||
		!is_str_one_of(k->algorithm, algorithms)) {
		/* what stands there may be the secret, in the wrong place */
		msg_error("the key: its algorithm is none that can be used: "
			  "hmac-sha256, hmac-sha512 ...");
		goto err;
	}
	if (data->len == 0 || base64_decode(&raw, buf_str(data)) == -1) {
		msg_error("the key: its secret is not in base 64");
		goto err;
	}
	buf_fini(&raw);
	if ((k->data = secret_take(data)) == NULL)
		goto err;
	*out = k;
	return 0;

err:
	buf_fini(&raw);
	tsig_free(k);
	return -1;
}

/* The word behind ${keyword} in a key statement: bare or in quotes. */
static const char *
word_after(const char *text, const char *keyword, size_t *n)
{
	const char *p = text;
	size_t len = strlen(keyword);

	for (; (p = strstr(p, keyword)) != NULL; p += len)
		if ((p == text || isspace((unsigned char)p[-1]) ||
			    p[-1] == '{' || p[-1] == ';') &&
			(isspace((unsigned char)p[len]) || p[len] == '"'))
			break;
	if (p == NULL)
		return NULL;
	p += len;
	p += strspn(p, " \t\r\n\"");
	*n = strcspn(p, " \t\r\n\";{}");
	return *n > 0 ? p : NULL;
}

static int
parse_statement(const char *text, struct tsig **out)
{
	size_t n, a, s;
	const char *name = word_after(text, "key", &n),
		   *algorithm = word_after(text, "algorithm", &a),
		   *data = word_after(text, "secret", &s);
	char *nm = NULL, *al = NULL;
	struct buf b = BUF_SECRET;
	int rc = -1;

	if (name == NULL || algorithm == NULL || data == NULL) {
		msg_error("the key: not as tsig-keygen writes it: key, "
			  "algorithm and secret");
		return -1;
	}
	nm = mem_dup(name, n);
	al = mem_dup(algorithm, a);
	if (nm != NULL && al != NULL && buf_append(&b, data, s) == 0)
		rc = make(al, nm, &b, out);
	free(nm);
	free(al);
	buf_fini(&b);
	return rc;
}

int
tsig_parse(const struct secret *text, struct tsig **out)
{
	const char *s = secret_data(text), *last = strrchr(s, ':'),
		   *first = strchr(s, ':');
	char *algorithm, *name;
	struct buf b = BUF_SECRET;
	int rc = -1;

	if (strchr(s, '{') != NULL)
		return parse_statement(s, out);
	if (last == NULL) {
		msg_error("the key: not [ALGORITHM:]NAME:SECRET");
		return -1;
	}
	if (first == last) {
		algorithm = mem_strdup("hmac-sha256");
		name = mem_dup(s, (size_t)(last - s));
	} else {
		algorithm = mem_dup(s, (size_t)(first - s));
		name = mem_dup(first + 1, (size_t)(last - first - 1));
	}
	if (algorithm != NULL && name != NULL &&
		buf_append(&b, last + 1, strcspn(last + 1, " \t\r\n")) == 0)
		rc = make(algorithm, name, &b, out);
	free(algorithm);
	free(name);
	buf_fini(&b);
	return rc;
}

void
tsig_free(struct tsig *k)
{
	if (k == NULL)
		return;
	free(k->name);
	free(k->algorithm);
	secret_free(k->data);
	free(k);
}

const char *
tsig_name(const struct tsig *k)
{
	return k->name;
}

void
tsig_state_fini(struct tsig_state *st)
{
	ldns_rdf_deep_free(st->mac);
	st->mac = NULL;
}

/* Remembers the signature of a message. */
static void
remember(struct tsig_state *st, const ldns_rr *tsig)
{
	const ldns_rdf *mac = tsig != NULL ? ldns_rr_rdf(tsig, 3) : NULL;

	if (mac == NULL)
		return;
	ldns_rdf_deep_free(st->mac);
	st->mac = ldns_rdf_clone(mac);
}

int
tsig_sign(const struct tsig *k, struct ldns_struct_pkt *p, struct buf *wire,
	struct tsig_state *st)
{
	uint8_t *bytes = NULL;
	size_t n = 0;
	int rc = -1;

	if (k != NULL && ldns_pkt_tsig_sign(p, k->name, secret_data(k->data),
				 FUDGE, k->algorithm, NULL) != LDNS_STATUS_OK) {
		msg_error("the message cannot be signed");
		return -1;
	}
	if (k != NULL)
		remember(st, ldns_pkt_tsig(p));
	if (ldns_pkt2wire(&bytes, p, &n) == LDNS_STATUS_OK)
		rc = buf_append(wire, bytes, n);
	free(bytes);
	return rc;
}

static unsigned long long
number(const ldns_rdf *f)
{
	unsigned long long v = 0;
	size_t i;

	for (i = 0; f != NULL && i < ldns_rdf_size(f) && i < 6; i++)
		v = v << 8 | ldns_rdf_data(f)[i];
	return v;
}

enum tsig_verdict
tsig_verify(const struct tsig *k, struct ldns_struct_pkt *p, const void *wire,
	size_t n, double now, struct tsig_state *st)
{
	const ldns_rr *tsig = ldns_pkt_tsig(p);
	bool good;

	if (tsig == NULL || ldns_rr_rd_count(tsig) < 7)
		return TSIG_MISSING;
	/* RFC 8945 section 5.3.2: these come unsigned */
	switch (number(ldns_rr_rdf(tsig, 5))) {
	case 16:
		return TSIG_BADSIG;
	case 17:
		return TSIG_BADKEY;
	case 18:
		return TSIG_BADTIME;
	default:
		break;
	}
	good = st->is_later ? ldns_pkt_tsig_verify_next(p, wire, n, k->name,
				      secret_data(k->data), st->mac, 1)
			    : ldns_pkt_tsig_verify(p, wire, n, k->name,
				      secret_data(k->data), st->mac);
	if (!good)
		return TSIG_BAD;
	/* the name and the algorithm are part of what is signed; the time is
	 * not looked at by ldns */
	if (fabs(now - (double)number(ldns_rr_rdf(tsig, 1))) > FUDGE)
		return TSIG_BADTIME;
	remember(st, tsig);
	st->is_later = true;
	return TSIG_GOOD;
}

const char *
tsig_verdict_text(enum tsig_verdict v)
{
	static const char *const texts[] = {[TSIG_GOOD] = "good",
		[TSIG_MISSING] = "the answer is not signed",
		[TSIG_BAD] = "the answer's signature is not of this key",
		[TSIG_BADKEY] = "the server does not know the key: compare "
				"its name and algorithm",
		[TSIG_BADSIG] = "the server finds the signature wrong: "
				"compare the secret and the algorithm",
		[TSIG_BADTIME] = "the clocks here and there differ by more "
				 "than five minutes"};

	return texts[v];
}
