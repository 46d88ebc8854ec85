/* Any bytes as what fly certs check writes. */
#include <stddef.h>
#include <stdint.h>

#include "flycert.h"
#include "msg.h"

static void
sink(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct flycerts list = {NULL, 0};

	msg_set_sink(sink, NULL);
	(void)flycert_parse("input", (const char *)data, n, &list);
	flycert_fini(&list);
	return 0;
}
