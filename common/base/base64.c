#include <string.h>

#include "base64.h"
#include "buf.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

int
base64_put(struct buf *b, const void *data, size_t n)
{
	const unsigned char *p = data;
	char four[4];

	for (; n > 0; p += 3) {
		size_t here = n < 3 ? n : 3;
		unsigned long v = (unsigned long)p[0] << 16 |
				  (here > 1 ? (unsigned long)p[1] << 8 : 0) |
				  (here > 2 ? (unsigned long)p[2] : 0);

		four[0] = digits[v >> 18];
		four[1] = digits[v >> 12 & 63];
		four[2] = here > 1 ? digits[v >> 6 & 63] : '=';
		four[3] = here > 2 ? digits[v & 63] : '=';
		if (buf_append(b, four, 4) == -1)
			return -1;
		n -= here;
	}
	return 0;
}

static int
digit(char c)
{
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

int
base64_decode(struct buf *b, const char *s)
{
	size_t len = strlen(s), i, k, pad;
	char three[3];

	if (len % 4 != 0)
		return -1;
	for (i = 0; i < len; i += 4) {
		unsigned long v = 0;

		pad = i + 4 < len       ? 0
		      : s[i + 3] != '=' ? 0
		      : s[i + 2] != '=' ? 1
					: 2;
		for (k = 0; k < 4; k++) {
			int d = k >= 4 - pad ? 0 : digit(s[i + k]);

			if (d == -1)
				return -1;
			v = v << 6 | (unsigned long)d;
		}
		three[0] = (char)(v >> 16 & 255);
		three[1] = (char)(v >> 8 & 255);
		three[2] = (char)(v & 255);
		/* bits behind the last byte are zero */
		if ((pad == 1 && three[2] != 0) || (pad == 2 && three[1] != 0))
			return -1;
		if (buf_append(b, three, 3 - pad) == -1)
			return -1;
	}
	return 0;
}
