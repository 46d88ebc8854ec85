#include <string.h>

#include "buf.h"
#include "ident.h"

/* ${s} with every ${q} (and, if asked for, backslash) doubled. */
static int
put_doubled(struct buf *b, const char *s, char q, int backslash)
{
	for (; *s; s++) {
		if ((*s == q || (backslash && *s == '\\')) && buf_putc(b, *s))
			return -1;
		if (buf_putc(b, *s))
			return -1;
	}
	return 0;
}

int
ident_quote(struct buf *b, const char *name)
{
	return buf_putc(b, '"') || put_doubled(b, name, '"', 0) ||
			       buf_putc(b, '"')
		       ? -1
		       : 0;
}

int
ident_qualified(struct buf *b, const char *schema, const char *name)
{
	return ident_quote(b, schema) || buf_putc(b, '.') ||
			       ident_quote(b, name)
		       ? -1
		       : 0;
}

int
ident_literal(struct buf *b, const char *text)
{
	int backslash = strchr(text, '\\') != NULL;

	return (backslash && buf_puts(b, " E")) || buf_putc(b, '\'') ||
			       put_doubled(b, text, '\'', backslash) ||
			       buf_putc(b, '\'')
		       ? -1
		       : 0;
}
