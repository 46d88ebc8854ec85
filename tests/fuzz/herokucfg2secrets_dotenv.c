/* A .env file: whatever it holds, reading it must neither crash nor hang. */
#include <stddef.h>
#include <stdint.h>

#include "dotenv.h"
#include "msg.h"
#include "oldhost.h"
#include "varlist.h"

static void
quiet(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
found(void *ctx, const char *host, bool is_url)
{
	(void)ctx;
	(void)is_url;
	if (strpbrk(host, ":@/?# "))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct varlist l = VARLIST_INIT;
	const char *text = (const char *)data;
	size_t i;

	msg_set_sink(quiet, NULL);
	if (dotenv_read("in", text, size, &l) == 0)
		for (i = 0; i < l.n; i++)
			(void)oldhost_scan(buf_str(&l.v[i].value),
				l.v[i].value.len, found, NULL);
	varlist_fini(&l);
	return 0;
}
