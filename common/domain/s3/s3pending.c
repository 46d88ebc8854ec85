#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base64.h"
#include "buf.h"
#include "hash.h"
#include "http.h"
#include "mem.h"
#include "retry.h"
#include "s3addr.h"
#include "s3client.h"
#include "s3error.h"
#include "s3request.h"
#include "s3xml.h"
#include "sigv4.h"
#include "str.h"

#include "s3pending.h"

enum {
	MAX_XML = 32 << 20, /* of an answer */
	CHUNK = 64 << 10,
	LONG = 10,   /* times longer may the server's own copying be silent */
	SKEWED = 300 /* seconds between clocks that explain a refusal */
};

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct s3pending *
s3pending_new(struct s3client *c)
{
	struct s3pending *p = mem_zalloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->c = c;
	if ((p->wire = s3request_wire_new()) == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

void
s3pending_free(struct s3pending *p)
{
	if (p == NULL)
		return;
	s3request_wire_free(p->wire);
	s3xml_free(p->xml);
	free(p->headers);
	buf_fini(&p->match);
	buf_fini(&p->into);
	buf_fini(&p->etag);
	buf_fini(&p->code);
	buf_fini(&p->message);
	free(p);
}

void
s3pending_init(struct s3pending *p, const struct s3call *call)
{
	static const struct http_body none = {.kind = HTTP_BODY_NONE};

	p->call = *call;
	p->r = *call->request;
	p->body = call->body != NULL ? *call->body : none;
	p->t = NULL;
	p->payload = call->sha256;
	p->pulled = p->received = 0;
	p->began = p->resumed = p->seen = p->gave_up = false;
	p->skews = p->tries = 0;
	p->modified = -1;
	buf_clear(&p->match);
	buf_clear(&p->etag);
	buf_clear(&p->code);
	buf_clear(&p->message);
	memset(&p->a, 0, sizeof(p->a));
}

void
s3pending_fail(
	struct s3pending *p, int class, const char *code, const char *text)
{
	buf_clear(&p->code);
	buf_clear(&p->message);
	(void)buf_puts(&p->code, code);
	(void)buf_printf(&p->message, "%s: %s", s3request_name(p->r.op), text);
	p->a.class = class;
	p->a.code = buf_str(&p->code);
	p->a.message = p->message.len > 0 ? p->message.data : "out of memory";
	p->a.etag = buf_str(&p->etag);
	p->a.doc = NULL;
}

/* --- hashes -------------------------------------------------------------- */

/* The SHA-256 of the range of a file. 0 or -1 (errno). */
static int
hash_file(const struct http_body *b, char hex[SIGV4_HASH_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *chunk = mem_alloc(CHUNK), hash[32];
	uint64_t left = b->len, at = b->at;
	int rc = -1;

	errno = ENOMEM;
	if (ctx == NULL || chunk == NULL ||
		EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		goto out;
	while (left > 0) {
		ssize_t n = pread(b->fd, chunk,
			left < CHUNK ? (size_t)left : CHUNK, (off_t)at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENODATA; /* it has become shorter */
		if (n <= 0 || EVP_DigestUpdate(ctx, chunk, (size_t)n) != 1)
			goto out;
		left -= (uint64_t)n;
		at += (uint64_t)n;
	}
	if (EVP_DigestFinal_ex(ctx, hash, NULL) != 1)
		goto out;
	hash_hex(hash, sizeof(hash), hex);
	rc = 0;

out:
	EVP_MD_CTX_free(ctx);
	free(chunk);
	return rc;
}

/* Content-MD5, which some servers demand of these. 0 or -1. */
static int
hash_md5(struct s3pending *p)
{
	unsigned char md5[16];
	struct buf b = BUF_INIT;
	int rc = -1;

	if ((p->r.op != S3_DELETE_MANY && p->r.op != S3_PUT_TAGS) ||
		p->r.md5 != NULL || p->body.kind != HTTP_BODY_MEMORY)
		return 0;
	if (EVP_Digest(p->body.data, p->body.len, md5, NULL, EVP_md5(), NULL) ==
			1 &&
		base64_put(&b, md5, sizeof(md5)) == 0 &&
		b.len < sizeof(p->md5)) {
		memcpy(p->md5, b.data, b.len + 1);
		p->r.md5 = p->md5;
		rc = 0;
	}
	buf_fini(&b);
	return rc;
}

int
s3pending_hash(struct s3pending *p)
{
	const struct http_body *b = &p->body;
	int rc = hash_md5(p);

	if (rc == 0 && p->payload != NULL)
		return 0;
	errno = ENOMEM;
	switch (b->kind) {
	case HTTP_BODY_NONE:
		p->payload = EMPTY;
		return rc;
	case HTTP_BODY_MEMORY:
		if (rc == 0)
			rc = sigv4_hash(b->data, (size_t)b->len, p->sha256);
		break;
	case HTTP_BODY_FD:
		if (rc == 0)
			rc = hash_file(b, p->sha256);
		break;
	default:
		if (!is_s3client_unsigned_ok(p->c)) {
			s3pending_fail(p, S3_FATAL, "Unsigned",
				"a body without its SHA-256 must not go over a "
				"connection without TLS");
			return -1;
		}
		p->payload = SIGV4_UNSIGNED;
		return 0;
	}
	p->payload = p->sha256;
	if (rc == -1)
		s3pending_fail(p, S3_FATAL, "Body", strerror(errno));
	return rc;
}

/* --- what comes back ----------------------------------------------------- */

static bool
is_good(const struct s3pending *p)
{
	long status = http_status(p->t);

	return status >= 200 && status < 300;
}

static void
on_header(void *ctx, const char *name, const char *value)
{
	struct s3pending *p = ctx;
	size_t n = strlen(value), quote = n > 1 && *value == '"';

	if (!is_good(p) || p->resumed)
		return;
	if (strcmp(name, "last-modified") == 0) {
		p->modified = http_date(value);
	} else if (strcmp(name, "etag") == 0) {
		buf_clear(&p->etag);
		(void)buf_append(&p->etag, value + quote, n - 2 * quote);
	}
	if (p->call.header != NULL)
		p->call.header(p->call.ctx, name, value);
}

static int
on_begin(void *ctx, const struct http_answer *a)
{
	struct s3pending *p = ctx;

	if (a->status < 200 || a->status >= 300)
		return 0;
	if (p->resumed)
		return p->received == 0 || a->status == 206 ? 0 : -1;
	if (p->began)
		return 0;
	p->began = true;
	p->status = a->status;
	p->length = a->length;
	if (p->call.begin == NULL)
		return 0;
	p->a.class = S3_OK;
	p->a.status = a->status;
	p->a.etag = buf_str(&p->etag);
	p->a.length = a->length;
	p->a.modified = p->modified;
	p->a.code = p->a.message = "";
	return p->call.begin(p->call.ctx, &p->a);
}

static int
on_data(void *ctx, const void *data, size_t n)
{
	struct s3pending *p = ctx;
	int rc = p->call.sink(p->call.ctx, data, n);

	if (rc == 0)
		p->received += n;
	return rc;
}

static int
on_entry(void *ctx, const struct s3xml_entry *e)
{
	struct s3pending *p = ctx;

	if (p->call.entry == NULL || p->a.status >= 300)
		return 0;
	p->seen = true;
	p->gave_up = p->call.entry(p->call.ctx, e) == -1;
	return p->gave_up ? -1 : 0;
}

/* A reader of another document. 0 or -1. */
static int
renew_xml(struct s3pending *p)
{
	if (p->xml != NULL)
		return s3xml_reset(p->xml);
	return (p->xml = s3xml_new(on_entry, p)) != NULL ? 0 : -1;
}

/* XML whose entries the caller takes at once. */
static int
on_xml(void *ctx, const void *data, size_t n)
{
	struct s3pending *p = ctx;

	p->is_fed = true;
	p->is_bad = s3xml_feed(p->xml, data, n) == -1;
	return p->is_bad ? -1 : 0;
}

static ssize_t
on_pull(void *ctx, void *data, size_t n)
{
	struct s3pending *p = ctx;
	ssize_t got = p->call.body->pull(p->call.ctx, data, n);

	if (got > 0)
		p->pulled += (uint64_t)got;
	return got;
}

/* --- a try --------------------------------------------------------------- */

/* Makes a GET go on where it was, of the same object. 0 or -1. */
static int
go_on(struct s3pending *p)
{
	const char *const *headers = p->call.request->headers;
	size_t n = 0, i;

	p->resumed = true;
	p->r.range_at = p->call.request->range_at + p->received;
	if (p->call.request->range_len != 0)
		p->r.range_len = p->call.request->range_len - p->received;
	buf_clear(&p->match);
	if (buf_printf(&p->match, "If-Match: \"%s\"", buf_str(&p->etag)) == -1)
		return -1;
	while (headers != NULL && headers[n] != NULL)
		n++;
	if (n + 2 > p->room) {
		const char **list =
			mem_resize(p->headers, n + 8, sizeof(*list));

		if (list == NULL)
			return -1;
		p->headers = list;
		p->room = n + 8;
	}
	for (i = 0; i < n; i++) {
		p->headers[i] = headers[i];
		if (strncasecmp(headers[i], "If-Match:", 9) == 0)
			break;
	}
	p->headers[i] = p->match.data;
	for (i++; i < n; i++)
		p->headers[i] = headers[i];
	p->headers[i] = NULL;
	p->r.headers = p->headers;
	return 0;
}

static bool
is_slow(enum s3op op)
{
	return op == S3_COPY || op == S3_UPLOAD_PART_COPY ||
	       op == S3_UPLOAD_COMPLETE;
}

int
s3pending_send(struct s3pending *p, struct http *h,
	const struct s3client_options *o, struct sigv4 *signer, double now)
{
	struct http_request q = {.method = s3request_method(p->r.op),
		.body = p->body,
		.trust = o->trust,
		.connect_seconds = o->connect_seconds,
		.stall_seconds = o->stall_seconds,
		.into = &p->into,
		.max_body = MAX_XML,
		.header = on_header,
		.begin = on_begin,
		.done = s3client_over,
		.ctx = p};

	if (q.stall_seconds <= 0)
		q.stall_seconds = 60;
	if (is_slow(p->r.op))
		q.stall_seconds *= LONG;
	if (p->body.kind == HTTP_BODY_PULL)
		q.body.pull = on_pull;
	if (p->r.op == S3_GET && p->call.sink != NULL)
		q.sink = on_data;
	if (p->call.restart != NULL) {
		q.sink = on_xml;
		if (renew_xml(p) == -1)
			goto err;
	}
	q.once = !is_s3request_idempotent(&p->r);
	buf_clear(&p->into);
	p->is_fed = p->is_bad = false;
	p->a.status = 0;
	p->signed_at = now;
	p->tries++;
	if ((p->began && q.sink == on_data && go_on(p) == -1) ||
		s3request_build(&p->r, s3client_addr(p->c), signer, p->payload,
			now, p->wire) == -1)
		goto err;
	q.url = s3request_url(p->wire);
	q.headers = s3request_headers(p->wire);
	if ((p->t = http_start(h, &q)) == NULL)
		goto err;
	return 0;

err:
	s3pending_fail(p, S3_FATAL, "Request",
		errno == EINVAL ? "a header, or a name, cannot be sent: it has "
				  "a line break in it"
				: "out of memory");
	return -1;
}

bool
is_s3pending_repeatable(struct s3pending *p)
{
	if (p->seen)
		return false;
	if (p->began && p->r.op == S3_GET && p->call.sink != NULL)
		return p->etag.len > 0;
	if (p->body.kind != HTTP_BODY_PULL || p->pulled == 0)
		return true;
	if (p->call.rewind == NULL || p->call.rewind(p->call.ctx) == -1)
		return false;
	p->pulled = 0;
	return true;
}

/* --- what it means ------------------------------------------------------- */

/* The root of a good answer, where it has to be XML. */
static enum s3xml_root
root_of(enum s3op op)
{
	static const enum s3xml_root roots[] = {[S3_LIST] = S3XML_LIST,
		[S3_LIST_V1] = S3XML_LIST,
		[S3_LIST_PARTS] = S3XML_PARTS,
		[S3_LIST_UPLOADS] = S3XML_UPLOADS,
		[S3_COPY] = S3XML_COPIED,
		[S3_UPLOAD_PART_COPY] = S3XML_COPIED,
		[S3_UPLOAD_CREATE] = S3XML_INITIATED,
		[S3_UPLOAD_COMPLETE] = S3XML_COMPLETED,
		[S3_GET_TAGS] = S3XML_TAGS,
		[S3_GET_ACL] = S3XML_ACL};

	return (size_t)op < sizeof(roots) / sizeof(*roots) ? roots[op]
							   : S3XML_NONE;
}

/* Reads the answer's body, as far as that was not done while it came. 0, -1: it
 * is no XML. */
static int
read_xml(struct s3pending *p)
{
	if (p->is_fed)
		return p->is_bad ? -1 : s3xml_feed(p->xml, NULL, 0);
	return renew_xml(p) == -1 || s3xml_feed(p->xml, p->into.data,
					     p->into.len) == -1
		       ? -1
		       : s3xml_feed(p->xml, NULL, 0);
}

static enum s3class
class_of_error(enum http_error e)
{
	switch (e) {
	case HTTP_DNS:
	case HTTP_REFUSED:
	case HTTP_TLS:
	case HTTP_RESET:
	case HTTP_TIMEOUT:
	case HTTP_PROTOCOL:
		return S3_RETRY;
	default:
		return S3_FATAL;
	}
}

/* No answer: the connection has failed. */
static void
judge_failure(struct s3pending *p, const struct http_answer *a)
{
	static const char *const codes[] = {[HTTP_DNS] = "NoSuchName",
		[HTTP_REFUSED] = "NoConnection",
		[HTTP_UNTRUSTED] = "Untrusted",
		[HTTP_TLS] = "Handshake",
		[HTTP_RESET] = "Disconnected",
		[HTTP_TIMEOUT] = "TimedOut",
		[HTTP_TOO_BIG] = "TooBig",
		[HTTP_PROTOCOL] = "NoHTTP",
		[HTTP_GAVE_UP] = "GivenUp",
		[HTTP_CANCELLED] = "Cancelled",
		[HTTP_FAILED] = "OutOfMemory"};

	s3pending_fail(p, class_of_error(a->error), codes[a->error], a->what);
	p->a.ambiguous = p->a.class == S3_RETRY && a->sent &&
			 !is_s3request_idempotent(&p->r);
}

/* HEAD's failures have no body that says why. */
static enum s3class
guess_class(const struct s3pending *p, const struct http_answer *a,
	enum s3class class)
{
	double off = a->date - p->signed_at;

	if (a->status == 403 && a->date > 0 && (off > SKEWED || off < -SKEWED))
		return S3_SKEW;
	if (a->status == 400 && p->r.op == S3_HEAD &&
		s3addr_token(s3client_addr(p->c)) != NULL)
		return S3_EXPIRED;
	return class;
}

static void
put_reason(struct s3pending *p, const struct http_answer *a,
	const struct s3xml_doc *doc)
{
	struct buf b = BUF_INIT;
	bool error = doc != NULL && doc->root == S3XML_ERROR;
	const char *code = error && doc->code != NULL ? doc->code : "";

	(void)buf_printf(&b, "%ld", a->status);
	if (*code != '\0')
		(void)buf_printf(&b, " %s", code);
	if (error && doc->message != NULL)
		(void)buf_printf(&b, ": %s", doc->message);
	if (error && doc->region != NULL)
		(void)buf_printf(
			&b, " (the bucket is in region %s)", doc->region);
	if (error && doc->endpoint != NULL)
		(void)buf_printf(&b, " (the endpoint is %s)", doc->endpoint);
	s3pending_fail(p, p->a.class, code, buf_str(&b));
	buf_fini(&b);
}

void
s3pending_judge(struct s3pending *p, const struct http_answer *a)
{
	const struct s3xml_doc *doc = NULL;
	enum s3xml_root root = root_of(p->r.op);
	bool bad = false;

	p->a.status = a->status;
	p->a.transport = (int)a->error;
	p->a.ambiguous = false;
	p->a.length = a->length;
	p->a.modified = p->modified;
	p->a.received = p->received;
	if (a->error != HTTP_OK && !p->is_bad) {
		judge_failure(p, a);
		if (p->seen && p->call.restart != NULL) {
			p->call.restart(p->call.ctx);
			p->seen = false;
		}
		return;
	}
	if ((p->into.len > 0 || p->is_fed) &&
		(bad = read_xml(p) == -1) == false)
		doc = s3xml_doc(p->xml);
	if (p->gave_up) {
		s3pending_fail(p, S3_FATAL, "GivenUp", "given up");
		return;
	}
	p->a.class = s3error_class(a->status, doc);
	if (p->into.len == 0 && !p->is_fed)
		p->a.class = guess_class(p, a, (enum s3class)p->a.class);
	if (p->a.class == S3_OK && root != S3XML_NONE &&
		(bad || doc == NULL || doc->root != root)) {
		s3pending_fail(p, S3_RETRY, "MalformedXML",
			bad && p->xml != NULL ? s3xml_what(p->xml)
					      : "an answer of another kind");
		p->a.ambiguous = !is_s3request_idempotent(&p->r);
		return;
	}
	if (p->a.class != S3_OK) {
		put_reason(p, a, doc);
		/* an error of the server may come although it was done */
		p->a.ambiguous = p->a.class == S3_RETRY &&
				 (a->status >= 500 || a->status == 200) &&
				 !is_s3request_idempotent(&p->r);
		p->a.doc = doc;
		return;
	}
	if (doc != NULL && doc->etag != NULL && p->etag.len == 0)
		(void)buf_puts(&p->etag, doc->etag);
	p->a.etag = buf_str(&p->etag);
	p->a.code = p->a.message = "";
	p->a.doc = doc;
	if (p->resumed) { /* as it began, not as it went on */
		p->a.status = p->status;
		p->a.length = p->length;
	}
}
