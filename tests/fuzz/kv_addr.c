/* A URL that may be none: its parts are sound, and the password is nowhere
 * but in its place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kvaddr.h"
#include "mem.h"
#include "msg.h"
#include "secret.h"

static void
drop(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *url = mem_dup(data, n);
	struct kvaddr *a;

	msg_set_sink(drop, NULL);
	if (url && kvaddr_parse(url, "source", &a) == 0) {
		if (!*kvaddr_host(a) || !*kvaddr_port(a) || kvaddr_db(a) < -1)
			abort();
		if (strncmp(kvaddr_identity(a), "redis", 5) != 0 ||
			strchr(kvaddr_identity(a), '\n'))
			abort();
		if (kvaddr_password(a) && secret_len(kvaddr_password(a)) > n)
			abort();
		kvaddr_free(a);
	}
	free(url);
	return 0;
}
