#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "env.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "t.h"

static char said[512];

static void
hear(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

/* A file of ${n} bytes that has no name any more. */
static int
file_of(size_t n)
{
	char name[] = "/tmp/io_fd.XXXXXX";
	int fd = mkstemp(name);
	struct buf b = BUF_INIT;

	if (fd < 0)
		return -1;
	unlink(name);
	while (b.len < n)
		(void)buf_putc(&b, 'a' + (int)(b.len % 26));
	if (fd_write_all(fd, b.data, b.len) || lseek(fd, 0, SEEK_SET) < 0) {
		close(fd);
		fd = -1;
	}
	buf_fini(&b);
	return fd;
}

static void
test_read(void)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000};
	struct buf b = BUF_INIT;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i];

		buf_clear(&b);
		(void)buf_puts(&b, "x");
		fd = file_of(n);
		T_OK(fd_read_all(fd, n, &b) == 0 && b.len == n + 1 &&
				b.data[0] == 'x' && b.data[b.len] == '\0',
			"%zu bytes, just as many allowed", n);
		(void)lseek(fd, 0, SEEK_SET);
		buf_clear(&b);
		T_OK(fd_read_all(fd, SIZE_MAX, &b) == 0 && b.len == n,
			"%zu bytes, no bound", n);
		(void)lseek(fd, 0, SEEK_SET);
		buf_clear(&b);
		errno = 0;
		if (n)
			T_OK(fd_read_all(fd, n - 1, &b) == -1 && errno == EFBIG,
				"%zu bytes, one less allowed", n);
		close(fd);
	}
	T_OK(fd_read_all(-1, 10, &b) == -1 && errno == EBADF, "no descriptor");
	T_OK(fd_read_file("/no/such/file", 10, &b) == -1 && errno == ENOENT,
		"no file");
	T_OK(fd_read_file("/", 10, &b) == -1 && errno == EISDIR, "a folder");
	buf_fini(&b);
	fd = file_of(100000);
	T_ALLOC_LOOP(100, {
		struct buf a = BUF_INIT;

		(void)lseek(fd, 0, SEEK_SET);
		(void)fd_read_all(fd, 1 << 20, &a);
		buf_fini(&a);
	});
	close(fd);
}

static void
test_stdin(void)
{
	int fd = file_of(3), saved = dup(0);
	struct buf b = BUF_INIT;

	dup2(fd, 0);
	T_OK(fd_read_file("-", 10, &b) == 0 && strcmp(b.data, "abc") == 0,
		"\"-\" is standard input");
	dup2(saved, 0);
	close(saved);
	close(fd);
	buf_fini(&b);
}

static void
test_flags(void)
{
	int p[2];

	if (pipe(p)) {
		T_OK(0, "a pipe");
		return;
	}
	T_OK(fd_cloexec(p[0]) == 0 && (fcntl(p[0], F_GETFD) & FD_CLOEXEC),
		"close-on-exec");
	T_OK(fd_nonblock(p[0]) == 0 && (fcntl(p[0], F_GETFL) & O_NONBLOCK),
		"non-blocking");
	T_INT(fd_cloexec(-1), -1, "not on no descriptor");
	T_INT(fd_nonblock(-1), -1, "neither");
	close(p[0]);
	T_OK(fd_write_all(p[1], "x", 1) == -1 && errno == EPIPE,
		"nobody reads: an error, not a signal");
	close(p[1]);
	T_OK(fd_write_all(-1, "x", 1) == -1 && errno == EBADF,
		"nothing to write to");
	T_INT(fd_write_all(-1, "x", 0), 0, "nothing to write");
}

/* In a child: how it fares with standard output at ${path}. */
static int
close_stdout_on(const char *path, size_t n)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		int fd = open(path, O_WRONLY);

		if (fd < 0)
			_exit(9);
		dup2(fd, 1);
		while (n--)
			putchar('x');
		said[0] = '\0';
		if (fd_close_stdout() == 0)
			_exit(0);
		_exit(strstr(said, "standard output") ? 1 : 2);
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_close_stdout(void)
{
	T_INT(close_stdout_on("/dev/null", 10), 0, "output that is kept");
	if (access("/dev/full", W_OK)) {
		printf("ok %d - output that is lost # SKIP no /dev/full\n",
			++t_count);
		return;
	}
	T_INT(close_stdout_on("/dev/full", 10), 1, "a little that is lost");
	T_INT(close_stdout_on("/dev/full", 100000), 1, "much that is lost");
}

static int
sanitize_child(void)
{
	struct sigaction act;
	struct stat st;
	int fd;

	for (fd = 0; fd <= 2; fd++)
		close(fd);
	fd_sanitize();
	for (fd = 0; fd <= 2; fd++)
		if (fstat(fd, &st) || !S_ISCHR(st.st_mode))
			return 1;
	if (write(STDOUT_FILENO, "x", 1) != -1)
		return 5; /* lost, and nobody told */
	/* what is opened next must not become a standard descriptor */
	if (open("/dev/null", O_RDONLY) < 3)
		return 2;
	if (sigaction(SIGPIPE, NULL, &act) || act.sa_handler != SIG_IGN)
		return 3;
	return umask(0) == 077 ? 0 : 4;
}

static void
test_sanitize(void)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0)
		_exit(sanitize_child());
	(void)waitpid(pid, &status, 0);
	T_OK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		"closed standard descriptors are opened");
}

static void
test_env(void)
{
	struct env e;

	env_system(&e);
	T_OK(e.in == 0 && e.out == 1 && e.argc == 0, "the system's seams");
	T_STR(e.in_name, "stdin", "the name of the input");
	T_OK(e.clock == clock_system(), "its clock");
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(hear, NULL);
	signal(SIGPIPE, SIG_IGN);
	test_read();
	test_stdin();
	test_flags();
	test_close_stdout();
	test_sanitize();
	test_env();
	return T_END();
}
