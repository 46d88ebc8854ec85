#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "kvaddr.h"
#include "locator.h"
#include "mem.h"
#include "msg.h"
#include "num.h"
#include "secret.h"
#include "str.h"

enum { LONGEST = 8192, LARGEST_DB = 1 << 20 };

struct kvaddr {
	bool tls;
	char *host, *port, *user, *identity;
	struct secret *password;
	int db;
};

static int
digit(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? (c | 32) - 'a' + 10
					    : -1;
}

/* The percent-decoded text of ${n} bytes. 0, -1 ENOMEM, -2 malformed. */
static int
decode(struct buf *b, const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int c = (unsigned char)s[i];

		if (c == '%') {
			if (i + 2 >= n || digit(s[i + 1]) < 0 ||
				digit(s[i + 2]) < 0)
				return -2;
			c = digit(s[i + 1]) * 16 + digit(s[i + 2]);
			i += 2;
		}
		if (c == 0)
			return -2;
		if (buf_putc(b, c) == -1)
			return -1;
	}
	return 0;
}

static int
decode_text(char **out, const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	int rc = decode(&b, s, n);

	if (rc == 0 && (*out = buf_steal(&b)) == NULL)
		rc = -1;
	buf_fini(&b);
	return rc;
}

/* "user:password", either of which may be empty or missing. */
static int
parse_user(struct kvaddr *a, const char *s, size_t n)
{
	const char *colon = memchr(s, ':', n);
	size_t user = colon != NULL ? (size_t)(colon - s) : n;
	struct buf b = BUF_SECRET;
	int rc = 0;

	if (user > 0)
		rc = decode_text(&a->user, s, user);
	if (rc == 0 && colon != NULL && user + 1 < n) {
		rc = decode(&b, colon + 1, n - user - 1);
		if (rc == 0 && (a->password = secret_take(&b)) == NULL)
			rc = -1;
	}
	buf_fini(&b);
	return rc;
}

/* A name or an address, which messages can show: no blanks, nothing that is no
 * ASCII. */
static bool
is_host(const char *s)
{
	const char *p = s;

	while (*p > ' ' && *p < 0x7f)
		p++;
	return p > s && *p == '\0';
}

/* "host:port", "[v6]:port". 0, -1 ENOMEM, -2 malformed. */
static int
parse_host(struct kvaddr *a, const char *s, size_t n)
{
	const char *end = s + n, *port = NULL, *close;
	int64_t number;
	int rc;

	if (n > 0 && *s == '[') {
		close = memchr(s, ']', n);
		if (close == NULL)
			return -2;
		rc = decode_text(&a->host, s + 1, (size_t)(close - s - 1));
		if (close + 1 < end && close[1] != ':')
			return -2;
		port = close + 1 < end ? close + 2 : NULL;
	} else {
		close = memchr(s, ':', n);
		rc = decode_text(
			&a->host, s, close != NULL ? (size_t)(close - s) : n);
		port = close != NULL ? close + 1 : NULL;
	}
	if (rc != 0)
		return rc;
	a->port = port != NULL ? mem_dup(port, (size_t)(end - port))
			       : mem_strdup("6379");
	if (a->port == NULL)
		return -1;
	if (!is_host(a->host) || num_int(a->port, 1, 65535, &number) == -1)
		return -2;
	return 0;
}

/* What follows the host: "/3", "?query". */
static int
parse_rest(struct kvaddr *a, const char *s, const char *what)
{
	size_t n = strcspn(s, "?#");
	char *db;
	int64_t number;
	int rc = 0;

	if (s[n] == '?' && s[n + 1] != '\0')
		msg_warn("%s: what stands behind the '?' of the URL is not "
			 "used",
			what);
	if (n <= 1)
		return 0;
	if ((db = mem_dup(s + 1, n - 1)) == NULL)
		return -1;
	if (num_int(db, 0, LARGEST_DB, &number) == -1)
		rc = -2;
	else
		a->db = (int)number;
	free(db);
	return rc;
}

static int
put_identity(struct kvaddr *a)
{
	bool v6 = strchr(a->host, ':') != NULL;
	struct buf b = BUF_INIT;
	int rc = buf_printf(&b, "redis%s://%s%s%s:%s", a->tls ? "s" : "",
		v6 ? "[" : "", a->host, v6 ? "]" : "", a->port);

	if (rc == 0 && (a->identity = buf_steal(&b)) == NULL)
		rc = -1;
	buf_fini(&b);
	return rc;
}

/* ${last}: the '@' before the host is the last of all, since a password may
 * hold a '/' or '@' that somebody forgot to encode. */
static int
parse(struct kvaddr *a, const char *url, const char *what, bool last)
{
	const char *at, *p, *end;
	int rc = 0;

	a->db = -1;
	if (str_starts(url, "redis://"))
		p = url + strlen("redis://");
	else if (str_starts(url, "rediss://"))
		p = url + strlen("rediss://");
	else
		return -2;
	a->tls = url[5] == 's';
	end = p + strcspn(p, "/?#");
	at = last ? strrchr(p, '@') : memchr(p, '@', (size_t)(end - p));
	if (last && at != NULL)
		end = at + strcspn(at, "/?#");
	for (; at != NULL && memchr(at + 1, '@', (size_t)(end - at - 1));)
		at = memchr(at + 1, '@', (size_t)(end - at - 1));
	if (at != NULL) {
		rc = parse_user(a, p, (size_t)(at - p));
		p = at + 1;
	}
	if (rc == 0)
		rc = parse_host(a, p, (size_t)(end - p));
	if (rc == 0)
		rc = parse_rest(a, end, what);
	return rc != 0 ? rc : put_identity(a);
}

int
kvaddr_parse(const char *url, const char *what, struct kvaddr **out)
{
	struct kvaddr *a = NULL;
	int i, rc = -2;

	for (i = 0; i < 2 && rc == -2; i++) {
		kvaddr_free(a);
		a = mem_zalloc(1, sizeof(*a));
		rc = a != NULL ? parse(a, url, what, i > 0) : -1;
	}
	if (rc == 0) {
		*out = a;
		return 0;
	}
	kvaddr_free(a);
	if (rc == -1)
		msg_error("out of memory");
	else
		msg_error("%s: not a URL of the form "
			  "redis[s]://USER:PASSWORD@HOST:PORT/DB",
			what);
	return -1;
}

int
kvaddr_resolve(const char *locator, const char *what, struct kvaddr **out)
{
	struct secret *s;
	int rc;

	if (!str_starts(locator, "redis://") &&
		!str_starts(locator, "rediss://")) {
		if (locator_read(locator, LONGEST, &s) == -1)
			return -1;
		rc = kvaddr_parse(secret_data(s), what, out);
		secret_free(s);
		return rc;
	}
	if (kvaddr_parse(locator, what, out) == -1)
		return -1;
	if ((*out)->password == NULL)
		return 0;
	kvaddr_free(*out);
	*out = NULL;
	msg_error("%s: a password on the command line can be read by everybody "
		  "here: put the URL into a variable and give env:NAME",
		what);
	return -1;
}

void
kvaddr_free(struct kvaddr *a)
{
	if (a == NULL)
		return;
	free(a->host);
	free(a->port);
	free(a->user);
	free(a->identity);
	secret_free(a->password);
	free(a);
}

const char *
kvaddr_host(const struct kvaddr *a)
{
	return a->host;
}

const char *
kvaddr_port(const struct kvaddr *a)
{
	return a->port;
}

bool
is_kvaddr_tls(const struct kvaddr *a)
{
	return a->tls;
}

int
kvaddr_db(const struct kvaddr *a)
{
	return a->db;
}

const char *
kvaddr_user(const struct kvaddr *a)
{
	return a->user;
}

const struct secret *
kvaddr_password(const struct kvaddr *a)
{
	return a->password;
}

const char *
kvaddr_identity(const struct kvaddr *a)
{
	return a->identity;
}
