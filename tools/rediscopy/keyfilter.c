#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "keyfilter.h"
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

	if (o->matches.n == 0 && o->excludes.n == 0)
		return true;
	/* patterns are text: a NUL in a key is matched as another byte */
	if ((text = mem_dup(key, len)) == NULL)
		return true;
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
keyfilter_target(const struct rediscopy_options *o, struct buf *b,
	const char *key, size_t len)
{
	buf_clear(b);
	return (o->prefix != NULL && buf_puts(b, o->prefix) == -1) ||
			       buf_append(b, key, len) == -1
		       ? -1
		       : 0;
}

int
keyfilter_source(const struct rediscopy_options *o, const char *key, size_t len,
	const char **out, size_t *out_len)
{
	size_t n = o->prefix != NULL ? strlen(o->prefix) : 0;

	if (len < n || memcmp(key, o->prefix != NULL ? o->prefix : "", n) != 0)
		return -2;
	*out = key + n;
	*out_len = len - n;
	return 0;
}
