#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "t.h"
#include "tmpfile.h"

static char said[512];
static char dir[] = "/tmp/io_tmpfile.XXXXXX";
static char target[64];

static void
hear(void *ctx, const char *line)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", line);
}

/* How many files the folder holds. */
static int
files(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += strcmp(e->d_name, ".") != 0 &&
		     strcmp(e->d_name, "..") != 0;
	if (d)
		closedir(d);
	return n;
}

static const char *
contents(void)
{
	static char text[1001];
	struct buf b = BUF_INIT;
	int rc = fd_read_file(target, 1000, &b);

	snprintf(text, sizeof(text), "%s", rc ? "(none)" : buf_str(&b));
	buf_fini(&b);
	return text;
}

static void
test_commit(void)
{
	struct tmpfile *t = tmpfile_open(target, 0640);
	struct stat st = {0};

	T_OK(t != NULL, "a new file");
	T_OK(fcntl(tmpfile_fd(t), F_GETFD) & FD_CLOEXEC, "close-on-exec");
	T_INT(fd_write_all(tmpfile_fd(t), "one", 3), 0, "written");
	T_STR(contents(), "(none)", "not seen yet");
	T_INT(access(tmpfile_name(t), F_OK), 0, "under its temporary name");
	T_INT(tmpfile_commit(t), 0, "committed");
	T_STR(contents(), "one", "seen whole");
	T_OK(stat(target, &st) == 0 && (st.st_mode & 07777) == 0640,
		"with its permissions");
	T_INT(files(), 1, "and nothing else");
	t = tmpfile_open(target, 0600);
	T_INT(fd_write_all(tmpfile_fd(t), "two", 3), 0, "written anew");
	T_STR(contents(), "one", "the old one stays so far");
	T_INT(tmpfile_commit(t), 0, "committed");
	T_STR(contents(), "two", "replaced");
	T_OK(stat(target, &st) == 0 && (st.st_mode & 07777) == 0600,
		"permissions too");
	t = tmpfile_open(target, 0600);
	(void)fd_write_all(tmpfile_fd(t), "three", 5);
	tmpfile_abort(t);
	T_STR(contents(), "two", "an aborted one changes nothing");
	T_INT(files(), 1, "and leaves nothing");
	tmpfile_abort(NULL);
}

static void
test_relative(void)
{
	char *before = realpath(".", NULL);
	struct tmpfile *t;

	T_INT(chdir(dir), 0, "a path without a folder");
	t = tmpfile_open("plain", 0600);
	T_OK(t && tmpfile_commit(t) == 0 && access("plain", F_OK) == 0,
		"is in the current one");
	unlink("plain");
	T_INT(before ? chdir(before) : -1, 0, "back");
	free(before);
}

static void
test_refused(void)
{
	struct tmpfile *t;
	char link[80], gone[80];

	T_OK(!tmpfile_open("/no/such/folder/x", 0600), "no folder");
	T_OK(strstr(said, "/no/such/folder/x: ") && strstr(said, "No such"),
		"is told");
	T_OK(!tmpfile_open("/dev/null", 0600), "a device is not replaced");
	T_OK(strstr(said, "/dev/null: not a regular file"), "is told");
	T_OK(!tmpfile_open(dir, 0600), "nor a folder");
	snprintf(link, sizeof(link), "%s/link", dir);
	T_INT(symlink("/dev/null", link), 0, "a link to a device");
	T_OK(!tmpfile_open(link, 0600), "is refused");
	unlink(link);
	T_INT(mkfifo(link, 0600), 0, "a pipe");
	T_OK(!tmpfile_open(link, 0600), "is refused");
	unlink(link);
	snprintf(gone, sizeof(gone), "%s/gone", dir);
	T_OK((t = tmpfile_open(gone, 0600)) != NULL, "a file whose target");
	T_INT(mkdir(gone, 0700), 0, "becomes a folder meanwhile");
	T_INT(tmpfile_commit(t), -1, "is not committed");
	T_OK(strstr(said, "renamed into place"), "is told");
	rmdir(gone);
	T_INT(files(), 1, "nothing is left of these");
}

enum end { BY_EXIT, BY_SIGNAL, BY_FORK };

/* A child with two open files that ends; its status. */
static int
child_status(enum end how, int sig)
{
	char other[80];
	int status = -1;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		snprintf(other, sizeof(other), "%s/other", dir);
		if (!tmpfile_open(target, 0600) || !tmpfile_open(other, 0600) ||
			files() != 3)
			_exit(9);
		if (how == BY_SIGNAL)
			raise(sig);
		if (how == BY_FORK) {
			pid = fork();
			if (pid == 0)
				exit(0);
			(void)waitpid(pid, &status, 0);
			_exit(files() == 3 ? 0 : 8);
		}
		exit(7);
	}
	(void)waitpid(pid, &status, 0);
	return status;
}

static void
test_ends(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	int status;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		status = child_status(BY_SIGNAL, signals[i]);
		T_OK(WIFSIGNALED(status) && WTERMSIG(status) == signals[i],
			"it dies of signal %d", signals[i]);
		T_INT(files(), 1, "and leaves nothing");
	}
	status = child_status(BY_EXIT, 0);
	T_OK(WIFEXITED(status) && WEXITSTATUS(status) == 7, "it exits");
	T_INT(files(), 1, "and leaves nothing");
	T_STR(contents(), "two", "the target is untouched");
	signal(SIGHUP, SIG_IGN);
	status = child_status(BY_SIGNAL, SIGHUP);
	T_OK(WIFEXITED(status) && WEXITSTATUS(status) == 7,
		"an ignored signal (nohup) stays ignored");
	signal(SIGHUP, SIG_DFL);
	status = child_status(BY_FORK, 0);
	T_OK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		"a forked child's exit removes nothing of its parent's");
}

static void
remove_rest(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' || strlen(e->d_name) > 2)
			(void)unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

static void
test_alloc(void)
{
	remove_rest();
	T_ALLOC_LOOP(100, {
		struct tmpfile *t = tmpfile_open(target, 0600);

		if (t)
			(void)tmpfile_commit(t);
	});
	T_INT(files(), 1, "no half-made file is left");
}

int
main(void)
{
	T_BEGIN();
	msg_set_sink(hear, NULL);
	T_OK(mkdtemp(dir) != NULL, "a folder of our own");
	snprintf(target, sizeof(target), "%s/out", dir);
	test_commit();
	test_relative();
	test_refused();
	test_ends();
	test_alloc();
	remove_rest();
	T_INT(rmdir(dir), 0, "clean");
	return T_END();
}
