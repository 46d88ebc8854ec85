#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "tmpfile.h"

/* Linux's, which POSIX does not have */
#if !defined(O_TMPFILE) && defined(__O_TMPFILE)
#define O_TMPFILE __O_TMPFILE
#endif

struct tmpfile {
	char *path, *temp;
	int fd;
	bool is_nameless; /* not on the list of those to be removed */
	pid_t owner;
	struct tmpfile *volatile next;
};

/* The open ones, for exit and signals: the one piece of state here. */
static struct tmpfile *volatile open_files;
static volatile sig_atomic_t is_armed;

/* Only the process that made a file removes it, not its forked children. */
static void
remove_all(void)
{
	struct tmpfile *t;

	for (t = open_files; t; t = t->next)
		if (t->owner == getpid())
			unlink(t->temp);
}

static void
on_signal(int sig)
{
	remove_all();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
arm(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction act, old;
	size_t i;

	if (is_armed)
		return;
	is_armed = 1;
	atexit(remove_all);
	memset(&act, 0, sizeof(act));
	act.sa_handler = on_signal;
	sigemptyset(&act.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &old) == 0 &&
			old.sa_handler == SIG_DFL)
			sigaction(signals[i], &act, NULL);
}

static void
block(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, old);
}

/* Makes the file and puts it on the list, with no signal in between. */
static int
create(struct tmpfile *t)
{
	sigset_t old;
	int saved;

	block(&old);
	if ((t->fd = mkstemp(t->temp)) >= 0) {
		t->next = open_files;
		open_files = t;
	}
	saved = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = saved;
	return t->fd < 0 ? -1 : 0;
}

/* Renaming over a device or a pipe would destroy it. */
static int
check_target(const char *path)
{
	struct stat st;

	if (stat(path, &st) || S_ISREG(st.st_mode))
		return 0;
	msg_error("%s: not a regular file: it cannot be replaced", path);
	return -1;
}

static void
unlink_from(struct tmpfile *t)
{
	struct tmpfile *volatile *at;
	sigset_t old;

	block(&old);
	for (at = &open_files; *at; at = &(*at)->next)
		if (*at == t) {
			*at = t->next;
			break;
		}
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void
free_tmpfile(struct tmpfile *t)
{
	if (t->fd >= 0)
		close(t->fd);
	free(t->path);
	free(t->temp);
	free(t);
}

/* A file that has no name yet where the system can do that. 0 or -1. */
static int
create_nameless(struct tmpfile *t)
{
#ifdef O_TMPFILE
	char *folder = tmpfile_folder(t->path);

	if (folder != NULL)
		t->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	free(folder);
#endif
	t->is_nameless = t->fd >= 0;
	return t->is_nameless ? 0 : -1;
}

/* Its temporary name, for the moment before it gets its own. 0 or -1. */
static int
give_name(struct tmpfile *t)
{
	enum { TRIES = 100 };
	struct buf own = BUF_INIT;
	size_t len = strlen(t->temp);
	sigset_t old;
	int i, rc = -1;

	if (buf_printf(&own, "/proc/self/fd/%d", t->fd) == -1)
		return -1;
	block(&old);
	for (i = 0; rc == -1 && i < TRIES; i++) {
		snprintf(t->temp + len - 6, 7, "%02d%04x", i,
			(unsigned)t->owner & 0xffff);
		rc = linkat(AT_FDCWD, own.data, AT_FDCWD, t->temp,
			AT_SYMLINK_FOLLOW);
		if (rc == -1 && errno != EEXIST)
			break;
	}
	if (rc == 0) {
		t->is_nameless = false;
		t->next = open_files;
		open_files = t;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	buf_fini(&own);
	return rc;
}

static struct tmpfile *
open_one(const char *path, unsigned mode, bool nameless)
{
	const char *slash = strrchr(path, '/');
	int dir = slash ? (int)(slash - path + 1) : 0;
	struct buf name = BUF_INIT;
	struct tmpfile *t;

	if (check_target(path))
		return NULL;
	if (!(t = mem_zalloc(1, sizeof(*t))) || !(t->path = mem_strdup(path)))
		goto nomem;
	t->fd = -1;
	t->owner = getpid();
	if (buf_printf(&name, "%.*s.%s.XXXXXX", dir, path, path + dir) ||
		!(t->temp = buf_steal(&name)))
		goto nomem;
	arm();
	if ((!nameless || create_nameless(t)) && create(t)) {
		msg_errno("%s: cannot create a file beside it", path);
		goto err;
	}
	if (fd_cloexec(t->fd) || fchmod(t->fd, (mode_t)mode)) {
		msg_errno("%s", t->temp);
		tmpfile_abort(t);
		return NULL;
	}
	return t;

nomem:
	msg_errno("%s", path);
err:
	buf_fini(&name);
	if (t) {
		if (!t->temp)
			t->fd = -1;
		free_tmpfile(t);
	}
	return NULL;
}

struct tmpfile *
tmpfile_open(const char *path, unsigned mode)
{
	return open_one(path, mode, false);
}

struct tmpfile *
tmpfile_open_nameless(const char *path, unsigned mode)
{
	return open_one(path, mode, true);
}

int
tmpfile_fd(const struct tmpfile *t)
{
	return t->fd;
}

const char *
tmpfile_name(const struct tmpfile *t)
{
	return t->temp;
}

void
tmpfile_sync_folder(const char *path)
{
	char *dir = tmpfile_folder(path);
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(dir);
}

int
tmpfile_commit(struct tmpfile *t)
{
	int rc = -1;

	if (fsync(t->fd)) {
		msg_errno("%s: cannot be written", t->path);
		goto out;
	}
	if (t->is_nameless && give_name(t)) {
		msg_errno("%s: cannot be named", t->path);
		goto out;
	}
	if (close(t->fd)) {
		t->fd = -1;
		msg_errno("%s: cannot be written", t->path);
		goto out;
	}
	t->fd = -1;
	if (rename(t->temp, t->path)) {
		msg_errno("%s: cannot be renamed into place", t->path);
		goto out;
	}
	tmpfile_sync_folder(t->path);
	rc = 0;
out:
	if (rc && !t->is_nameless)
		unlink(t->temp);
	unlink_from(t);
	free_tmpfile(t);
	return rc;
}

void
tmpfile_abort(struct tmpfile *t)
{
	if (!t)
		return;
	if (!t->is_nameless)
		unlink(t->temp);
	unlink_from(t);
	free_tmpfile(t);
}

int
tmpfile_write(const char *path, unsigned mode, const void *p, size_t n)
{
	struct tmpfile *t = tmpfile_open(path, mode);

	if (t == NULL)
		return -1;
	if (fd_write_all(tmpfile_fd(t), p, n) == -1) {
		msg_errno("%s", path);
		tmpfile_abort(t);
		return -1;
	}
	return tmpfile_commit(t);
}

char *
tmpfile_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return mem_strdup(".");
	return mem_dup(path, slash == path ? 1 : (size_t)(slash - path));
}
