#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "dnsaddr.h"
#include "dnstcp.h"
#include "fd.h"

static int
wait_for(int fd, short events, double deadline)
{
	struct pollfd p = {fd, events, 0};
	double left;
	int rc;

	do {
		left = deadline - clock_mono(clock_system());
		rc = poll(&p, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
	} while (rc == -1 && errno == EINTR);
	if (rc == 0)
		errno = ETIMEDOUT;
	return rc > 0 ? 0 : -1;
}

int
dnstcp_open(const struct dnsaddr *a, double deadline)
{
	int fd = socket(a->sa.ss_family, SOCK_STREAM, 0), e = 0;
	socklen_t len = sizeof(e);

	if (fd == -1)
		return -1;
	if (fd_cloexec(fd) == -1 || fd_nonblock(fd) == -1)
		goto err;
	if (connect(fd, (const struct sockaddr *)&a->sa, a->len) == -1) {
		if (errno != EINPROGRESS ||
			wait_for(fd, POLLOUT, deadline) == -1 ||
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len) == -1)
			goto err;
		if (e != 0) {
			errno = e;
			goto err;
		}
	}
	return fd;

err:
	e = errno;
	close(fd);
	errno = e;
	return -1;
}

int
dnstcp_send(int fd, const void *p, size_t n, double deadline)
{
	struct buf b = BUF_INIT;
	size_t sent = 0;
	ssize_t k;
	int rc = -1, e;

	if (n > 65535) {
		errno = EMSGSIZE;
		return -1;
	}
	if (buf_putc(&b, (int)(n >> 8)) == -1 ||
		buf_putc(&b, (int)(n & 255)) == -1 ||
		buf_append(&b, p, n) == -1)
		goto end;
	while (sent < b.len) {
		k = send(fd, b.data + sent, b.len - sent, MSG_NOSIGNAL);
		if (k > 0)
			sent += (size_t)k;
		else if (k == -1 && errno != EAGAIN && errno != EINTR)
			goto end;
		else if (wait_for(fd, POLLOUT, deadline) == -1)
			goto end;
	}
	rc = 0;

end:
	e = errno;
	buf_fini(&b);
	errno = e;
	return rc;
}

/* Appends exactly ${n} bytes. */
static int
receive(int fd, struct buf *b, size_t n, double deadline)
{
	ssize_t k;

	if (buf_reserve(b, n) == -1)
		return -1;
	while (n > 0) {
		k = recv(fd, b->data + b->len, n, 0);
		if (k > 0) {
			b->len += (size_t)k;
			n -= (size_t)k;
		} else if (k == 0) {
			errno = ECONNRESET;
			return -1;
		} else if (errno != EAGAIN && errno != EINTR) {
			return -1;
		} else if (wait_for(fd, POLLIN, deadline) == -1) {
			return -1;
		}
	}
	return 0;
}

int
dnstcp_receive(int fd, struct buf *b, double deadline)
{
	size_t n;

	buf_clear(b);
	if (receive(fd, b, 2, deadline) == -1)
		return -1;
	n = (size_t)(unsigned char)b->data[0] << 8 | (unsigned char)b->data[1];
	buf_clear(b);
	return receive(fd, b, n, deadline);
}
