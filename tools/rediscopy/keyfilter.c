#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "keyfilter.h"
#include "kvpayload.h"
#include "mem.h"
#include "rediscopy.h"
#include "str.h"

const char *
keyfilter_match(const struct rediscopy_options *o)
{
	/* SCAN knows more than * and ?: only what both read alike */
	if (o->matches.n != 1 || strpbrk(o->matches.item[0], "[]\\^") != NULL)
		return NULL;
	return o->matches.item[0];
}

bool
is_keyfilter_wanted(void *ctx, const char *key, size_t len)
{
	const struct rediscopy_options *o = ctx;
	char *text;
	bool wanted = o->matches.n == 0;
	size_t i;

	if (o->slices > 1 &&
		kvpayload_crc64(0, key, len) % (uint64_t)o->slices !=
			(uint64_t)o->slice)
		return false;
	if (o->matches.n == 0 && o->excludes.n == 0)
		return true;
	/* patterns are text: a NUL in a key is matched as another byte */
	if ((text = mem_dup(key, len)) == NULL)
		return false;
	for (i = 0; i < len; i++)
		if (text[i] == '\0')
			text[i] = '\001';
	for (i = 0; i < o->matches.n && !wanted; i++)
		wanted = is_str_glob(o->matches.item[i], text);
	for (i = 0; i < o->excludes.n && wanted; i++)
		wanted = !is_str_glob(o->excludes.item[i], text);
	free(text);
	return wanted;
}

int
keyfilter_prefix(const struct rediscopy_options *o, int db, struct buf *b)
{
	const char *mark = o->prefix != NULL ? strstr(o->prefix, "%d") : NULL;

	if (o->prefix == NULL)
		return 0;
	if (mark == NULL)
		return buf_puts(b, o->prefix);
	return buf_append(b, o->prefix, (size_t)(mark - o->prefix)) == -1 ||
			       buf_printf(b, "%d%s", db, mark + 2) == -1
		       ? -1
		       : 0;
}

bool
is_keyfilter_apart(const struct rediscopy_options *o)
{
	const char *mark = o->prefix != NULL ? strstr(o->prefix, "%d") : NULL;

	/* a digit behind the number would make 1 and 10 meet */
	return mark != NULL && mark[2] != '\0' &&
	       (mark[2] < '0' || mark[2] > '9');
}

int
keyfilter_target(const struct rediscopy_options *o, int db, struct buf *b,
	const char *key, size_t len)
{
	buf_clear(b);
	return keyfilter_prefix(o, db, b) == -1 || buf_append(b, key, len) == -1
		       ? -1
		       : 0;
}

int
keyfilter_source(const struct rediscopy_options *o, int db, const char *key,
	size_t len, const char **out, size_t *out_len)
{
	struct buf b = BUF_INIT;
	int rc = keyfilter_prefix(o, db, &b);

	if (rc == 0 && (len < b.len || memcmp(key, buf_str(&b), b.len) != 0))
		rc = -2;
	if (rc == 0) {
		*out = key + b.len;
		*out_len = len - b.len;
	}
	buf_fini(&b);
	return rc;
}
