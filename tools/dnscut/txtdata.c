#include <string.h>

#include "buf.h"
#include "txtdata.h"

enum { LONGEST_STRING = 255 };

int
txtdata_put(struct buf *b, const char *s)
{
	size_t n = 0;

	if (buf_putc(b, '"') == -1)
		return -1;
	for (; *s != '\0'; s++, n++) {
		if (n == LONGEST_STRING) {
			if (buf_puts(b, "\" \"") == -1)
				return -1;
			n = 0;
		}
		if ((unsigned char)*s < ' ' || (unsigned char)*s > 126
				? buf_printf(b, "\\%03u", (unsigned char)*s) ==
					  -1
				: (strchr("\"\\", *s) != NULL &&
					  buf_putc(b, '\\') == -1) ||
					  buf_putc(b, *s) == -1)
			return -1;
	}
	return buf_putc(b, '"');
}

int
txtdata_plain(struct buf *b, const char *data)
{
	const char *s = data;
	bool open = false;

	for (; *s != '\0'; s++) {
		if (*s == '"') {
			open = !open;
			continue;
		}
		if (*s == ' ' && !open)
			continue;
		if (*s == '\\' && s[1] >= '0' && s[1] <= '9' && s[2] != '\0' &&
			s[3] != '\0') {
			if (buf_putc(b, (s[1] - '0') * 100 + (s[2] - '0') * 10 +
						(s[3] - '0')) == -1)
				return -1;
			s += 3;
			continue;
		}
		if (*s == '\\' && s[1] != '\0')
			s++;
		if (buf_putc(b, *s) == -1)
			return -1;
	}
	return 0;
}
