#include "oldhost.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "str.h"

struct scan {
	void (*found)(void *ctx, const char *host, bool is_url);
	void *ctx;
	struct buf host;
};

static bool
is_host_byte(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' || c == '_';
}

/* The first of a set of bytes in [p, end), or end. */
static const char *
find_any(const char *p, const char *end, const char *set)
{
	while (p < end && (*p == '\0' || !strchr(set, *p)))
		p++;
	return p;
}

/* One "host", "host:port", ".host" or "*.host"; anything else is passed by. */
static int
try_host(struct scan *s, const char *p, const char *end, bool is_url)
{
	const char *q;

	if (end - p > 2 && p[0] == '*' && p[1] == '.')
		p++;
	while (p < end && *p == '.')
		p++;
	end = find_any(p, end, ":");
	while (end > p && end[-1] == '.')
		end--;
	if (end - p < 3 || end - p > 253)
		return 0;
	buf_clear(&s->host);
	for (q = p; q < end; q++) {
		if (!is_host_byte(*q))
			return 0;
		if (buf_putc(&s->host, tolower((unsigned char)*q)))
			return -1;
	}
	s->found(s->ctx, buf_str(&s->host), is_url);
	return 0;
}

/* What stands after "://": hosts between user information and the path. */
static int
scan_authority(struct scan *s, const char *p, const char *end)
{
	const char *stop = find_any(p, end, "/?#\\"), *at, *comma;

	for (at = stop; at > p && at[-1] != '@';)
		at--;
	for (p = at; p < stop; p = comma + 1) {
		comma = find_any(p, stop, ",;)]}>'");
		if (try_host(s, p, comma, true))
			return -1;
	}
	return 0;
}

static const char *
find_scheme(const char *p, const char *end)
{
	for (; end - p >= 3; p++)
		if (memcmp(p, "://", 3) == 0)
			return p;
	return NULL;
}

/* "host=" and the like before a name, as in libpq's and other keywords. */
static const char *
skip_keyword(const char *p, const char *end)
{
	static const char *const keys[] = {"host", "hostname", "server",
		"data source", "address", "addr", "endpoint"};
	const char *equals = find_any(p, end, "=");
	size_t i;

	if (equals == end)
		return p;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if ((size_t)(equals - p) == strlen(keys[i]) &&
			strncasecmp(p, keys[i], strlen(keys[i])) == 0)
			return equals + 1;
	return end;
}

/* One item of a list: "host/path", "user@host", "host=name". */
static int
scan_item(struct scan *s, const char *p, const char *end)
{
	const char *at;

	p = skip_keyword(p, end);
	for (at = end; at > p && at[-1] != '@';)
		at--;
	p = at;
	return try_host(s, p, find_any(p, end, "/?#"), false);
}

static int
scan_word(struct scan *s, const char *p, const char *end)
{
	const char *scheme = find_scheme(p, end), *stop;

	if (scheme) {
		for (; scheme; scheme = find_scheme(scheme + 3, end))
			if (scan_authority(s, scheme + 3, end))
				return -1;
		return 0;
	}
	for (; p < end; p = stop + 1) {
		stop = find_any(p, end, ",;'|()[]{}<>");
		if (scan_item(s, p, stop))
			return -1;
	}
	return 0;
}

int
oldhost_scan(const char *value, size_t n,
	void (*found)(void *ctx, const char *host, bool is_url), void *ctx)
{
	struct scan s = {found, ctx, BUF_SECRET};
	const char *p = value, *end = value + n, *stop;
	int rc = 0;

	for (; p < end && !rc; p = stop + 1) {
		stop = find_any(p, end, " \t\r\n\"");
		rc = scan_word(&s, p, stop);
	}
	buf_fini(&s.host);
	return rc;
}
