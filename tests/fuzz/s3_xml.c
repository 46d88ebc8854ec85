/*
 * Any bytes as an answer of S3: read or refused with a reason, the same whether
 * they come at once or in two pieces, and every string is text.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "s3error.h"
#include "s3part.h"
#include "s3xml.h"

static void
demand(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "s3_xml: %s\n", what);
	abort();
}

static int
on_entry(void *ctx, const struct s3xml_entry *e)
{
	char *key = e->key != NULL ? strdup(e->key) : NULL;

	if (key != NULL) {
		s3xml_decode(key);
		demand(strlen(key) <= strlen(e->key), "decoding grows nothing");
	}
	free(key);
	if (e->etag != NULL)
		(void)s3part_etag(e->etag, NULL);
	return buf_printf(ctx, "%d %s %lld %s %u|", (int)e->kind,
		e->key != NULL ? e->key : "-", (long long)e->size,
		e->etag != NULL ? e->etag : "-", e->part);
}

static int
read_all(const uint8_t *data, size_t size, size_t cut, struct buf *b,
	enum s3class *class)
{
	struct s3xml *x = s3xml_new(on_entry, b);
	int rc;

	demand(x != NULL, "memory");
	rc = (cut > 0 && s3xml_feed(x, data, cut) == -1) ||
			     (size > cut && s3xml_feed(x, data + cut,
						    size - cut) == -1) ||
			     s3xml_feed(x, NULL, 0) == -1
		     ? -1
		     : 0;
	if (rc == -1)
		demand(*s3xml_what(x) != '\0', "a reason");
	else
		*class = s3error_class(200, s3xml_doc(x));
	s3xml_free(x);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf one = BUF_INIT, two = BUF_INIT;
	enum s3class a = S3_OK, b = S3_OK;
	int rc = read_all(data, size, 0, &one, &a);

	demand(read_all(data, size, size / 2, &two, &b) == rc && a == b,
		"the same in two pieces");
	if (rc == 0)
		demand(strcmp(buf_str(&one), buf_str(&two)) == 0,
			"the same entries");
	buf_fini(&one);
	buf_fini(&two);
	return 0;
}
