#include <inttypes.h>
#include <string.h>

#include "buf.h"
#include "kvreply.h"
#include "resp.h"

int
resp_array(struct buf *b, size_t n)
{
	return buf_printf(b, "*%zu\r\n", n);
}

int
resp_string(struct buf *b, const void *p, size_t n)
{
	return buf_printf(b, "$%zu\r\n", n) == -1 ||
			       buf_append(b, p, n) == -1 ||
			       buf_append(b, "\r\n", 2) == -1
		       ? -1
		       : 0;
}

int
resp_text(struct buf *b, const char *s)
{
	return resp_string(b, s, strlen(s));
}

int
resp_int(struct buf *b, int64_t v)
{
	return buf_printf(b, ":%" PRId64 "\r\n", v);
}

static int
put_line(struct buf *b, int mark, const struct kvreply *r)
{
	return buf_putc(b, mark) == -1 || buf_append(b, r->str, r->len) == -1 ||
			       buf_append(b, "\r\n", 2) == -1
		       ? -1
		       : 0;
}

int
resp_reply(struct buf *b, const struct kvreply *r)
{
	size_t i;
	int rc = -1;

	switch (r->kind) {
	case KVREPLY_NIL:
		rc = buf_puts(b, "$-1\r\n");
		break;
	case KVREPLY_STATUS:
		rc = put_line(b, '+', r);
		break;
	case KVREPLY_ERROR:
		rc = put_line(b, '-', r);
		break;
	case KVREPLY_INTEGER:
		rc = resp_int(b, r->integer);
		break;
	case KVREPLY_STRING:
		rc = resp_string(b, r->str, r->len);
		break;
	case KVREPLY_ARRAY:
		rc = resp_array(b, r->n);
		for (i = 0; rc == 0 && i < r->n; i++)
			rc = resp_reply(b, r->item[i]);
		break;
	}
	return rc;
}
