#ifndef HTTPSERVER_H
#define HTTPSERVER_H

/*
 * A little HTTP server for tests, in a child process. The test that includes
 * it defines serve(), which answers one request, of ${head} bytes of headers in
 * ${text} (ended by a NUL) and a body; false closes the connection.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"

static bool serve(
	int fd, const char *text, size_t head, const char *body, size_t n);

/* in the child */
static unsigned served, connections;

struct peer {
	int fd;
	struct buf in;
};

static void
say(int fd, const char *text)
{
	(void)fd_write_all(fd, text, strlen(text));
}

static void
answer(int fd, const char *headers, const char *body, size_t n)
{
	struct buf b = BUF_INIT;

	(void)buf_printf(&b, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n",
		headers, n);
	(void)buf_append(&b, body, n);
	(void)fd_write_all(fd, b.data, b.len);
	buf_fini(&b);
}

static size_t
content_length(const char *head)
{
	const char *p = strstr(head, "\r\nContent-Length:");

	return p != NULL ? strtoul(p + 17, NULL, 10) : 0;
}

/* What can be answered of what has come. false: close. */
static bool
talk(struct peer *p)
{
	const char *end;
	size_t head, n;

	while (p->in.len > 0 &&
		(end = strstr(p->in.data, "\r\n\r\n")) != NULL) {
		bool go_on;

		head = (size_t)(end - p->in.data) + 4;
		n = content_length(p->in.data);
		if (p->in.len < head + n)
			return true;
		served++;
		go_on = serve(p->fd, p->in.data, head, p->in.data + head, n);
		buf_drop(&p->in, head + n);
		if (!go_on)
			return false;
	}
	return true;
}

static void
server(int listener)
{
	enum { MAX = 32 };
	struct peer peer[MAX];
	struct pollfd fds[MAX + 1];
	static char p[1 << 16];
	unsigned n = 0, i;
	ssize_t got;

	for (;;) {
		fds[0] = (struct pollfd){listener, POLLIN, 0};
		for (i = 0; i < n; i++)
			fds[i + 1] = (struct pollfd){peer[i].fd, POLLIN, 0};
		if (poll(fds, n + 1, -1) == -1)
			_exit(1);
		for (i = 0; i < n; i++) {
			if (fds[i + 1].revents == 0)
				continue;
			got = read(peer[i].fd, p, sizeof(p));
			if (got > 0)
				(void)buf_append(&peer[i].in, p, (size_t)got);
			if (got <= 0 || !talk(&peer[i])) {
				close(peer[i].fd);
				buf_fini(&peer[i].in);
				peer[i] = peer[--n];
				break; /* poll anew: the order has changed */
			}
		}
		if (i == n && fds[0].revents != 0 && n < MAX) {
			peer[n].fd = accept(listener, NULL, NULL);
			buf_init(&peer[n].in);
			connections++;
			n++;
		}
	}
}

static int
listen_any(unsigned *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
		listen(fd, 64) == -1 ||
		getsockname(fd, (struct sockaddr *)&a, &len) == -1)
		return -1;
	*port = ntohs(a.sin_port);
	return fd;
}

static pid_t
start_server(unsigned *port)
{
	int fd = listen_any(port);
	pid_t pid = fork();

	if (pid == 0)
		server(fd);
	close(fd);
	return pid;
}

#endif
