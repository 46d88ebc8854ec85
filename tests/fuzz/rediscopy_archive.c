/* An archive that may be none, and values that may be none behind a head that
 * is right: restore --check-only says yes or no, and nothing else. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "env.h"
#include "keyarchive.h"
#include "msg.h"
#include "rediscopy.h"
#include "status.h"

static void
drop(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static int
check(FILE *f)
{
	const struct rediscopy_options o = {
		.policy = "fail", .only_check = true};
	struct env e;

	env_system(&e);
	e.in = fileno(f);
	e.in_name = "fuzz";
	if (lseek(e.in, 0, SEEK_SET) < 0)
		abort();
	return restore_run(&o, &e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char head[] =
		"{\"type\":\"keys.archive\",\"version\":1,\"id\":\"0\"}\n";
	struct keyarchive_out *out;
	struct buf b = BUF_INIT, h = BUF_INIT;
	FILE *f;
	int rc;

	if (n == 0)
		return 0;
	f = tmpfile();
	msg_set_sink(drop, NULL);
	if (!f)
		abort();
	if (data[0] & 1) {
		if (fwrite(data, 1, n, f) != n || fflush(f))
			abort();
	} else {
		if (buf_puts(&h, head) || buf_append(&b, data + 1, n - 1) ||
			keyarchive_create(fileno(f), "fuzz", 1, &h, &out) ||
			keyarchive_add(out, &b) || keyarchive_finish(out, 1))
			abort();
	}
	rc = check(f);
	if (rc != STATUS_OK && rc != STATUS_MISUSE)
		abort();
	fclose(f);
	buf_fini(&b);
	buf_fini(&h);
	return 0;
}
