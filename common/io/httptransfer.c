#include <curl/curl.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "buf.h"
#include "http.h"
#include "httpcert.h"
#include "httptransfer.h"
#include "mem.h"
#include "num.h"

enum {
	MAX_HEADER = 64 << 10,
	MAX_BODY = 1 << 20,
	INLINE = 60 << 10, /* libcurl sends so much with the headers */
	CONNECT = 15,
	BUFFER = 64 << 10, /* of a body that goes to a sink */
	SMALL = 16 << 10   /* of other answers */
};

bool
is_httptransfer_inline(const struct http_transfer *t)
{
	return t->r.body.kind == HTTP_BODY_MEMORY && t->r.body.len <= INLINE;
}

/* --- what libcurl calls -------------------------------------------------- */

static ssize_t
read_body(struct http_transfer *t, char *p, size_t n)
{
	const struct http_body *b = &t->r.body;
	ssize_t got;

	if (n > b->len - t->offset)
		n = (size_t)(b->len - t->offset);
	if (n == 0)
		return 0;
	switch (b->kind) {
	case HTTP_BODY_MEMORY:
		memcpy(p, (const char *)b->data + t->offset, n);
		return (ssize_t)n;
	case HTTP_BODY_FD:
		do
			got = pread(b->fd, p, n, (off_t)(b->at + t->offset));
		while (got == -1 && errno == EINTR);
		if (got > 0)
			return got;
		(void)buf_printf(&t->what, "reading what is sent: %s",
			got == -1 ? strerror(errno)
				  : "the file has become shorter");
		return -1;
	default:
		got = b->pull(t->r.ctx, p, n);
		t->send_paused = got == 0;
		return got;
	}
}

static size_t
on_read(char *p, size_t size, size_t n, void *ctx)
{
	struct http_transfer *t = ctx;
	ssize_t got;

	if (t->offset == t->r.body.len)
		return 0;
	if (!http_may(t->h, true)) {
		t->send_paused = true;
		return CURL_READFUNC_PAUSE;
	}
	got = read_body(t, p, size * n);
	t->moved = http_now(t->h);
	if (got == -1) {
		t->gave_up = true;
		return CURL_READFUNC_ABORT;
	}
	if (t->send_paused)
		return CURL_READFUNC_PAUSE;
	t->offset += (uint64_t)got;
	http_moved(t->h, true, (uint64_t)got);
	return (size_t)got;
}

/* A connection that was kept is gone: the body is sent again from its
 * beginning, where that can be had. */
static int
on_seek(void *ctx, curl_off_t at, int from)
{
	struct http_transfer *t = ctx;

	if (from != SEEK_SET || at < 0 || (uint64_t)at > t->r.body.len)
		return CURL_SEEKFUNC_FAIL;
	if (t->r.body.kind == HTTP_BODY_PULL && (uint64_t)at != t->offset)
		return CURL_SEEKFUNC_FAIL;
	t->offset = (uint64_t)at;
	return CURL_SEEKFUNC_OK;
}

/* Called whenever the request is about to be sent. */
static int
on_connected(void *ctx, char *peer, char *here, int peer_port, int port)
{
	struct http_transfer *t = ctx;

	(void)here, (void)peer_port, (void)port;
	buf_clear(&t->address);
	(void)buf_puts(&t->address, peer != NULL ? peer : "");
	t->moved = http_now(t->h);
	t->sends++;
	return t->r.once && t->sends > 1 ? CURL_PREREQFUNC_ABORT
					 : CURL_PREREQFUNC_OK;
}

static bool
is_good(const struct http_transfer *t)
{
	return t->a.status >= 200 && t->a.status < 300;
}

/* Appends to the buffer of the request what its limit allows. */
static int
keep(struct http_transfer *t, const char *p, size_t n)
{
	size_t max = t->r.max_body != 0 ? t->r.max_body : MAX_BODY;

	if (t->r.into == NULL)
		return 0;
	if (t->a.received + n > max) {
		t->too_big = true;
		return -1;
	}
	return buf_append(t->r.into, p, n);
}

static size_t
on_write(char *p, size_t size, size_t n, void *ctx)
{
	struct http_transfer *t = ctx;
	int rc;

	n *= size;
	t->moved = http_now(t->h);
	if (!http_may(t->h, false)) {
		t->recv_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	rc = t->r.sink != NULL && is_good(t) ? t->r.sink(t->r.ctx, p, n)
					     : keep(t, p, n);
	if (rc == 1) {
		t->recv_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (rc == -1) {
		t->gave_up = true;
		return 0;
	}
	t->a.received += n;
	http_moved(t->h, false, n);
	return n;
}

/* Keeps of a header what every caller needs. */
static void
note_header(struct http_transfer *t, const char *name, const char *value)
{
	int64_t n;

	if (strcmp(name, "content-length") == 0) {
		if (num_int(value, 0, INT64_MAX, &n) == 0)
			t->a.length = n;
	} else if (strcmp(name, "date") == 0) {
		t->a.date = (double)curl_getdate(value, NULL);
	} else if (strcmp(name, "retry-after") == 0) {
		if (num_int(value, 0, INT32_MAX, &n) == 0)
			t->a.retry_after = (double)n;
		else if ((n = (int64_t)curl_getdate(value, NULL)) != -1 &&
			 t->a.date > 0)
			t->a.retry_after = (double)n > t->a.date
						   ? (double)n - t->a.date
						   : 0;
	}
}

static void
split_header(struct http_transfer *t)
{
	char *p = t->line.data, *colon = strchr(p, ':'), *value, *end;

	if (colon == NULL)
		return;
	*colon = '\0';
	for (value = p; *value != '\0'; value++) {
		if (*value <= ' ' || *value > '~')
			return; /* a folded line, or no header */
		if (*value >= 'A' && *value <= 'Z')
			*value = (char)(*value - 'A' + 'a');
	}
	value = colon + 1 + strspn(colon + 1, " \t");
	end = value + strlen(value);
	while (end > value && strchr(" \t\r\n", end[-1]) != NULL)
		*--end = '\0';
	/* RFC 9112, 2.2: a CR alone is a blank */
	while ((end = strchr(value, '\r')) != NULL)
		*end = ' ';
	note_header(t, p, value);
	if (t->r.header != NULL)
		t->r.header(t->r.ctx, p, value);
}

static void
begin_headers(struct http_transfer *t)
{
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &t->a.status);
	t->a.length = -1;
	t->a.retry_after = -1;
	t->a.date = -1;
}

static size_t
on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct http_transfer *t = ctx;

	n *= size;
	t->moved = http_now(t->h);
	t->header += n;
	if (t->header > (t->r.max_header != 0 ? t->r.max_header : MAX_HEADER)) {
		t->too_big = true;
		return 0;
	}
	if (t->began)
		return n; /* after the body */
	if (n > 5 && strncasecmp(p, "http/", 5) == 0) {
		begin_headers(t);
		return n;
	}
	if (t->a.status < 200)
		return n;
	if (*p != '\r' && *p != '\n') {
		buf_clear(&t->line);
		if (buf_append(&t->line, p, n) == -1)
			return 0;
		split_header(t);
		return n;
	}
	t->began = true;
	if (t->r.begin != NULL && t->r.begin(t->r.ctx, &t->a) == -1) {
		t->gave_up = true;
		return 0;
	}
	return n;
}

/* --- setting it up ------------------------------------------------------- */

/* What is the same for every request of a handle. */
static int
set_constants(struct http_transfer *t)
{
	CURL *c = t->easy;

#if LIBCURL_VERSION_NUM >= 0x075500
	if (curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https"))
		return -1;
#else
	if (curl_easy_setopt(
		    c, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS))
		return -1;
#endif
	if (curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) ||
		curl_easy_setopt(c, CURLOPT_NOPROGRESS, 1L) ||
		curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) ||
		curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L) ||
		curl_easy_setopt(
			c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) ||
		curl_easy_setopt(
			c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ||
		curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L) ||
		curl_easy_setopt(c, CURLOPT_BUFFERSIZE,
			(long)(t->r.sink != NULL ? BUFFER : SMALL)) ||
		curl_easy_setopt(
			c, CURLOPT_USERAGENT, "airlift/" AIRLIFT_VERSION))
		return -1;
	if (curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error) ||
		curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header) ||
		curl_easy_setopt(c, CURLOPT_HEADERDATA, t) ||
		curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_write) ||
		curl_easy_setopt(c, CURLOPT_WRITEDATA, t) ||
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read) ||
		curl_easy_setopt(c, CURLOPT_READDATA, t) ||
		curl_easy_setopt(c, CURLOPT_SEEKFUNCTION, on_seek) ||
		curl_easy_setopt(c, CURLOPT_SEEKDATA, t) ||
		curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_connected) ||
		curl_easy_setopt(c, CURLOPT_PREREQDATA, t) ||
		curl_easy_setopt(c, CURLOPT_PRIVATE, t))
		return -1;
	return 0;
}

/*
 * A new handle for each request; they are cheap, as connections are kept
 * elsewhere. One that was used remembers whom to trust, and with libcurl before
 * 8.1.2 its memory of the last answer's headers may dangle: a server that
 * begins with a folded header gets it read (curl's issue 11101).
 */
static int
renew(struct http_transfer *t)
{
	curl_easy_cleanup(t->easy);
	t->easy = curl_easy_init();
	return t->easy != NULL && set_constants(t) == 0 ? 0 : -1;
}

struct http_transfer *
httptransfer_new(struct http *h)
{
	struct http_transfer *t = mem_zalloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->h = h;
	t->state = TRANSFER_IDLE;
	if ((t->error = mem_zalloc(1, CURL_ERROR_SIZE)) == NULL) {
		httptransfer_free(t);
		errno = ENOMEM;
		return NULL;
	}
	return t;
}

void
httptransfer_free(struct http_transfer *t)
{
	if (t == NULL)
		return;
	curl_easy_cleanup(t->easy);
	free(t->nodes);
	free(t->error);
	buf_fini(&t->line);
	buf_fini(&t->what);
	buf_fini(&t->address);
	buf_fini(&t->empty);
	free(t);
}

static bool
is_text(const char *s)
{
	return s != NULL && *s != '\0' && strpbrk(s, "\r\n") == NULL;
}

/* The text of a header as libcurl wants it: one without a value would not be
 * sent unless it ends in ';'. */
static char *
header_text(struct http_transfer *t, const char *line)
{
	const char *colon = strchr(line, ':');
	size_t at = t->empty.len;

	if (colon[1 + strspn(colon + 1, " \t")] != '\0')
		return (char *)(uintptr_t)line;
	(void)buf_append(&t->empty, line, (size_t)(colon - line));
	(void)buf_puts(&t->empty, ";");
	(void)buf_putc(&t->empty, '\0');
	return t->empty.data + at;
}

/* The list of headers, in memory that is kept. */
static int
set_headers(struct http_transfer *t)
{
	static char off[][16] = {"Expect:", "Accept:", "Content-Type:"};
	const char *const *headers = t->r.headers;
	size_t n = 0, i, k, room = 1;
	bool has_type = false;

	for (; headers != NULL && headers[n] != NULL; n++) {
		const char *colon = strchr(headers[n], ':');

		if (!is_text(headers[n]) || colon == NULL ||
			colon == headers[n]) {
			errno = EINVAL;
			return -1;
		}
		room += (size_t)(colon - headers[n]) + 2;
		has_type |= strncasecmp(headers[n], off[2], 13) == 0;
	}
	buf_clear(&t->empty);
	if (buf_reserve(&t->empty, room) == -1) /* so that it never moves */
		return -1;
	if (n + 3 > t->n_nodes) {
		struct curl_slist *nodes =
			mem_resize(t->nodes, n + 8, sizeof(*nodes));

		if (nodes == NULL)
			return -1;
		t->nodes = nodes;
		t->n_nodes = n + 8;
	}
	for (i = 0; i < n; i++)
		t->nodes[i].data = header_text(t, headers[i]);
	for (k = 0; k < (has_type ? 2u : 3u); k++)
		t->nodes[i++].data = off[k];
	for (k = 0; k < i; k++)
		t->nodes[k].next = k + 1 < i ? &t->nodes[k + 1] : NULL;
	return curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->nodes) ? -1 : 0;
}

static int
set_body(struct http_transfer *t)
{
	const struct http_body *b = &t->r.body;
	const char *method = t->r.method;
	bool head = strcmp(method, "HEAD") == 0;
	CURL *c = t->easy;

	if (curl_easy_setopt(c, CURLOPT_NOBODY, head ? 1L : 0L) ||
		(!head && curl_easy_setopt(c, CURLOPT_HTTPGET, 1L)) ||
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method))
		return -1;
	if (is_httptransfer_inline(t) ||
		(b->kind == HTTP_BODY_NONE &&
			(strcmp(method, "PUT") == 0 ||
				strcmp(method, "POST") == 0))) {
		bool none = b->kind == HTTP_BODY_NONE || b->len == 0;

		return curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
			       none ? (curl_off_t)0 : (curl_off_t)b->len) ||
				       curl_easy_setopt(c, CURLOPT_POSTFIELDS,
					       none ? "" : b->data)
			       ? -1
			       : 0;
	}
	if (b->kind == HTTP_BODY_NONE)
		return 0;
	return curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) ||
			       curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
				       (curl_off_t)b->len) ||
			       curl_easy_setopt(
				       c, CURLOPT_CUSTOMREQUEST, method)
		       ? -1
		       : 0;
}

int
httptransfer_prepare(struct http_transfer *t, const struct http_request *r)
{
	double connect = r->connect_seconds > 0 ? r->connect_seconds : CONNECT;

	t->r = *r;
	memset(&t->trust, 0, sizeof(t->trust));
	if (r->trust != NULL)
		t->trust = *r->trust;
	t->judge.trust = &t->trust;
	memset(&t->a, 0, sizeof(t->a));
	t->a.length = -1;
	t->a.retry_after = -1;
	t->a.date = -1;
	t->offset = 0;
	t->header = 0;
	t->sends = 0;
	t->began = t->gave_up = t->too_big = false;
	t->stalled = t->is_slow = t->cancelled = false;
	t->recv_paused = t->send_paused = t->resume = false;
	t->fetched = NULL;
	t->over = NULL;
	t->error[0] = '\0';
	buf_clear(&t->what);
	buf_clear(&t->address);
	if (renew(t) == -1) {
		errno = ENOMEM;
		return -1;
	}
	if (!is_text(r->method) || !is_text(r->url) ||
		strpbrk(r->method, " \t") != NULL) {
		errno = EINVAL;
		return -1;
	}
	if (set_headers(t) == -1)
		return -1;
	if (curl_easy_setopt(t->easy, CURLOPT_URL, r->url) ||
		curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS,
			(long)(connect * 1000)) ||
		set_body(t) == -1 || httpcert_apply(t->easy, &t->judge)) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

/* --- how it has ended ---------------------------------------------------- */

static enum http_error
error_of(const struct http_transfer *t, CURLcode code)
{
	if (t->cancelled)
		return HTTP_CANCELLED;
	if (t->stalled)
		return HTTP_TIMEOUT;
	if (t->too_big)
		return HTTP_TOO_BIG;
	if (t->gave_up)
		return HTTP_GAVE_UP;
	if (t->judge.refused)
		return HTTP_UNTRUSTED;
	switch (code) {
	case CURLE_OK: /* not if all that has come is 1xx */
		return t->began ? HTTP_OK : HTTP_PROTOCOL;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_DNS;
	case CURLE_COULDNT_CONNECT:
		return HTTP_REFUSED;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return HTTP_UNTRUSTED;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CIPHER:
		return HTTP_TLS;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_SEND_FAIL_REWIND:
	case CURLE_ABORTED_BY_CALLBACK:
		return HTTP_RESET;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTP_TIMEOUT;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_FAILED_INIT:
		return HTTP_FAILED;
	default:
		return HTTP_PROTOCOL;
	}
}

static const char *
plain_text(enum http_error e)
{
	switch (e) {
	case HTTP_CANCELLED:
		return "cancelled";
	case HTTP_TIMEOUT:
		return "nothing has moved for too long";
	case HTTP_TOO_BIG:
		return "the answer is larger than it may be";
	case HTTP_RESET:
		return "the connection was closed before an answer came";
	case HTTP_GAVE_UP:
		return "given up";
	default:
		return NULL;
	}
}

static void
explain(struct http_transfer *t, CURLcode code)
{
	const char *plain = plain_text(t->a.error);

	if (t->a.error == HTTP_PROTOCOL && code == CURLE_OK)
		plain = "the answer is no HTTP";
	if (t->a.error == HTTP_TIMEOUT && !t->stalled)
		plain = NULL; /* of connecting: libcurl says it */
	if (t->a.error == HTTP_TIMEOUT && t->is_slow)
		plain = "the answer comes too slowly";
	if (t->what.len > 0)
		return;
	if (t->a.error == HTTP_UNTRUSTED && t->trust.pin != NULL &&
		t->judge.shown[0] != '\0') {
		httpcert_explain(&t->judge, &t->what);
		return;
	}
	(void)buf_puts(&t->what, plain != NULL ? plain
				 : t->error[0] != '\0'
					 ? t->error
					 : curl_easy_strerror(code));
	if (t->a.error == HTTP_UNTRUSTED)
		httpcert_explain(&t->judge, &t->what);
}

void
httptransfer_finish(struct http_transfer *t, int code)
{
	curl_off_t up = 0;
	long head = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &head);
	(void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	t->a.sent =
		(head > 0 && t->sends > 0 && (uint64_t)up >= t->r.body.len) ||
		(t->r.once && t->sends > 1);
	t->a.error = error_of(t, (CURLcode)code);
	if (t->a.error != HTTP_OK)
		explain(t, (CURLcode)code);
	t->a.what = buf_str(&t->what);
	t->a.address = buf_str(&t->address);
}
