/* Bytes that may be a tar archive: no member that leads out comes through. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	if (!f || fwrite(data, 1, n, f) != n || fflush(f) ||
		lseek(fileno(f), 0, SEEK_SET) < 0)
		abort();
	if (tarball_open(fileno(f), "fuzz", &r) == 0) {
		while (total < 1 << 20 && tarball_next(r, &e) > 0) {
			total += 512;
			if (!*e.name || *e.name == '/' ||
				strncmp(e.name, "../", 3) == 0 ||
				strstr(e.name, "/../") || e.size < 0)
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
