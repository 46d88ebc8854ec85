/* Answers to XINFO STREAM FULL that may be none; what is read is written, and
 * read again, the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "keyframe.h"
#include "kvreply.h"
#include "streammeta.h"

/* The last reply of these, as a stream, as an archive's text. */
static void
put(const void *data, size_t n, struct buf *out, int skip)
{
	struct kvreader *k = kvreader_new();
	const struct kvreply *r;
	struct streammeta m;
	struct streammeta_id *id;
	size_t count, i;

	if (!k || kvreader_feed(k, data, n))
		abort();
	while (kvreader_next(k, &r) == 1) {
		if (skip-- > 0 || streammeta_read(&m, r))
			continue;
		if (streammeta_ids(&m, &id, &count))
			abort();
		for (i = 1; i < count; i++)
			if (streammeta_compare(&id[i - 1], &id[i]) >= 0)
				abort();
		free(id);
		buf_clear(out);
		if (keyframe_put_meta(out, &m))
			abort();
		streammeta_fini(&m);
	}
	kvreader_free(k);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf once = BUF_INIT, again = BUF_INIT;

	put(data, n, &once, 0);
	if (once.len > 0) {
		put(once.data, once.len, &again, 1);
		if (once.len != again.len ||
			memcmp(once.data, again.data, once.len) != 0)
			abort();
	}
	buf_fini(&once);
	buf_fini(&again);
	return 0;
}
