#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "attrs.h"
#include "buf.h"
#include "mem.h"
#include "num.h"
#include "object.h"
#include "str.h"

#define META "x-amz-meta-"

void
attrs_fini(struct attrs *a)
{
	size_t i;

	for (i = 0; i < a->n; i++) {
		free(a->item[i].name);
		free(a->item[i].value);
	}
	free(a->item);
	a->item = NULL;
	a->n = 0;
}

bool
is_attrs_kept(const char *name)
{
	static const char *const kept[] = {"content-type", "cache-control",
		"content-disposition", "content-encoding", "content-language",
		"expires", "x-amz-storage-class",
		"x-amz-website-redirect-location"};
	size_t i;

	if (strncasecmp(name, META, strlen(META)) == 0)
		return true;
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (is_str_equal_nocase(name, kept[i]))
			return true;
	return false;
}

static struct attr *
find(const struct attrs *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (is_str_equal_nocase(a->item[i].name, name))
			return &a->item[i];
	return NULL;
}

int
attrs_set(struct attrs *a, const char *name, const char *value, size_t n)
{
	struct attr *old = find(a, name), *grown, x;
	char *p;

	x.value = mem_dup(value, n);
	if (x.value == NULL)
		return -1;
	if (old != NULL) {
		free(old->value);
		old->value = x.value;
		return 0;
	}
	x.name = mem_strdup(name);
	grown = x.name != NULL ? mem_resize(a->item, a->n + 1, sizeof(*grown))
			       : NULL;
	if (grown == NULL) {
		free(x.name);
		free(x.value);
		return -1;
	}
	for (p = x.name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	a->item = grown;
	a->item[a->n++] = x;
	return 0;
}

const char *
attrs_get(const struct attrs *a, const char *name)
{
	const struct attr *x = find(a, name);

	return x != NULL ? x->value : NULL;
}

void
attrs_drop(struct attrs *a, const char *name)
{
	struct attr *x = find(a, name);

	if (x == NULL)
		return;
	free(x->name);
	free(x->value);
	*x = a->item[--a->n];
}

/* Header values are ASCII: what is not, and '%', goes as %XX. */
int
attrs_set_link(struct attrs *a, const char *name, const char *link)
{
	struct buf b = BUF_INIT;
	int rc = 0;

	for (; rc == 0 && *link != '\0'; link++) {
		unsigned char c = (unsigned char)*link;

		rc = c <= ' ' || c >= 0x7f || c == '%'
			     ? buf_printf(&b, "%%%02X", c)
			     : buf_putc(&b, c);
	}
	if (rc == 0)
		rc = attrs_set(a, name, buf_str(&b), b.len);
	buf_fini(&b);
	return rc;
}

static int
hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at =
		c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c)
			  : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

int
attrs_link(const struct attrs *a, const char *name, struct buf *b)
{
	const char *s = attrs_get(a, name);

	if (s == NULL)
		return 0;
	for (; *s != '\0'; s++) {
		int high, low;

		if (*s != '%') {
			if (buf_putc(b, *s) == -1)
				return -1;
			continue;
		}
		high = hex_value(s[1]);
		low = high != -1 ? hex_value(s[2]) : -1;
		if (low == -1 || high * 16 + low == 0 ||
			buf_putc(b, high * 16 + low) == -1)
			return -1;
		s += 2;
	}
	return 1;
}

int
attrs_of_file(struct attrs *a, const struct object *o)
{
	char text[48];
	int64_t s = o->mtime / 1000000000, ns = o->mtime % 1000000000;

	if (ns < 0) {
		s--;
		ns += 1000000000;
	}
	snprintf(text, sizeof(text), "%" PRId64 ".%09" PRId64, s, ns);
	if (o->mtime != 0 && attrs_set(a, META "mtime", text, strlen(text)))
		return -1;
	snprintf(text, sizeof(text), "%07o", o->mode);
	if (o->mode != 0 && attrs_set(a, META "mode", text, strlen(text)))
		return -1;
	return o->link != NULL ? attrs_set_link(a, META "airlift-link", o->link)
			       : 0;
}

/* Seconds with up to nine digits behind a point, as nanoseconds. */
static int
parse_time(const char *s, int64_t *out)
{
	const char *point = strchr(s, '.');
	struct buf whole = BUF_INIT;
	int64_t seconds, part = 0;
	char digits[10] = "000000000";
	size_t n;
	int rc = -1;

	if (point != NULL) {
		n = strlen(point + 1);
		memcpy(digits, point + 1, n < 9 ? n : 9);
	} else {
		point = s + strlen(s);
	}
	if (buf_append(&whole, s, (size_t)(point - s)) == 0 &&
		num_int(buf_str(&whole), -8000000000, 8000000000, &seconds) ==
			0 &&
		num_int(digits, 0, 999999999, &part) == 0) {
		/* "-1.5" is half a second before -1 in rclone's hand */
		*out = seconds * 1000000000 + part;
		rc = 0;
	}
	buf_fini(&whole);
	return rc;
}

void
attrs_to_file(const struct attrs *a, int64_t *mtime, unsigned *mode)
{
	const char *s = attrs_get(a, META "mtime");
	unsigned long m;
	char *end;

	if (s != NULL)
		(void)parse_time(s, mtime);
	s = attrs_get(a, META "mode");
	if (s == NULL)
		return;
	m = strtoul(s, &end, 8);
	if (*s >= '0' && *s <= '7' && *end == '\0' && m <= 0177777)
		*mode = (unsigned)m;
}

const char *
attrs_type(const char *key)
{
	static const char *const types[][2] = {{".html", "text/html"},
		{".htm", "text/html"}, {".css", "text/css"},
		{".js", "text/javascript"}, {".mjs", "text/javascript"},
		{".json", "application/json"}, {".txt", "text/plain"},
		{".csv", "text/csv"}, {".xml", "application/xml"},
		{".svg", "image/svg+xml"}, {".png", "image/png"},
		{".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"},
		{".gif", "image/gif"}, {".webp", "image/webp"},
		{".avif", "image/avif"}, {".ico", "image/x-icon"},
		{".pdf", "application/pdf"}, {".zip", "application/zip"},
		{".gz", "application/gzip"}, {".mp4", "video/mp4"},
		{".webm", "video/webm"}, {".mp3", "audio/mpeg"},
		{".wav", "audio/wav"}, {".woff", "font/woff"},
		{".woff2", "font/woff2"}, {".ttf", "font/ttf"},
		{".wasm", "application/wasm"}, {".md", "text/markdown"}};
	const char *dot = strrchr(key, '.');
	size_t i;

	for (i = 0; dot != NULL && i < sizeof(types) / sizeof(*types); i++)
		if (is_str_equal_nocase(dot, types[i][0]))
			return types[i][1];
	return NULL;
}
