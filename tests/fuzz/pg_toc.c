/* A table of contents that is no such thing. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "mem.h"
#include "toc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_dup(data, n);
	struct buf b = BUF_INIT;
	struct toc t;
	unsigned bad;
	int stage;

	if (text && toc_parse(text, &t, &bad) == 0) {
		for (stage = TOC_SCHEMA; stage <= TOC_EVENT; stage++)
			if (toc_put(&t, (enum toc_stage)stage, &b) < 0)
				abort();
		/* every entry is in exactly one stage */
		if (b.len > n + 1)
			abort();
		toc_fini(&t);
	}
	buf_fini(&b);
	free(text);
	return 0;
}
