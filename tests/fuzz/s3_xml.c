/* Answers of a server in XML, in one piece and byte by byte: the same, within
 * bounds, or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "s3error.h"
#include "s3xml.h"

static void
note(struct buf *b, const char *s)
{
	if (buf_puts(b, s == NULL ? "-" : s) || buf_putc(b, '\n'))
		abort();
}

static int
on_entry(void *ctx, const struct s3xml_entry *e)
{
	struct buf *b = ctx;

	note(b, e->key);
	note(b, e->etag);
	note(b, e->storage_class);
	note(b, e->upload_id);
	note(b, e->value);
	note(b, e->code);
	note(b, e->message);
	if (e->size < -1 || buf_printf(b, "%d %lld %.3f %u\n", (int)e->kind,
				    (long long)e->size, e->modified, e->part))
		abort();
	return 0;
}

/* all that was read, as text; ${step} bytes at a time */
static int
read_all(const uint8_t *data, size_t n, size_t step, struct buf *b)
{
	struct s3xml *x = s3xml_new(on_entry, b);
	const struct s3xml_doc *d;
	size_t at;
	int rc = 0;

	if (x == NULL)
		abort();
	for (at = 0; at < n && rc == 0; at += step)
		rc = s3xml_feed(x, data + at, n - at < step ? n - at : step);
	if (rc == 0)
		rc = s3xml_feed(x, NULL, 0);
	if (rc != 0 && *s3xml_what(x) == '\0')
		abort();
	d = s3xml_doc(x);
	note(b, d->token);
	note(b, d->next);
	note(b, d->next_id);
	note(b, d->code);
	note(b, d->etag);
	if (buf_printf(b, "%d %zu %d", (int)d->root, d->entries, d->truncated))
		abort();
	(void)s3error_class(200, d);
	s3xml_free(x);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = BUF_INIT, bytes = BUF_INIT;
	int rc = read_all(data, n, n + 1, &whole);

	if (rc != read_all(data, n, 1, &bytes))
		abort();
	if (rc == 0 && (whole.len != bytes.len ||
			       memcmp(whole.data, bytes.data, whole.len) != 0))
		abort();
	buf_fini(&whole);
	buf_fini(&bytes);
	return 0;
}
