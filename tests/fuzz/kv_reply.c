/* Bytes from a server that may be no protocol, whole and in pieces: the same
 * replies come out. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "kvreply.h"
#include "resp.h"

/* All replies in ${data}, fed ${step} bytes at a time, as text again. */
static int
read_all(const uint8_t *data, size_t n, size_t step, struct buf *out)
{
	struct kvreader *k = kvreader_new();
	const struct kvreply *r;
	size_t at, part;
	int rc = 0;

	if (!k)
		abort();
	for (at = 0; rc == 0 && at < n; at += part) {
		part = n - at < step ? n - at : step;
		if (kvreader_feed(k, data + at, part))
			break;
		while ((rc = kvreader_next(k, &r)) == 1)
			if (resp_reply(out, r))
				abort();
	}
	if (rc == -1 && !*kvreader_why(k))
		abort();
	kvreader_free(k);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT, again = BUF_INIT;

	(void)read_all(data, n, 4096, &whole);
	(void)read_all(data, n, 7, &pieces);
	if (whole.len != pieces.len ||
		memcmp(buf_str(&whole), buf_str(&pieces), whole.len) != 0)
		abort();
	/* what we write we read */
	if (whole.len > 0 &&
		(read_all((const uint8_t *)whole.data, whole.len, 4096,
			 &again) != 0 ||
			again.len != whole.len ||
			memcmp(again.data, whole.data, whole.len) != 0))
		abort();
	buf_fini(&whole);
	buf_fini(&pieces);
	buf_fini(&again);
	return 0;
}
