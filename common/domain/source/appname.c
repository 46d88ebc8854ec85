#include "appname.h"

#include <ctype.h>
#include <string.h>

#include "buf.h"

#define LONGEST 63

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
appname_put(struct buf *b, const char *name)
{
	for (; *name != '\0' && b->len < LONGEST; name++) {
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
