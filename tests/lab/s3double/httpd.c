#include <sys/socket.h>

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "httpd.h"
#include "must.h"
#include "num.h"

enum { HEAD_MAX = 65536, READ_SIZE = 65536 };

static ssize_t
receive(struct conn *c, void *p, size_t n)
{
	if (c->ssl != NULL)
		return SSL_read(c->ssl, p, n > INT_MAX ? INT_MAX : (int)n);
	return recv(c->fd, p, n, 0);
}

int
httpd_send(struct conn *c, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		ssize_t k;

		if (c->ssl != NULL)
			k = SSL_write(
				c->ssl, from, n > INT_MAX ? INT_MAX : (int)n);
		else
			k = send(c->fd, from, n, MSG_NOSIGNAL);
		if (k < 0 && c->ssl == NULL && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		from += k;
		n -= (size_t)k;
		c->sent += (uint64_t)k;
	}
	return 0;
}

void
httpd_reset(struct conn *c)
{
	struct linger now = {1, 0};

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

const char *
httpd_header(const struct request *r, const char *name)
{
	return pairs_get(&r->headers, name);
}

const char *
httpd_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} table[] = {{200, "OK"}, {204, "No Content"}, {206, "Partial Content"},
		{304, "Not Modified"}, {307, "Temporary Redirect"},
		{400, "Bad Request"}, {403, "Forbidden"}, {404, "Not Found"},
		{405, "Method Not Allowed"}, {409, "Conflict"},
		{411, "Length Required"}, {412, "Precondition Failed"},
		{416, "Range Not Satisfiable"}, {429, "Too Many Requests"},
		{500, "Internal Server Error"}, {501, "Not Implemented"},
		{503, "Service Unavailable"}};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].status == status)
			return table[i].reason;
	return "Status";
}

/* more bytes into c->in; false at the end of the connection */
static bool
fill(struct conn *c)
{
	ssize_t n;

	must(buf_reserve(&c->in, READ_SIZE));
	n = receive(c, c->in.data + c->in.len, READ_SIZE);
	if (n <= 0)
		return false;
	c->in.len += (size_t)n;
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "Name: value" into the headers, trimmed */
static int
add_header(struct request *r, const char *line, size_t n)
{
	const char *colon = memchr(line, ':', n);
	struct buf name = BUF_INIT;
	const char *p, *end = line + n;

	if (colon == NULL || colon == line)
		return -1;
	for (p = line; p < colon; p++) {
		if (*p <= ' ')
			goto bad;
		must(buf_putc(&name, tolower((unsigned char)*p)));
	}
	for (p = colon + 1; p < end && is_blank(*p); p++)
		;
	while (end > p && is_blank(end[-1]))
		end--;
	pairs_addn(&r->headers, name.data, name.len, p, (size_t)(end - p));
	buf_fini(&name);
	return 0;

bad:
	buf_fini(&name);
	return -1;
}

static int
parse_first_line(struct request *r, const char *line, size_t n)
{
	const char *end = line + n, *a, *b;

	a = memchr(line, ' ', n);
	b = a == NULL ? NULL : memchr(a + 1, ' ', (size_t)(end - a - 1));
	if (b == NULL || a[1] != '/' || (size_t)(end - b) < 9 ||
		memcmp(b, " HTTP/1.", 8) != 0)
		return -1;
	r->is_last = b[8] == '0';
	r->method = must_dup(line, (size_t)(a - line));
	r->target = must_dup(a + 1, (size_t)(b - a - 1));
	r->path_len = strcspn(r->target, "?");
	if (strpbrk(r->target, "#\"<>\\^`{|} ") != NULL ||
		percent_decode(r->target, r->path_len, 0, &r->path))
		return -1;
	return r->target[r->path_len] == '\0'
		       ? 0
		       : pairs_parse_query(
				 &r->query, r->target + r->path_len + 1, 0);
}

/* the lengths and the connection's fate; 0 or an HTTP status */
static int
parse_framing(struct request *r)
{
	const char *s;
	int64_t n;

	if (httpd_header(r, "transfer-encoding") != NULL)
		return 411;
	s = httpd_header(r, "content-length");
	if (s != NULL) {
		if (num_int(s, 0, INT64_MAX, &n))
			return 400;
		r->length = (uint64_t)n;
		r->has_length = true;
	}
	s = httpd_header(r, "connection");
	if (s != NULL && strcmp(s, "close") == 0)
		r->is_last = true;
	return httpd_header(r, "host") == NULL ? 400 : 0;
}

int
httpd_read(struct conn *c, struct request *r, int *status)
{
	char *end = NULL, *line, *next;
	int rc = 0;

	memset(r, 0, sizeof(*r));
	*status = 0;
	while (c->in.len == 0 ||
		(end = memmem(c->in.data, c->in.len, "\r\n\r\n", 4)) == NULL) {
		if (c->in.len > HEAD_MAX) {
			*status = 400;
			return -1;
		}
		if (!fill(c))
			return c->in.len == 0 ? 0 : -1;
	}
	for (line = c->in.data; line < end + 2 && rc == 0; line = next + 2) {
		size_t n;

		next = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
		n = (size_t)(next - line);
		rc = line == c->in.data ? parse_first_line(r, line, n)
					: add_header(r, line, n);
	}
	buf_drop(&c->in, (size_t)(end + 4 - c->in.data));
	*status = rc ? 400 : parse_framing(r);
	return *status == 0 ? 1 : -1;
}

size_t
httpd_body(struct conn *c, void *p, size_t n)
{
	ssize_t k;

	if (c->in.len > 0) {
		if (n > c->in.len)
			n = c->in.len;
		memcpy(p, c->in.data, n);
		buf_drop(&c->in, n);
		return n;
	}
	k = receive(c, p, n);
	return k > 0 ? (size_t)k : 0;
}

void
httpd_continue(struct conn *c, const struct request *r)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (httpd_header(r, "expect") != NULL && c->in.len == 0)
		(void)httpd_send(c, go_on, sizeof(go_on) - 1);
}

void
request_fini(struct request *r)
{
	free(r->method);
	free(r->target);
	buf_fini(&r->path);
	pairs_fini(&r->query);
	pairs_fini(&r->headers);
}
