#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "s3addr.h"
#include "s3request.h"
#include "secret.h"
#include "sigv4.h"

enum { OWN = 12 }; /* headers of our own, at most */

struct s3request_wire {
	struct buf url, text; /* of headers, each ended by a NUL */
	size_t own[OWN], n_own;
	size_t path, query; /* where they begin in ${url}; 0: no query */
	struct buf scratch; /* the path alone */
	struct buf auth;
	const char **headers;
	size_t n_headers, room;
};

static const struct {
	const char *method, *name;
	const char *param; /* that says which operation it is */
} ops[] = {
	[S3_HEAD_BUCKET] = {"HEAD", "HeadBucket", NULL},
	[S3_LIST] = {"GET", "ListObjectsV2", "list-type=2"},
	[S3_LIST_V1] = {"GET", "ListObjects", NULL},
	[S3_HEAD] = {"HEAD", "HeadObject", NULL},
	[S3_GET] = {"GET", "GetObject", NULL},
	[S3_PUT] = {"PUT", "PutObject", NULL},
	[S3_DELETE] = {"DELETE", "DeleteObject", NULL},
	[S3_DELETE_MANY] = {"POST", "DeleteObjects", "delete="},
	[S3_COPY] = {"PUT", "CopyObject", NULL},
	[S3_UPLOAD_CREATE] = {"POST", "CreateMultipartUpload", "uploads="},
	[S3_UPLOAD_PART] = {"PUT", "UploadPart", NULL},
	[S3_UPLOAD_PART_COPY] = {"PUT", "UploadPartCopy", NULL},
	[S3_UPLOAD_COMPLETE] = {"POST", "CompleteMultipartUpload", NULL},
	[S3_UPLOAD_ABORT] = {"DELETE", "AbortMultipartUpload", NULL},
	[S3_LIST_PARTS] = {"GET", "ListParts", NULL},
	[S3_LIST_UPLOADS] = {"GET", "ListMultipartUploads", "uploads="},
	[S3_GET_TAGS] = {"GET", "GetObjectTagging", "tagging="},
	[S3_PUT_TAGS] = {"PUT", "PutObjectTagging", "tagging="},
	[S3_GET_ACL] = {"GET", "GetObjectAcl", "acl="},
	[S3_PUT_ACL] = {"PUT", "PutObjectAcl", "acl="},
};

const char *
s3request_method(enum s3op op)
{
	return ops[op].method;
}

const char *
s3request_name(enum s3op op)
{
	return ops[op].name;
}

/* A condition makes the second time different from the first. */
static bool
has_condition(const struct s3request *r)
{
	static const char *const names[] = {
		"If-Match:", "If-None-Match:", "If-Unmodified-Since:", NULL};
	size_t i, k, c;

	for (i = 0; r->headers != NULL && r->headers[i] != NULL; i++)
		for (k = 0; names[k] != NULL; k++) {
			const char *a = r->headers[i], *b = names[k];

			for (c = 0;
				b[c] != '\0' && (a[c] | 0x20) == (b[c] | 0x20);
				c++)
				;
			if (b[c] == '\0')
				return true;
		}
	return false;
}

bool
is_s3request_idempotent(const struct s3request *r)
{
	switch (r->op) {
	case S3_UPLOAD_COMPLETE:
		return false;
	case S3_PUT:
	case S3_COPY:
	case S3_DELETE:
		return !has_condition(r);
	default:
		return true;
	}
}

struct s3request_wire *
s3request_wire_new(void)
{
	struct s3request_wire *w = mem_zalloc(1, sizeof(*w));

	if (w != NULL)
		w->text.secret = 1; /* a session token */
	return w;
}

void
s3request_wire_free(struct s3request_wire *w)
{
	if (w == NULL)
		return;
	buf_fini(&w->url);
	buf_fini(&w->text);
	buf_fini(&w->scratch);
	buf_fini(&w->auth);
	free(w->headers);
	free(w);
}

const char *
s3request_url(const struct s3request_wire *w)
{
	return buf_str(&w->url);
}

const char *const *
s3request_headers(const struct s3request_wire *w)
{
	return w->headers;
}

/* --- the URL ------------------------------------------------------------- */

static int
put_param(struct s3request_wire *w, const char *name, const char *value)
{
	if (value == NULL)
		return 0;
	if (buf_putc(&w->url, w->query == 0 ? '?' : '&') == -1)
		return -1;
	if (w->query == 0)
		w->query = w->url.len;
	if (buf_puts(&w->url, name) == -1)
		return -1;
	if (*value == '\0' && strchr(name, '=') != NULL)
		return 0;
	return buf_putc(&w->url, '=') == -1
		       ? -1
		       : sigv4_encode(&w->url, value, strlen(value), false);
}

static int
put_number(struct s3request_wire *w, const char *name, unsigned n)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%u", n);
	return n != 0 ? put_param(w, name, text) : 0;
}

static int
put_list_params(struct s3request_wire *w, const struct s3request *r)
{
	bool parts = r->op == S3_LIST_PARTS, uploads = r->op == S3_LIST_UPLOADS;

	if (put_number(w,
		    parts     ? "max-parts"
		    : uploads ? "max-uploads"
			      : "max-keys",
		    r->max) == -1 ||
		put_param(w, "encoding-type", "url") == -1)
		return -1;
	if (put_param(w, "prefix",
		    r->prefix != NULL && *r->prefix != '\0' ? r->prefix
							    : NULL) == -1 ||
		put_param(w, "delimiter", r->delimiter) == -1 ||
		put_param(w, "continuation-token", r->token) == -1)
		return -1;
	/* a token says where to go on by itself */
	if (r->token == NULL && put_param(w,
					parts     ? "part-number-marker"
					: uploads ? "key-marker"
					: r->op == S3_LIST_V1 ? "marker"
							      : "start-after",
					r->after) == -1)
		return -1;
	return put_param(w, "upload-id-marker", r->after_id);
}

static bool
is_list(enum s3op op)
{
	return op == S3_LIST || op == S3_LIST_V1 || op == S3_LIST_PARTS ||
	       op == S3_LIST_UPLOADS;
}

static int
put_url(struct s3request_wire *w, const struct s3request *r,
	const struct s3addr *a)
{
	bool path = s3addr_style(a) == S3ADDR_PATH;
	const char *end = s3addr_endpoint(a), *host = s3addr_host(a);

	buf_clear(&w->url);
	w->query = 0;
	if (buf_append(&w->url, end, (size_t)(host - end)) == -1 ||
		(!path && (buf_puts(&w->url, s3addr_bucket(a)) == -1 ||
				  buf_putc(&w->url, '.') == -1)) ||
		buf_puts(&w->url, host) == -1)
		return -1;
	w->path = w->url.len;
	if (buf_putc(&w->url, '/') == -1 ||
		(path && (buf_puts(&w->url, s3addr_bucket(a)) == -1)) ||
		(path && r->key != NULL && buf_putc(&w->url, '/') == -1) ||
		(r->key != NULL && sigv4_encode(&w->url, r->key, strlen(r->key),
					   true) == -1))
		return -1;
	buf_clear(&w->scratch);
	if (buf_puts(&w->scratch, w->url.data + w->path) == -1)
		return -1;
	if (ops[r->op].param != NULL &&
		put_param(w, ops[r->op].param, "") == -1)
		return -1;
	if (is_list(r->op) && put_list_params(w, r) == -1)
		return -1;
	return put_number(w, "partNumber", r->part) == -1
		       ? -1
		       : put_param(w, "uploadId", r->upload_id);
}

/* --- the headers --------------------------------------------------------- */

/* Begins a header; its value is appended to ${w->text}, then end_header. */
static int
begin_header(struct s3request_wire *w, const char *name)
{
	w->own[w->n_own++] = w->text.len;
	return buf_puts(&w->text, name) == -1 ? -1 : buf_puts(&w->text, ": ");
}

static int
end_header(struct s3request_wire *w)
{
	return buf_putc(&w->text, '\0');
}

static int
put_header(struct s3request_wire *w, const char *name, const char *value)
{
	if (value == NULL)
		return 0;
	return begin_header(w, name) == -1 || buf_puts(&w->text, value) == -1
		       ? -1
		       : end_header(w);
}

static int
put_host(struct s3request_wire *w, const struct s3addr *a)
{
	if (begin_header(w, "Host") == -1)
		return -1;
	if (s3addr_style(a) != S3ADDR_PATH &&
		buf_printf(&w->text, "%s.", s3addr_bucket(a)) == -1)
		return -1;
	return buf_puts(&w->text, s3addr_host(a)) == -1 ? -1 : end_header(w);
}

static int
put_range(struct s3request_wire *w, const struct s3request *r)
{
	if (r->range_len == 0 && r->range_at == 0)
		return 0;
	if (begin_header(w, r->op == S3_GET ? "Range"
					    : "x-amz-copy-source-range") == -1)
		return -1;
	if (r->range_len == 0)
		return buf_printf(&w->text, "bytes=%llu-",
			       (unsigned long long)r->range_at) == -1
			       ? -1
			       : end_header(w);
	return buf_printf(&w->text, "bytes=%llu-%llu",
		       (unsigned long long)r->range_at,
		       (unsigned long long)(r->range_at + r->range_len - 1)) ==
			       -1
		       ? -1
		       : end_header(w);
}

static int
put_source(struct s3request_wire *w, const struct s3request *r)
{
	if (r->from_key == NULL)
		return 0;
	if (begin_header(w, "x-amz-copy-source") == -1 ||
		buf_printf(&w->text, "/%s/", r->from_bucket) == -1 ||
		sigv4_encode(
			&w->text, r->from_key, strlen(r->from_key), true) == -1)
		return -1;
	return end_header(w);
}

/* Pointers to all headers: ours, then the caller's. 0 or -1. */
static int
point(struct s3request_wire *w, const struct s3request *r)
{
	size_t n = 0, i;

	while (r->headers != NULL && r->headers[n] != NULL)
		n++;
	if (w->n_own + n + 1 > w->room) {
		size_t room = w->n_own + n + 16;
		const char **headers =
			mem_resize(w->headers, room, sizeof(*headers));

		if (headers == NULL)
			return -1;
		w->headers = headers;
		w->room = room;
	}
	for (i = 0; i < w->n_own; i++)
		w->headers[i] = w->text.data + w->own[i];
	for (i = 0; i < n; i++)
		w->headers[w->n_own + i] = r->headers[i];
	w->headers[w->n_own + n] = NULL;
	return 0;
}

static int
sign(struct s3request_wire *w, const struct s3request *r, struct sigv4 *signer,
	const char *payload, double now)
{
	struct sigv4_request q = {.method = ops[r->op].method,
		.path = w->scratch.data,
		.query = w->query != 0 ? w->url.data + w->query : NULL,
		.headers = w->headers,
		.payload = payload,
		.now = now};

	buf_clear(&w->auth);
	if (sigv4_sign(signer, &q, &w->auth) == -1 ||
		put_header(w, "Authorization", buf_str(&w->auth)) == -1)
		return -1;
	return point(w, r);
}

int
s3request_build(const struct s3request *r, const struct s3addr *a,
	struct sigv4 *signer, const char *payload, double now,
	struct s3request_wire *w)
{
	const struct secret *token = signer != NULL ? s3addr_token(a) : NULL;
	char date[SIGV4_DATE_SIZE];

	sigv4_date(now, date);
	buf_clear(&w->text);
	w->n_own = 0;
	if (put_url(w, r, a) == -1 || put_host(w, a) == -1 ||
		put_header(w, "x-amz-date", signer != NULL ? date : NULL) ==
			-1 ||
		put_header(w, "x-amz-content-sha256", payload) == -1 ||
		put_header(w, "x-amz-security-token",
			token != NULL ? secret_data(token) : NULL) == -1 ||
		put_header(w, "Content-MD5", r->md5) == -1 ||
		put_range(w, r) == -1 || put_source(w, r) == -1 ||
		point(w, r) == -1)
		return -1;
	return signer != NULL ? sign(w, r, signer, payload, now) : 0;
}
