#include "appslug.h"

#include <ctype.h>

#include "buf.h"

enum { LONGEST = 63, ROOM = 12 /* for a dash and a number */ };

int
appslug_put(struct buf *b, const char *name, unsigned n)
{
	size_t start = b->len, room = n == 0 ? LONGEST : LONGEST - ROOM;

	for (; *name != '\0' && b->len - start < room; name++) {
		if (isalnum((unsigned char)*name)) {
			if (buf_putc(b, tolower((unsigned char)*name)) == -1)
				return -1;
		} else if (b->len > start && b->data[b->len - 1] != '-' &&
			   buf_putc(b, '-') == -1)
			return -1;
	}
	while (b->len > start && b->data[b->len - 1] == '-')
		b->data[--b->len] = '\0';
	if (b->len == start && buf_puts(b, "app") == -1)
		return -1;
	return n == 0 ? 0 : buf_printf(b, "-%u", n);
}
