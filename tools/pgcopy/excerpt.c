#include <stdbool.h>

#include "buf.h"
#include "excerpt.h"

/* Bytes shown of a text, and of what is the same before a difference. */
enum { MAX_SHOWN = 160, SAME_SHOWN = 30 };

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The byte continues a character of UTF-8. */
static bool
is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

int
excerpt_put(struct buf *b, const char *text, size_t from)
{
	const char *s = text + from;
	size_t begun;

	if (from && buf_puts(b, "..."))
		return -1;
	while (!from && is_space(*s))
		s++;
	begun = b->len;
	for (; *s && (b->len - begun < MAX_SHOWN || is_continuation(*s)); s++) {
		bool space = is_space(*s);

		if (space && (is_space(s[1]) || !s[1]))
			continue;
		if (buf_putc(b, space ? ' ' : *s))
			return -1;
	}
	return *s ? buf_puts(b, "...") : 0;
}

/* Where to begin, so that the difference is seen. */
static size_t
first_difference(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	if (n < MAX_SHOWN / 2)
		return 0;
	n -= SAME_SHOWN;
	while (n && is_continuation(a[n]))
		n--;
	return n;
}

int
excerpt_put_both(struct buf *out, const char *a, const char *b)
{
	size_t from = first_difference(a, b);

	return buf_puts(out, "; source: ") || excerpt_put(out, a, from) ||
			       buf_puts(out, "; target: ") ||
			       excerpt_put(out, b, from)
		       ? -1
		       : 0;
}
