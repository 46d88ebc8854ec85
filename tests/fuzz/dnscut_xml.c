/* Any bytes as what Route 53 answers. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "mem.h"
#include "r53set.h"
#include "rrset.h"
#include "xmltext.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_dup(data, n);
	struct rrsets out = {NULL, 0, 0};
	struct xmltext doc, root, one, last;
	const struct xmltext *after = NULL;

	if (text != NULL && xmltext_check(text, n) == 0) {
		doc = xmltext_whole(text, n);
		if (xmltext_next(&doc, NULL, "R", &root) == 1)
			for (; xmltext_next(&root, after, "S", &one) == 1;
				last = one, after = &last)
				(void)r53set_take(&one, &out);
		(void)r53set_settle(&out);
	}
	rrsets_fini(&out);
	free(text);
	return 0;
}
