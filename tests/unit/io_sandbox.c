#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "msg.h"
#include "sandbox.h"
#include "t.h"
#include "tmpfile.h"

static char dir[] = "/tmp/io_sandbox.XXXXXX";
static char target[64], before[64];

#if defined(__SANITIZE_ADDRESS__)
#define OFF 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OFF 1
#endif
#endif
#if !defined(__linux__) || !(defined(__x86_64__) || defined(__aarch64__))
#define OFF 1
#endif

/* Runs ${probe} in a child; what it returns, -1 if it crashed. */
static int
in_child(int is_sandboxed, const char *write_dir, int (*probe)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		if (is_sandboxed)
			sandbox_parse_only(write_dir);
		_exit(probe());
	}
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
inside(const char *write_dir, int (*probe)(void))
{
	return in_child(1, write_dir, probe);
}

static int
opens_passwd(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno;
}

static int
lists_root(void)
{
	return open("/", O_RDONLY | O_DIRECTORY) >= 0 ? 0 : errno;
}

static int
makes_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

#ifndef OFF
static int
makes_file(void)
{
	return open(target, O_WRONLY | O_CREAT, 0600) >= 0 ? 0 : errno;
}

static int
makes_file_elsewhere(void)
{
	return open("/tmp/io_sandbox.no", O_WRONLY | O_CREAT, 0600) >= 0
		       ? 0
		       : errno;
}

static int
truncates(void)
{
	return truncate(before, 0) == 0 ? 0 : errno;
}

static int
removes(void)
{
	return unlink(before) == 0 ? 0 : errno;
}

static int
makes_pair(void)
{
	int p[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, p) == 0 ? 0 : errno;
}

static int
executes(void)
{
	char name[] = "/bin/true";
	char *argv[] = {name, NULL};

	execv(name, argv);
	return errno;
}

static int
sets_up_io_uring(void)
{
	char params[256] = {0};

	return syscall(425, 1, params) >= 0 ? 0 : errno;
}

static int
traces(void)
{
	return syscall(SYS_ptrace, 0, 0, 0, 0) >= 0 ? 0 : errno;
}
#endif

#if !defined(OFF) && defined(__x86_64__)
/* socket(2) by the number of the x32 calls. */
static int
makes_x32_socket(void)
{
	return syscall(0x40000000 | SYS_socket, AF_INET, SOCK_STREAM, 0) >= 0
		       ? 0
		       : errno;
}

/* getpid(2) by the gate of 32-bit programs. */
static int
calls_32_bit(void)
{
	long rc;

	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(20L) : "memory");
	return rc < 0 ? (int)-rc : 0;
}
#endif

static int
works_on(void)
{
	int p[2], fd = dup(1);
	char c = 0;
	char *m = malloc(1 << 22);

	if (fd < 0 || !m || pipe(p))
		return 1;
	memset(m, 1, 1 << 22);
	free(m);
	if (write(p[1], "x", 1) != 1 || read(p[0], &c, 1) != 1 || c != 'x')
		return 2;
	return 0;
}

/* What runs at exit, a leak check included, must still work. */
static int
ends_normally(void)
{
	exit(0);
}

static int
writes_output(void)
{
	struct tmpfile *t = tmpfile_open(target, 0600);

	if (!t || fd_write_all(tmpfile_fd(t), "x", 1))
		return 1;
	return tmpfile_commit(t) ? 2 : 0;
}

#ifdef OFF
static void
test_off(void)
{
	T_INT(inside(NULL, opens_passwd), 0, "off here: files are opened");
	T_INT(inside(NULL, lists_root), 0, "folders are listed");
	T_INT(inside(NULL, makes_socket), 0, "sockets are made");
}
#else
static void
skip(const char *what)
{
	printf("ok %d - %s # SKIP not on this system\n", ++t_count, what);
}

static void
test_files(void)
{
	long version = syscall(444, NULL, 0, 1);

	if (version < 1) {
		skip("files cannot be opened");
		return;
	}
	T_INT(inside(NULL, opens_passwd), EACCES, "no file is opened");
	T_INT(inside(NULL, lists_root), EACCES, "no folder is listed");
	T_INT(inside(NULL, makes_file), EACCES, "no file is made");
	T_INT(inside(NULL, removes), EACCES, "no file is removed");
	if (version >= 3)
		T_INT(inside(NULL, truncates), EACCES, "none is truncated");
	else
		skip("none is truncated");
	T_INT(inside(dir, opens_passwd), EACCES, "nor outside the folder");
	T_INT(inside(dir, makes_file_elsewhere), EACCES, "none made there");
}

static void
test_calls(void)
{
	T_INT(inside(NULL, makes_socket), EPERM, "no socket");
	T_INT(inside(NULL, makes_pair), EPERM, "no pair of sockets");
	T_INT(inside(NULL, executes), EPERM, "no program is started");
	T_INT(inside(NULL, traces), EPERM, "no tracing");
	T_INT(inside(NULL, sets_up_io_uring), EPERM, "no io_uring");
#if defined(__x86_64__)
	T_INT(inside(NULL, makes_x32_socket), EPERM, "no x32 calls");
	if (in_child(0, NULL, calls_32_bit) == 0)
		T_INT(inside(NULL, calls_32_bit), EPERM, "no 32-bit calls");
	else
		skip("no 32-bit calls");
#endif
}
#endif

int
main(void)
{
	int fd;

	T_BEGIN();
	T_OK(mkdtemp(dir) != NULL, "a folder of our own");
	snprintf(target, sizeof(target), "%s/out", dir);
	snprintf(before, sizeof(before), "%s/before", dir);
	fd = open(before, O_WRONLY | O_CREAT, 0600);
	T_INT(fd_write_all(fd, "kept", 4), 0, "with a file");
	close(fd);
	T_INT(opens_passwd(), 0, "outside: a file");
	T_INT(makes_socket(), 0, "outside: a socket");
#ifdef OFF
	test_off();
#else
	test_files();
	test_calls();
#endif
	T_INT(inside(NULL, works_on), 0, "open descriptors and memory work");
	T_INT(inside(NULL, ends_normally), 0, "it ends normally");
	T_INT(inside(dir, writes_output), 0, "output into the folder works");
	T_INT(access(target, F_OK), 0, "and is there");
	T_INT(inside("/no/such/folder", works_on), 0, "a missing folder");
	unlink(target);
	unlink(before);
	T_INT(rmdir(dir), 0, "clean");
	return T_END();
}
