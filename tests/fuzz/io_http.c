/*
 * Any bytes as what a server answers: the request ends, with an answer or with
 * a reason, within the limits that were set.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "fd.h"
#include "http.h"

enum { MAX_BODY = 1000 };

static struct http *h;
static int listener;
static char url[64];

static void
demand(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "io_http: %s\n", what);
	abort();
}

static void
set_up(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	demand(bind(listener, (struct sockaddr *)&a, sizeof(a)) == 0 &&
			listen(listener, 16) == 0 &&
			getsockname(listener, (struct sockaddr *)&a, &len) == 0,
		"a server");
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
		(unsigned)ntohs(a.sin_port));
	(void)fd_nonblock(listener);
	fd_sanitize();
	h = http_new(clock_system());
	demand(h != NULL, "memory");
}

static void
on_header(void *ctx, const char *name, const char *value)
{
	(void)ctx;
	demand(strpbrk(name, "\r\nABC:") == NULL, "a name in lower case");
	demand(strpbrk(value, "\r\n") == NULL, "one line");
}

static void
on_done(void *ctx, const struct http_answer *a)
{
	demand(a->error != HTTP_OK || a->status >= 200, "a status");
	demand(a->error == HTTP_OK || *a->what != '\0', "a reason");
	*(int *)ctx = 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf body = BUF_INIT;
	int over = 0, fd = -1, tries;
	struct http_request r = {.method = "GET",
		.url = url,
		.into = &body,
		.max_body = MAX_BODY,
		.header = on_header,
		.done = on_done,
		.ctx = &over};

	if (h == NULL)
		set_up();
	demand(http_start(h, &r) != NULL, "a start");
	for (tries = 0; tries < 1000 && !over; tries++) {
		(void)http_poll(h, 0.01, NULL, 0);
		if (fd != -1 || (fd = accept(listener, NULL, NULL)) == -1)
			continue;
		(void)fd_write_all(fd, data, size);
		(void)shutdown(fd, SHUT_WR);
	}
	demand(over, "an end");
	demand(body.len <= MAX_BODY, "a limit");
	buf_fini(&body);
	/* a server that was asked twice, as the first did not answer */
	if (fd != -1)
		close(fd);
	while ((fd = accept(listener, NULL, NULL)) != -1)
		close(fd);
	return 0;
}
