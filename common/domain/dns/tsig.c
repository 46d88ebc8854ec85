#include <ctype.h>
#include <ldns/ldns.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "dnsmsg.h"
#include "dnsname.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"
#include "str.h"
#include "tsig.h"
#include "tsigmac.h"

enum { FUDGE = 300, MOST_UNSIGNED = 99 };

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
	tsigmac_free(st->digest);
	st->digest = NULL;
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

/* Whether the record is of this key: its name and algorithm. */
static bool
is_own(const struct tsig *k, const ldns_rr *tsig)
{
	ldns_rdf *name = ldns_dname_new_frm_str(k->name),
		 *algorithm = ldns_dname_new_frm_str(k->algorithm);
	bool is = name != NULL && algorithm != NULL &&
		  ldns_dname_compare(name, ldns_rr_owner(tsig)) == 0 &&
		  ldns_dname_compare(algorithm, ldns_rr_rdf(tsig, 0)) == 0;

	ldns_rdf_deep_free(name);
	ldns_rdf_deep_free(algorithm);
	return is;
}

/* Where the last record of a message begins; 0: it cannot be told. */
static size_t
last_record(const unsigned char *p, size_t n)
{
	size_t at = DNSMSG_HEADER, last = 0, left, queries;

	queries = (size_t)(p[4] << 8 | p[5]);
	left = queries + (size_t)(p[6] << 8 | p[7]) +
	       (size_t)(p[8] << 8 | p[9]) + (size_t)(p[10] << 8 | p[11]);
	for (; left > 0; left--) {
		last = at;
		while (at < n && p[at] != 0 && p[at] < 0xc0)
			at += 1U + p[at];
		if (at >= n)
			return 0;
		at += p[at] >= 0xc0 ? 2 : 1;
		at += queries > 0 ? 4 : 10;
		if (at > n)
			return 0;
		if (queries > 0)
			queries--;
		else
			at += (size_t)(p[at - 2] << 8 | p[at - 1]);
	}
	return at == n ? last : 0;
}

/* Adds a message that is not signed to the digest that is to come. */
static enum tsig_verdict
postpone(
	const struct tsig *k, const void *wire, size_t n, struct tsig_state *st)
{
	const ldns_rdf *mac = st->mac;

	if (!st->is_later || st->pending == MOST_UNSIGNED || mac == NULL)
		return TSIG_MISSING;
	if (st->pending++ == 0) {
		/* its length stands before it, as in its record */
		tsigmac_free(st->digest);
		st->digest = tsigmac_new(k->algorithm, k->data);
		if (st->digest == NULL ||
			tsigmac_add(st->digest, ldns_rdf_data(mac),
				ldns_rdf_size(mac)) == -1)
			return TSIG_BAD;
	}
	return tsigmac_add(st->digest, wire, n) == 0 ? TSIG_PENDING : TSIG_BAD;
}

/* Whether the signature is good for this message and those before it that had
 * none: RFC 8945 section 5.3.1, with the timers only (4.3.3.1). */
static bool
is_good_for_all(const struct tsig *k, const ldns_rr *tsig,
	const unsigned char *wire, size_t n, struct tsig_state *st)
{
	const ldns_rdf *time = ldns_rr_rdf(tsig, 1),
		       *fudge = ldns_rr_rdf(tsig, 2),
		       *mac = ldns_rr_rdf(tsig, 3), *id = ldns_rr_rdf(tsig, 4);
	size_t end = last_record(wire, n);
	unsigned char head[DNSMSG_HEADER];
	unsigned records;

	if (end == 0 || ldns_rdf_size(time) != 6 || ldns_rdf_size(fudge) != 2 ||
		ldns_rdf_size(id) != 2 || ldns_rdf_size(mac) < 2 ||
		!is_own(k, tsig))
		return false;
	/* as it was before it was signed */
	memcpy(head, wire, sizeof(head));
	memcpy(head, ldns_rdf_data(id), 2);
	records = (unsigned)(head[10] << 8 | head[11]) - 1;
	head[10] = (unsigned char)(records >> 8);
	head[11] = (unsigned char)records;
	return tsigmac_add(st->digest, head, sizeof(head)) == 0 &&
	       tsigmac_add(st->digest, wire + sizeof(head),
		       end - sizeof(head)) == 0 &&
	       tsigmac_add(st->digest, ldns_rdf_data(time), 6) == 0 &&
	       tsigmac_add(st->digest, ldns_rdf_data(fudge), 2) == 0 &&
	       is_tsigmac(st->digest, ldns_rdf_data(mac) + 2,
		       ldns_rdf_size(mac) - 2);
}

enum tsig_verdict
tsig_verify(const struct tsig *k, struct ldns_struct_pkt *p, const void *wire,
	size_t n, double now, struct tsig_state *st)
{
	const ldns_rr *tsig = ldns_pkt_tsig(p);
	bool good;

	if (tsig == NULL)
		return postpone(k, wire, n, st);
	if (ldns_rr_rd_count(tsig) < 7)
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
	good = st->pending > 0 ? is_good_for_all(k, tsig, wire, n, st)
	       : st->is_later  ? ldns_pkt_tsig_verify_next(p, wire, n, k->name,
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
	st->pending = 0;
	return TSIG_GOOD;
}

const char *
tsig_verdict_text(enum tsig_verdict v)
{
	static const char *const texts[] = {[TSIG_GOOD] = "good",
		[TSIG_PENDING] = "the last of its messages are not signed",
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
