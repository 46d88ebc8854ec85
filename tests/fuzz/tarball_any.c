/* Bytes that may be an archive of any format: names and links come as they
 * are, and nothing else happens. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "msg.h"
#include "tarball.h"

static void
drop(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct tarball_reader *r;
	struct tarball_entry e;
	char buf[4096];
	FILE *f = tmpfile();
	uint64_t total = 0;
	ssize_t got;

	msg_set_sink(drop, NULL);
	if (f == NULL || fwrite(data, 1, n, f) != n || fflush(f) ||
		lseek(fileno(f), 0, SEEK_SET) < 0)
		abort();
	if (tarball_open_any(fileno(f), "fuzz", &r) == 0) {
		while (total < 1 << 20 && tarball_next(r, &e) > 0) {
			total += 512;
			if (e.name == NULL || e.size < -1 ||
				((e.type == TARBALL_SYMLINK ||
					 e.type == TARBALL_HARDLINK) &&
					e.link == NULL))
				abort();
			while (total < 1 << 20 &&
				(got = tarball_read(r, buf, sizeof(buf))) > 0)
				total += (uint64_t)got;
		}
		tarball_close(r);
	}
	fclose(f);
	return 0;
}
