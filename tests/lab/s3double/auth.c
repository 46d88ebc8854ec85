#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth.h"
#include "httpd.h"
#include "must.h"
#include "str.h"

/* Each account's keys: a second one for credentials that are changed, and one
 * for curl, which cannot have a colon in it. */
static const struct {
	const char *key, *secret, *account;
} keys[] = {{"source:app", "source-secret", "source"},
	{"source:next", "source-next-secret", "source"},
	{"source", "source-secret", "source"},
	{"target:app", "target-secret", "target"},
	{"target:next", "target-next-secret", "target"}};

enum { SKEW = 15 * 60 };

/* What the client says about its signature. */
struct claim {
	struct pairs words; /* Credential, SignedHeaders, Signature */
	struct pairs scope; /* key, day, region, service, end: the values */
	const char *at;     /* YYYYMMDDTHHMMSSZ */
	const char *payload;
	bool is_query;
};

static int
refuse(struct auth_refusal *why, int status, const char *code,
	const char *message)
{
	why->status = status;
	why->code = code;
	why->message = message;
	return -1;
}

static void
hmac(const void *key, size_t key_len, const char *text, unsigned char out[32])
{
	unsigned int n = 32;

	if (HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text,
		    strlen(text), out, &n) == NULL)
		abort();
}

static void
put_hex(struct buf *b, const unsigned char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		must(buf_printf(b, "%02x", p[i]));
}

/* "AWS4-HMAC-SHA256 a=1, b=2" */
static int
parse_header(struct claim *c, const char *s)
{
	if (!str_starts(s, "AWS4-HMAC-SHA256 "))
		return -1;
	s = strchr(s, ' ') + 1;
	while (*s != '\0') {
		size_t n = strcspn(s, ","), name = strcspn(s, "=");

		if (name >= n)
			return -1;
		pairs_addn(&c->words, s, name, s + name + 1, n - name - 1);
		s += n;
		s += strspn(s, ", ");
	}
	return 0;
}

static void
claim_of_query(struct claim *c, const struct request *r)
{
	static const char *const names[] = {
		"Credential", "SignedHeaders", "Signature"};
	size_t i;

	for (i = 0; i < 3; i++) {
		struct buf name = BUF_INIT;
		const char *value;

		must(buf_printf(&name, "X-Amz-%s", names[i]));
		value = pairs_get(&r->query, name.data);
		if (value != NULL)
			pairs_add(&c->words, names[i], value);
		buf_fini(&name);
	}
	c->is_query = true;
	c->at = pairs_get(&r->query, "X-Amz-Date");
	c->payload = "UNSIGNED-PAYLOAD";
}

/* the credential's five parts; 0 or -1 */
static int
split_scope(struct claim *c)
{
	static const char *const names[] = {
		"key", "day", "region", "service", "end"};
	const char *s = pairs_get(&c->words, "Credential");
	size_t i;

	for (i = 0; s != NULL && i < 5; i++) {
		size_t n = strcspn(s, "/");

		if ((s[n] == '/') != (i < 4))
			return -1;
		pairs_addn(&c->scope, names[i], strlen(names[i]), s, n);
		s += n + 1;
	}
	return s == NULL || strcmp(pairs_get(&c->scope, "end"),
				    "aws4_request") != 0
		       ? -1
		       : 0;
}

static int
compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The parameters encoded and in the order of the encoded names, then values:
 * NUL does not occur in them, and \001 sorts below all that does. */
static void
put_canonical_query(struct buf *b, const struct request *r)
{
	char **line = must_zalloc(r->query.n + 1, sizeof(*line));
	size_t i, n = 0;

	for (i = 0; i < r->query.n; i++) {
		struct buf one = BUF_INIT;
		const struct pair *q = &r->query.item[i];

		if (strcmp(q->name, "X-Amz-Signature") == 0)
			continue;
		percent_encode(q->name, strlen(q->name), "", &one);
		must(buf_putc(&one, '\001'));
		percent_encode(q->value, q->value_len, "", &one);
		line[n++] = buf_steal(&one);
	}
	qsort(line, n, sizeof(*line), compare_text);
	for (i = 0; i < n; i++) {
		*strchr(line[i], '\001') = '=';
		must(buf_printf(b, "%s%s", i > 0 ? "&" : "", line[i]));
		free(line[i]);
	}
	free(line);
}

static bool
is_signed(const char *list, const char *name)
{
	size_t n = strlen(name);
	const char *p = list;

	while ((p = strstr(p, name)) != NULL) {
		if ((p == list || p[-1] == ';') &&
			(p[n] == ';' || p[n] == '\0'))
			return true;
		p += n;
	}
	return false;
}

/* a header's value with each run of blanks made one */
static void
put_value(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s != ' ' || s[1] != ' ')
			must(buf_putc(b, *s));
}

/* the signed headers with their values; -1 if one was not sent or if they are
 * not in order */
static int
put_canonical_headers(struct buf *b, const struct request *r, const char *list)
{
	const char *s = list;
	char *before = NULL;
	int rc = 0;

	while (*s != '\0' && rc == 0) {
		size_t n = strcspn(s, ";"), i, found = 0;
		char *name = must_dup(s, n);

		if (before != NULL && strcmp(before, name) >= 0)
			rc = -1;
		must(buf_printf(b, "%s:", name));
		for (i = 0; i < r->headers.n; i++)
			if (strcmp(r->headers.item[i].name, name) == 0) {
				if (found++ > 0)
					must(buf_putc(b, ','));
				put_value(b, r->headers.item[i].value);
			}
		must(buf_putc(b, '\n'));
		if (found == 0)
			rc = -1;
		free(before);
		before = name;
		s += n + (s[n] == ';');
	}
	free(before);
	return rc;
}

/* what must be signed is */
static bool
is_all_signed(const struct request *r, const char *list)
{
	size_t i;

	for (i = 0; i < r->headers.n; i++) {
		const char *name = r->headers.item[i].name;

		if ((str_starts(name, "x-amz-") || strcmp(name, "host") == 0 ||
			    strcmp(name, "content-type") == 0 ||
			    strcmp(name, "content-md5") == 0) &&
			!is_signed(list, name))
			return false;
	}
	return is_signed(list, "host");
}

/* the signature that the request should have, in hex */
static int
put_signature(struct buf *out, const struct request *r, const struct claim *c,
	const char *secret)
{
	const char *list = pairs_get(&c->words, "SignedHeaders");
	struct buf text = BUF_INIT, hex = BUF_INIT, key = BUF_INIT;
	unsigned char h[32];
	size_t i;
	int rc;

	must(buf_printf(&text, "%s\n", r->method));
	percent_encode(buf_str(&r->path), r->path.len, "/", &text);
	must(buf_putc(&text, '\n'));
	put_canonical_query(&text, r);
	must(buf_putc(&text, '\n'));
	rc = put_canonical_headers(&text, r, list);
	must(buf_printf(&text, "\n%s\n%s", list, c->payload));
	if (EVP_Digest(text.data, text.len, h, NULL, EVP_sha256(), NULL) != 1)
		abort();
	put_hex(&hex, h, sizeof(h));
	buf_clear(&text);
	must(buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%s/%s/%s/%s\n%s", c->at,
		c->scope.item[1].value, c->scope.item[2].value,
		c->scope.item[3].value, c->scope.item[4].value, hex.data));
	must(buf_printf(&key, "AWS4%s", secret));
	hmac(key.data, key.len, c->scope.item[1].value, h);
	for (i = 2; i < 5; i++)
		hmac(h, sizeof(h), c->scope.item[i].value, h);
	hmac(h, sizeof(h), text.data, h);
	put_hex(out, h, sizeof(h));
	buf_fini(&text);
	buf_fini(&hex);
	buf_fini(&key);
	return rc;
}

/* seconds since 1970 of YYYYMMDDTHHMMSSZ; -1 if it is none */
static double
parse_time(const char *s)
{
	struct tm tm = {0};
	const char *end = strptime(s, "%Y%m%dT%H%M%SZ", &tm);

	return end == NULL || *end != '\0' || strlen(s) != 16
		       ? -1
		       : (double)timegm(&tm);
}

static int
check_time(const struct claim *c, const struct request *r, double now,
	struct auth_refusal *why)
{
	double at = parse_time(c->at);

	if (at < 0 || memcmp(c->at, c->scope.item[1].value, 8) != 0)
		return refuse(why, 400, "AuthorizationHeaderMalformed",
			"The date of the scope is not the request's.");
	if (c->is_query &&
		now > at + (double)pairs_number(&r->query, "X-Amz-Expires", 0))
		return refuse(why, 403, "AccessDenied", "Request has expired");
	if (at > now + SKEW || (!c->is_query && at < now - SKEW))
		return refuse(why, 403, "RequestTimeTooSkewed",
			"The difference between the request time and the "
			"current time is too large.");
	return 0;
}

static int
check_claim(const struct claim *c, const struct request *r,
	const struct pairs *settings, double now, const char **account,
	struct auth_refusal *why)
{
	const char *expired = pairs_get(settings, "expired");
	const char *session = pairs_get(settings, "session");
	const char *token =
		c->is_query ? pairs_get(&r->query, "X-Amz-Security-Token")
			    : httpd_header(r, "x-amz-security-token");
	const char *got = pairs_get(&c->words, "Signature");
	const char *key = c->scope.item[0].value;
	struct buf want = BUF_INIT;
	size_t i;
	int rc;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].key, key) == 0)
			break;
	if (i == sizeof(keys) / sizeof(keys[0]))
		return refuse(why, 403, "InvalidAccessKeyId",
			"The AWS Access Key Id you provided does not exist in "
			"our records.");
	if (strcmp(c->scope.item[2].value, pairs_get(settings, "region")) != 0)
		return refuse(why, 400, "AuthorizationHeaderMalformed",
			"The authorization header is malformed; the region is "
			"wrong.");
	if (strcmp(c->scope.item[3].value, "s3") != 0)
		return refuse(why, 400, "AuthorizationHeaderMalformed",
			"The authorization header is malformed; the service "
			"must be s3.");
	rc = put_signature(&want, r, c, keys[i].secret);
	if (rc == 0 && (strlen(got) != want.len ||
			       CRYPTO_memcmp(got, want.data, want.len) != 0))
		rc = -1;
	buf_fini(&want);
	if (rc)
		return refuse(why, 403, "SignatureDoesNotMatch",
			"The request signature we calculated does not match "
			"the signature you provided.");
	if (!is_all_signed(r, pairs_get(&c->words, "SignedHeaders")))
		return refuse(why, 403, "AccessDenied",
			"There were headers present in the request which were "
			"not signed");
	if (check_time(c, r, now, why))
		return -1;
	if ((expired != NULL && strcmp(expired, key) == 0) ||
		(session != NULL && *session != '\0' &&
			(token == NULL || strcmp(token, session) != 0)))
		return refuse(why, 400, "ExpiredToken",
			"The provided token has expired.");
	*account = keys[i].account;
	return 1;
}

int
auth_check(const struct request *r, const struct pairs *settings, double now,
	const char **account, struct auth_refusal *why)
{
	const char *header = httpd_header(r, "authorization");
	struct claim c = {.at = httpd_header(r, "x-amz-date"),
		.payload = httpd_header(r, "x-amz-content-sha256")};
	int rc;

	if (header == NULL && pairs_get(&r->query, "X-Amz-Signature") == NULL)
		return 0;
	if (header == NULL)
		claim_of_query(&c, r);
	rc = header == NULL ? 0 : parse_header(&c, header);
	if (rc || split_scope(&c) || c.at == NULL ||
		pairs_get(&c.words, "SignedHeaders") == NULL ||
		pairs_get(&c.words, "Signature") == NULL)
		rc = refuse(why, 400, "AuthorizationHeaderMalformed",
			"The authorization header is malformed.");
	else if (c.payload == NULL)
		rc = refuse(why, 400, "InvalidRequest",
			"Missing required header for this request: "
			"x-amz-content-sha256");
	else
		rc = check_claim(&c, r, settings, now, account, why);
	pairs_fini(&c.words);
	pairs_fini(&c.scope);
	return rc;
}
