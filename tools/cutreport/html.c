#include "html.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "num.h"

static void
keep(struct html *h, int rc)
{
	if (rc == -1)
		h->failed = 1;
}

void
html_raw(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(h, buf_vprintf(h->out, fmt, ap));
	va_end(ap);
}

/* The code point of the well-formed UTF-8 at ${p}, and its length. */
static unsigned
code_point(const unsigned char *p, size_t *n)
{
	*n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	switch (*n) {
	case 1:
		return *p;
	case 2:
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	case 3:
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 |
		       (p[2] & 0x3fu);
	default:
		return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 |
		       (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
	}
}

/* What would not be seen, or would change how its neighbours are read:
 * controls, zero-width and bidirectional formatting. */
static bool
is_deceiving(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c >= 0xe0000;
}

void
html_text(struct html *h, const char *s)
{
	static const char special[] = "&<>\"'`=";
	const unsigned char *p = (const unsigned char *)s;
	size_t n;

	for (; *p != '\0'; p += n) {
		unsigned c = code_point(p, &n);

		if (c == '\n' || c == '\t')
			keep(h, buf_putc(h->out, (int)c));
		else if (is_deceiving(c))
			html_raw(h, "<span class=\"odd\">U+%04X</span>", c);
		else if (c < 0x80 && strchr(special, (int)c) != NULL)
			html_raw(h, "&#%u;", c);
		else
			keep(h, buf_append(h->out, p, n));
	}
}

static void
put_time(struct html *h, double t, bool with_date)
{
	time_t whole = (time_t)t;
	struct tm tm;

	if (t <= 0 || gmtime_r(&whole, &tm) == NULL) {
		html_raw(h, "&#8211;");
		return;
	}
	if (with_date)
		html_raw(h, "%04d-%02d-%02d ", tm.tm_year + 1900, tm.tm_mon + 1,
			tm.tm_mday);
	html_raw(h, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void
html_time(struct html *h, double t)
{
	put_time(h, t, true);
}

void
html_clock(struct html *h, double t)
{
	put_time(h, t, false);
}

void
html_span(struct html *h, double seconds)
{
	keep(h, num_put_duration(h->out, seconds < 0 ? 0 : seconds));
}

void
html_size(struct html *h, uint64_t n)
{
	keep(h, num_put_size(h->out, n));
}
