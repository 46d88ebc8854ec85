/* Whatever a server answers: an answer within the limits or an error, once, and
 * no byte outside of it. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "http.h"
#include "msg.h"

enum { MAX_HEADER = 4096, MAX_BODY = 8192 };

static int listener = -1;
static char url[64];

struct seen {
	int done;
	size_t headers;
};

static void
drop(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

static void
listen_once(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&a, len) ||
		listen(listener, 16) ||
		getsockname(listener, (struct sockaddr *)&a, &len) ||
		fcntl(listener, F_SETFL, O_NONBLOCK))
		abort();
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", ntohs(a.sin_port));
}

static void
on_header(void *ctx, const char *name, const char *value)
{
	struct seen *s = ctx;
	const char *p;

	s->headers += strlen(name) + strlen(value);
	if (strpbrk(value, "\r\n") != NULL)
		abort();
	for (p = name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			abort();
}

static void
on_done(void *ctx, const struct http_answer *a)
{
	struct seen *s = ctx;

	if (s->done++ > 0 || a->received > MAX_BODY + 65536 ||
		(a->error != HTTP_OK && (a->what == NULL || *a->what == '\0')))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct seen s = {0, 0};
	struct buf into = BUF_INIT;
	struct http_request r = {.method = n % 2 ? "GET" : "HEAD",
		.url = url,
		.max_header = MAX_HEADER,
		.max_body = MAX_BODY,
		.stall_seconds = 2,
		.into = &into,
		.header = on_header,
		.done = on_done,
		.ctx = &s};
	struct linger now = {1, 0};
	struct http *h;
	int fd;

	if (listener == -1)
		listen_once();
	msg_set_sink(drop, NULL);
	h = http_new(clock_system());
	if (h == NULL || http_start(h, &r) == NULL)
		abort();
	while (s.done == 0) {
		if (http_poll(h, 0.001, NULL, 0) < 0)
			abort();
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		(void)!write(fd, data, n);
		/* no TIME-WAIT for each of a million inputs, but the data must
		 * have arrived */
		while (s.done == 0 && http_poll(h, 0, NULL, 0) > 0) {
			char c;

			if (recv(fd, &c, 1, MSG_DONTWAIT) == 1 &&
				shutdown(fd, SHUT_WR))
				break;
		}
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(fd);
	}
	if (into.len > MAX_BODY)
		abort();
	http_free(h);
	buf_fini(&into);
	return 0;
}
