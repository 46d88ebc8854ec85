#include <string.h>

#include "buf.h"
#include "s3body.h"
#include "str.h"

static int
put_text(struct buf *b, const char *s)
{
	size_t n;

	for (; *s != '\0'; s++) {
		const char *entity = *s == '&'    ? "&amp;"
				     : *s == '<'  ? "&lt;"
				     : *s == '>'  ? "&gt;"
				     : *s == '"'  ? "&quot;"
				     : *s == '\r' ? "&#13;"
				     : *s == '\n' ? "&#10;"
				     : *s == '\t' ? "&#9;"
						  : NULL;

		if (entity != NULL) {
			if (buf_puts(b, entity) == -1)
				return -1;
			continue;
		}
		n = strcspn(s, "&<>\"\r\n\t");
		if (buf_append(b, s, n) == -1)
			return -1;
		s += n - 1;
	}
	return 0;
}

int
s3body_complete(struct buf *b, const char *const *etags, size_t n)
{
	size_t i;

	if (buf_puts(b, "<CompleteMultipartUpload>") == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (buf_printf(b, "<Part><PartNumber>%zu</PartNumber><ETag>\"",
			    i + 1) == -1 ||
			put_text(b, etags[i]) == -1 ||
			buf_puts(b, "\"</ETag></Part>") == -1)
			return -1;
	return buf_puts(b, "</CompleteMultipartUpload>");
}

bool
is_s3body_key(const char *key)
{
	size_t n = strlen(key), bad, i;

	if (utf8_check(key, n, &bad) == -1)
		return false;
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)key[i];

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			return false;
		/* U+FFFE and U+FFFF */
		if (c == 0xef && (unsigned char)key[i + 1] == 0xbf &&
			(unsigned char)key[i + 2] >= 0xbe)
			return false;
	}
	return true;
}

int
s3body_delete(struct buf *b, const char *const *keys, size_t n)
{
	size_t i;

	if (buf_puts(b, "<Delete><Quiet>true</Quiet>") == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (buf_puts(b, "<Object><Key>") == -1 ||
			put_text(b, keys[i]) == -1 ||
			buf_puts(b, "</Key></Object>") == -1)
			return -1;
	return buf_puts(b, "</Delete>");
}

int
s3body_tags(struct buf *b, const char *const *names, const char *const *values,
	size_t n)
{
	size_t i;

	if (buf_puts(b, "<Tagging><TagSet>") == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (buf_puts(b, "<Tag><Key>") == -1 ||
			put_text(b, names[i]) == -1 ||
			buf_puts(b, "</Key><Value>") == -1 ||
			put_text(b, values[i]) == -1 ||
			buf_puts(b, "</Value></Tag>") == -1)
			return -1;
	return buf_puts(b, "</TagSet></Tagging>");
}
