#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "hash.h"
#include "mem.h"
#include "secret.h"
#include "sigv4.h"

enum { HASH = 32, DAY = 8 };

#define ALGORITHM "AWS4-HMAC-SHA256"

struct sigv4 {
	char *id, *region, *service;
	struct secret *secret;
	enum sigv4_mode mode;
	char day[DAY + 1]; /* that ${key} is for */
	unsigned char key[HASH];
	/* kept, so that a signature needs no new memory */
	struct buf canonical, string, names, query;
	const char **lines;
	size_t n_lines;
};

struct sigv4 *
sigv4_new(const char *id, const struct secret *secret, const char *region,
	const char *service, enum sigv4_mode mode)
{
	struct sigv4 *s = mem_zalloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->mode = mode;
	s->id = mem_strdup(id);
	s->region = mem_strdup(region);
	s->service = mem_strdup(service);
	s->secret = secret_new(secret_data(secret), secret_len(secret));
	if (s->id == NULL || s->region == NULL || s->service == NULL ||
		s->secret == NULL) {
		sigv4_free(s);
		return NULL;
	}
	return s;
}

void
sigv4_free(struct sigv4 *s)
{
	if (s == NULL)
		return;
	free(s->id);
	free(s->region);
	free(s->service);
	secret_free(s->secret);
	mem_wipe(s->key, sizeof(s->key));
	buf_fini(&s->canonical);
	buf_fini(&s->string);
	buf_fini(&s->names);
	buf_fini(&s->query);
	free(s->lines);
	free(s);
}

void
sigv4_date(double now, char date[SIGV4_DATE_SIZE])
{
	time_t t = (time_t)now;
	struct tm tm;

	date[0] = '\0';
	if (gmtime_r(&t, &tm) != NULL)
		(void)strftime(date, SIGV4_DATE_SIZE, "%Y%m%dT%H%M%SZ", &tm);
}

int
sigv4_hash(const void *p, size_t n, char hex[SIGV4_HASH_SIZE])
{
	unsigned char hash[HASH];

	if (EVP_Digest(p, n, hash, NULL, EVP_sha256(), NULL) != 1) {
		errno = ENOMEM;
		return -1;
	}
	hash_hex(hash, sizeof(hash), hex);
	return 0;
}

static int
hmac(const void *key, size_t n, const char *text, size_t len,
	unsigned char out[HASH])
{
	if (HMAC(EVP_sha256(), key, (int)n, (const unsigned char *)text, len,
		    out, NULL) != NULL)
		return 0;
	errno = ENOMEM;
	return -1;
}

static bool
is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

int
sigv4_encode(struct buf *b, const char *p, size_t n, bool slash)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to;
	size_t i;

	if (n > SIZE_MAX / 3 || buf_reserve(b, 3 * n) == -1)
		return -1;
	to = b->data + b->len;
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (is_plain(c) || (slash && c == '/')) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	*to = '\0';
	b->len = (size_t)(to - b->data);
	return 0;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Encodes text of a query whatever of it was encoded before. */
static int
put_reencoded(struct buf *b, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char c = p[i];

		if (c == '%' && n - i > 2 && hex_digit(p[i + 1]) >= 0 &&
			hex_digit(p[i + 2]) >= 0) {
			c = (char)(hex_digit(p[i + 1]) * 16 +
				   hex_digit(p[i + 2]));
			i += 2;
		}
		if (sigv4_encode(b, &c, 1, false) == -1)
			return -1;
	}
	return 0;
}

/* Appends the path with "//", "." and ".." resolved (RFC 3986, 5.2.4). */
static int
put_normal_path(struct buf *b, const char *path)
{
	size_t from = b->len, n;
	bool ends_in_slash = false;

	while (*path != '\0') {
		n = strcspn(path, "/");
		ends_in_slash = path[n] == '/' || n == 0 ||
				(n <= 2 && strncmp(path, "..", n) == 0);
		if (n == 2 && strncmp(path, "..", n) == 0) {
			while (b->len > from && b->data[--b->len] != '/')
				;
		} else if (n > 0 && !(n == 1 && *path == '.')) {
			if (buf_putc(b, '/') == -1 ||
				sigv4_encode(b, path, n, false) == -1)
				return -1;
		}
		path += n + (path[n] == '/');
	}
	return ends_in_slash || b->len == from ? buf_putc(b, '/') : 0;
}

static int
put_path(const struct sigv4 *s, const char *path, struct buf *b)
{
	switch (s->mode) {
	case SIGV4_S3:
		return buf_puts(b, path);
	case SIGV4_AS_IT_IS:
		return sigv4_encode(b, path, strlen(path), true);
	default:
		return put_normal_path(b, path);
	}
}

/* Compares two parameters "name=value", encoded, on name and then on value. */
static int
compare_params(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t n = strcspn(x, "="), m = strcspn(y, "=");
	int c = memcmp(x, y, n < m ? n : m);

	if (c == 0 && n != m)
		c = n < m ? -1 : 1;
	return c != 0 ? c : strcmp(x + n, y + m);
}

/* Room for pointers to ${n} lines. 0 or -1. */
static int
reserve_lines(struct sigv4 *s, size_t n)
{
	const char **lines;

	if (n <= s->n_lines)
		return 0;
	n += 16;
	if ((lines = mem_resize(s->lines, n, sizeof(*lines))) == NULL)
		return -1;
	s->lines = lines;
	s->n_lines = n;
	return 0;
}

/* Appends the parameters sorted. In ${s->query} they stand one after the
 * other, each ended by a NUL. */
static int
put_query(struct sigv4 *s, const char *query, struct buf *b)
{
	size_t count = 0, i, n, name, at;

	buf_clear(&s->query);
	while (query != NULL && *query != '\0') {
		n = strcspn(query, "&");
		name = strcspn(query, "=&");
		if (n > 0) {
			if (put_reencoded(&s->query, query, name) == -1 ||
				buf_putc(&s->query, '=') == -1 ||
				(name < n && put_reencoded(&s->query,
						     query + name + 1,
						     n - name - 1) == -1) ||
				buf_putc(&s->query, '\0') == -1)
				return -1;
			count++;
		}
		query += n + (query[n] == '&');
	}
	if (reserve_lines(s, count) == -1)
		return -1;
	for (at = 0, i = 0; i < count; i++) {
		s->lines[i] = s->query.data + at;
		at += strlen(s->lines[i]) + 1;
	}
	if (count > 1)
		qsort(s->lines, count, sizeof(*s->lines), compare_params);
	for (i = 0; i < count; i++)
		if ((i > 0 && buf_putc(b, '&') == -1) ||
			buf_puts(b, s->lines[i]) == -1)
			return -1;
	return 0;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int
compare_names(const char *a, const char *b)
{
	for (;; a++, b++) {
		char x = *a == ':' ? '\0' : lower(*a);
		char y = *b == ':' ? '\0' : lower(*b);

		if (x != y || x == '\0')
			return (int)(unsigned char)x - (int)(unsigned char)y;
	}
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Appends a header's value, without blanks around it and with one only where
 * there are several. */
static int
put_value(struct buf *b, const char *p)
{
	size_t n = strlen(p), i;
	char *to;

	while (n > 0 && is_blank(p[n - 1]))
		n--;
	if (buf_reserve(b, n) == -1)
		return -1;
	to = b->data + b->len;
	for (i = 0; i < n && is_blank(p[i]); i++)
		;
	for (; i < n; i++)
		if (!is_blank(p[i]))
			*to++ = p[i];
		else if (!is_blank(p[i - 1]))
			*to++ = ' ';
	*to = '\0';
	b->len = (size_t)(to - b->data);
	return 0;
}

/* Leaves the headers sorted in ${s->lines}: few, and mostly in order. */
static int
sort_headers(struct sigv4 *s, const char *const *headers, size_t *count)
{
	size_t n = 0, i;

	while (headers != NULL && headers[n] != NULL)
		n++;
	if (reserve_lines(s, n) == -1)
		return -1;
	for (*count = 0; *count < n; ++*count) {
		const char *line = headers[*count];

		if (strchr(line, ':') == NULL) {
			errno = EINVAL;
			return -1;
		}
		for (i = *count;
			i > 0 && compare_names(s->lines[i - 1], line) > 0; i--)
			s->lines[i] = s->lines[i - 1];
		s->lines[i] = line;
	}
	return 0;
}

/* Appends the headers, and their names to ${s->names}. */
static int
put_headers(struct sigv4 *s, const char *const *headers, struct buf *b)
{
	size_t count, i, name, k;

	buf_clear(&s->names);
	if (sort_headers(s, headers, &count) == -1)
		return -1;
	for (i = 0; i < count; i++) {
		const char *line = s->lines[i];
		bool again = i > 0 && compare_names(s->lines[i - 1], line) == 0;

		name = strcspn(line, ":");
		if (i > 0 && buf_putc(b, again ? ',' : '\n') == -1)
			return -1;
		if (!again) {
			size_t at = s->names.len + (i > 0);

			if ((i > 0 && buf_putc(&s->names, ';') == -1) ||
				buf_append(&s->names, line, name) == -1)
				return -1;
			for (k = at; k < s->names.len; k++)
				s->names.data[k] = lower(s->names.data[k]);
			if (buf_append(b, s->names.data + at, name) == -1 ||
				buf_putc(b, ':') == -1)
				return -1;
		}
		if (put_value(b, line + name + 1) == -1)
			return -1;
	}
	return count > 0 ? buf_putc(b, '\n') : 0;
}

/* The canonical request with ${query} as its query. */
static int
canonical(struct sigv4 *s, const struct sigv4_request *r, const char *query,
	struct buf *b)
{
	if (buf_puts(b, r->method) == -1 || buf_putc(b, '\n') == -1 ||
		put_path(s, r->path, b) == -1 || buf_putc(b, '\n') == -1 ||
		put_query(s, query, b) == -1 || buf_putc(b, '\n') == -1 ||
		put_headers(s, r->headers, b) == -1 ||
		buf_putc(b, '\n') == -1 || buf_puts(b, buf_str(&s->names)) ||
		buf_putc(b, '\n') == -1 || buf_puts(b, r->payload) == -1)
		return -1;
	return 0;
}

static int
put_scope(const struct sigv4 *s, const char *date, struct buf *b)
{
	return buf_append(b, date, DAY) == -1 || buf_putc(b, '/') == -1 ||
			       buf_puts(b, s->region) == -1 ||
			       buf_putc(b, '/') == -1 ||
			       buf_puts(b, s->service) == -1
		       ? -1
		       : buf_puts(b, "/aws4_request");
}

/* The string to sign of the canonical request in ${s->canonical}. */
static int
put_string(const struct sigv4 *s, const char *date, struct buf *b)
{
	char hex[SIGV4_HASH_SIZE];

	if (sigv4_hash(s->canonical.data, s->canonical.len, hex) == -1 ||
		buf_puts(b, ALGORITHM "\n") == -1 || buf_puts(b, date) == -1 ||
		buf_putc(b, '\n') == -1 || put_scope(s, date, b) == -1 ||
		buf_putc(b, '\n') == -1)
		return -1;
	return buf_puts(b, hex);
}

/* Makes ${s->key} the key of the day. */
static int
derive(struct sigv4 *s, const char *date)
{
	struct buf first = BUF_SECRET;
	unsigned char a[HASH], b[HASH];
	int rc = -1;

	if (strncmp(s->day, date, DAY) == 0)
		return 0;
	s->day[0] = '\0';
	if (buf_puts(&first, "AWS4") == -1 ||
		buf_append(&first, secret_data(s->secret),
			secret_len(s->secret)) == -1 ||
		hmac(first.data, first.len, date, DAY, a) == -1 ||
		hmac(a, HASH, s->region, strlen(s->region), b) == -1 ||
		hmac(b, HASH, s->service, strlen(s->service), a) == -1 ||
		hmac(a, HASH, "aws4_request", 12, s->key) == -1)
		goto out;
	memcpy(s->day, date, DAY);
	rc = 0;

out:
	buf_fini(&first);
	mem_wipe(a, sizeof(a));
	mem_wipe(b, sizeof(b));
	return rc;
}

/* The signature of ${r} with ${query} as its query. */
static int
signature(struct sigv4 *s, const struct sigv4_request *r, const char *query,
	char hex[SIGV4_HASH_SIZE])
{
	char date[SIGV4_DATE_SIZE];
	unsigned char mac[HASH];

	sigv4_date(r->now, date);
	if (strlen(date) != SIGV4_DATE_SIZE - 1) {
		errno = EINVAL;
		return -1;
	}
	buf_clear(&s->canonical);
	buf_clear(&s->string);
	if (canonical(s, r, query, &s->canonical) == -1 ||
		put_string(s, date, &s->string) == -1 ||
		derive(s, date) == -1 ||
		hmac(s->key, HASH, s->string.data, s->string.len, mac) == -1)
		return -1;
	hash_hex(mac, sizeof(mac), hex);
	return 0;
}

int
sigv4_sign(struct sigv4 *s, const struct sigv4_request *r, struct buf *out)
{
	char hex[SIGV4_HASH_SIZE], date[SIGV4_DATE_SIZE];

	sigv4_date(r->now, date);
	if (signature(s, r, r->query, hex) == -1 ||
		buf_puts(out, ALGORITHM " Credential=") == -1 ||
		buf_puts(out, s->id) == -1 || buf_putc(out, '/') == -1 ||
		put_scope(s, date, out) == -1 ||
		buf_puts(out, ", SignedHeaders=") == -1 ||
		buf_puts(out, buf_str(&s->names)) == -1 ||
		buf_puts(out, ", Signature=") == -1)
		return -1;
	return buf_puts(out, hex);
}

/* Appends the names of the headers of ${r}, in order. */
static int
put_names(struct sigv4 *s, const struct sigv4_request *r, struct buf *b)
{
	buf_clear(&s->canonical);
	if (put_headers(s, r->headers, &s->canonical) == -1)
		return -1;
	return sigv4_encode(b, buf_str(&s->names), s->names.len, false);
}

int
sigv4_presign(struct sigv4 *s, const struct sigv4_request *r,
	const struct secret *token, unsigned seconds, struct buf *out)
{
	struct buf scope = BUF_INIT, query = BUF_INIT;
	char hex[SIGV4_HASH_SIZE], date[SIGV4_DATE_SIZE];
	int rc = -1;

	sigv4_date(r->now, date);
	if (buf_printf(&scope, "%s/", s->id) == -1 ||
		put_scope(s, date, &scope) == -1)
		goto out;
	if (r->query != NULL && *r->query != '\0' &&
		buf_printf(&query, "%s&", r->query) == -1)
		goto out;
	if (buf_puts(&query,
		    "X-Amz-Algorithm=" ALGORITHM "&X-Amz-Credential=") == -1 ||
		sigv4_encode(&query, scope.data, scope.len, false) == -1 ||
		buf_printf(&query,
			"&X-Amz-Date=%s&X-Amz-Expires=%u&X-Amz-SignedHeaders=",
			date, seconds) == -1 ||
		put_names(s, r, &query) == -1)
		goto out;
	if (token != NULL &&
		(buf_puts(&query, "&X-Amz-Security-Token=") == -1 ||
			sigv4_encode(&query, secret_data(token),
				secret_len(token), false) == -1))
		goto out;
	if (signature(s, r, query.data, hex) == -1)
		goto out;
	rc = buf_append(out, query.data, query.len) == -1 ||
			     buf_puts(out, "&X-Amz-Signature=") == -1
		     ? -1
		     : buf_puts(out, hex);

out:
	buf_fini(&scope);
	buf_fini(&query);
	return rc;
}

int
sigv4_canonical(struct sigv4 *s, const struct sigv4_request *r, struct buf *out)
{
	return canonical(s, r, r->query, out);
}

int
sigv4_string(struct sigv4 *s, const struct sigv4_request *r, struct buf *out)
{
	char date[SIGV4_DATE_SIZE];

	sigv4_date(r->now, date);
	buf_clear(&s->canonical);
	return canonical(s, r, r->query, &s->canonical) == -1
		       ? -1
		       : put_string(s, date, out);
}
