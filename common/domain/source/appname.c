#include "appname.h"

#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "msg.h"

enum { LONGEST = 63, ROOM = 12 /* for a dash and a number */ };

bool
is_appname_valid(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > LONGEST || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (; *s != '\0'; s++)
		if (!islower((unsigned char)*s) &&
			!isdigit((unsigned char)*s) && *s != '-')
			return false;
	return true;
}

int
appname_check(const char *s)
{
	if (s == NULL || is_appname_valid(s))
		return 0;
	msg_error("--app %s: small letters, digits and dashes, at most %d", s,
		LONGEST);
	return -1;
}

static int
put(struct buf *b, const char *name, size_t longest)
{
	for (; *name != '\0' && b->len < longest; name++) {
		unsigned char c = (unsigned char)*name;
		if (c < 0x80 && isalnum(c)) {
			if (buf_putc(b, tolower(c)) == -1)
				return -1;
		} else if (b->len > 0 && b->data[b->len - 1] != '-')
			if (buf_putc(b, '-') == -1)
				return -1;
	}
	while (b->len > 0 && b->data[b->len - 1] == '-')
		b->data[--b->len] = '\0';
	return 0;
}

int
appname_put(struct buf *b, const char *name)
{
	return put(b, name, LONGEST);
}

int
appname_put_nth(struct buf *b, const char *name, unsigned n)
{
	if (put(b, name, n == 0 ? LONGEST : LONGEST - ROOM) == -1 ||
		(b->len == 0 && buf_puts(b, "app") == -1))
		return -1;
	return n == 0 ? 0 : buf_printf(b, "-%u", n);
}
