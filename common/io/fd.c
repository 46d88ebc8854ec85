#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "msg.h"

int
fd_read_all(int fd, size_t max, struct buf *b)
{
	size_t total = 0;

	for (;;) {
		size_t want = 65536;
		ssize_t n;

		/* one byte more than allowed tells that there is more */
		if (want > max - total)
			want = max - total + 1;
		if (buf_reserve(b, want))
			return -1;
		n = read(fd, b->data + b->len, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		b->len += (size_t)n;
		total += (size_t)n;
		if (total > max) {
			errno = EFBIG;
			return -1;
		}
	}
	b->data[b->len] = '\0';
	return 0;
}

int
fd_read_file(const char *path, size_t max, struct buf *b)
{
	int fd, rc, saved;

	if (strcmp(path, "-") == 0)
		return fd_read_all(STDIN_FILENO, max, b);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return -1;
	rc = fd_read_all(fd, max, b);
	saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

int
fd_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0) {
		ssize_t w = write(fd, at, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		at += w;
		n -= (size_t)w;
	}
	return 0;
}

int
fd_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags < 0 ? -1 : fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
}

int
fd_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
fd_close_stdout(void)
{
	int failed = ferror(stdout);

	errno = 0;
	if (fflush(stdout))
		failed = 1;
	/* close(2) reports what a network file system could not store */
	if (close(STDOUT_FILENO) && errno != EBADF)
		failed = 1;
	if (!failed)
		return 0;
	if (errno)
		msg_errno("standard output: write failed");
	else
		msg_error("standard output: write failed");
	return -1;
}

void
fd_sanitize(void)
{
	struct sigaction ignore;
	int fd;

	umask(077);
	/* a standard output that was closed takes nothing: what is written
	 * there would be lost, and the program end well */
	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY);
	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
}
