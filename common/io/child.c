#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "buf.h"
#include "child.h"
#include "fd.h"
#include "msg.h"

extern char **environ;

struct pipes {
	int ours[3], theirs[3];
};

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The descriptor that becomes number ${i} of the child. 0 or -1. */
static int
prepare(struct pipes *p, int i, int want)
{
	int fds[2];

	p->ours[i] = p->theirs[i] = -1;
	if (want == CHILD_PIPE) {
		if (pipe(fds))
			return -1;
		p->ours[i] = fds[i == 0];
		p->theirs[i] = fds[i != 0];
		if (fd_cloexec(fds[0]) || fd_cloexec(fds[1]))
			return -1;
	} else if (want == CHILD_NULL) {
		p->theirs[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (p->theirs[i] < 0)
			return -1;
	} else {
		/* a copy above 2, so that no dup2 below hits another */
		p->theirs[i] = fcntl(
			want == CHILD_INHERIT ? i : want, F_DUPFD_CLOEXEC, 3);
		if (p->theirs[i] < 0)
			return -1;
	}
	return 0;
}

/* In the child: runs the program or reports errno through ${report}. */
static void
become(const struct child_spec *spec, struct pipes *p, pid_t parent, int report)
{
	sigset_t none;
	int i, sig, e;

#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(111);
#else
	(void)parent;
#endif
	for (sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (i = 0; i < 3; i++)
		if (dup2(p->theirs[i], i) < 0)
			goto fail;
	for (i = 0; spec->env && spec->env[i]; i++)
		if (putenv((char *)(size_t)spec->env[i]))
			goto fail;
	execvp(spec->argv[0], (char *const *)(size_t)spec->argv);
fail:
	e = errno;
	(void)!write(report, &e, sizeof(e));
	_exit(127);
}

static void
close_pipes(struct pipes *p)
{
	int i;

	for (i = 0; i < 3; i++) {
		close_fd(&p->ours[i]);
		close_fd(&p->theirs[i]);
	}
}

int
child_start(const struct child_spec *spec, struct child *c)
{
	struct pipes p = {{-1, -1, -1}, {-1, -1, -1}};
	int report[2] = {-1, -1}, e = 0, i, status;
	const int want[3] = {spec->in, spec->out, spec->err};
	pid_t parent = getpid();
	ssize_t n;

	c->pid = -1;
	c->in = c->out = c->err = -1;
	for (i = 0; i < 3; i++)
		if (prepare(&p, i, want[i]))
			goto err;
	if (pipe(report) || fd_cloexec(report[0]) || fd_cloexec(report[1]))
		goto err;
	if ((c->pid = fork()) < 0)
		goto err;
	if (c->pid == 0)
		become(spec, &p, parent, report[1]);
	close_fd(&report[1]);
	do
		n = read(report[0], &e, sizeof(e));
	while (n < 0 && errno == EINTR);
	close_fd(&report[0]);
	if (n == sizeof(e)) {
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
		c->pid = -1;
		errno = e;
		goto err;
	}
	for (i = 0; i < 3; i++)
		close_fd(&p.theirs[i]);
	c->in = p.ours[0];
	c->out = p.ours[1];
	c->err = p.ours[2];
	return 0;

err:
	msg_errno("%s: cannot be run", spec->argv[0]);
	e = errno;
	close_fd(&report[0]);
	close_fd(&report[1]);
	close_pipes(&p);
	errno = e;
	return -1;
}

static void
close_ends(struct child *c)
{
	close_fd(&c->in);
	close_fd(&c->out);
	close_fd(&c->err);
}

int
child_wait(struct child *c, int *status)
{
	int st;

	close_ends(c);
	if (c->pid <= 0) {
		errno = ECHILD;
		return -1;
	}
	while (waitpid(c->pid, &st, 0) < 0)
		if (errno != EINTR)
			return -1;
	c->pid = -1;
	*status = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
	return 0;
}

void
child_kill(struct child *c)
{
	int status;

	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		(void)child_wait(c, &status);
	}
	close_ends(c);
}

/* What child_run moves between the child and the buffers. */
struct traffic {
	const struct child_spec *spec;
	struct child *c;
	const char *input;
	size_t left;
	struct buf *out, *err;
};

static int
take(int *fd, struct buf *b)
{
	char chunk[16384];
	ssize_t n = read(*fd, chunk, sizeof(chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	if (n == 0)
		close_fd(fd);
	else if (b && buf_append(b, chunk, (size_t)n))
		return -1;
	return 0;
}

static int
give(struct traffic *t)
{
	ssize_t n = 0;

	if (t->left)
		n = write(t->c->in, t->input, t->left);
	if (n < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return 0;
		/* the child does not want the rest */
		n = (ssize_t)t->left;
	}
	t->input += n;
	t->left -= (size_t)n;
	if (!t->left)
		close_fd(&t->c->in);
	return 0;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Milliseconds to wait at most; 0: the time is over. */
static int
patience(const struct traffic *t, double end)
{
	double left = end > 0 ? end - now() : 1000;

	if (left <= 0)
		return 0;
	if (t->spec->tick && left > 1)
		left = 1;
	if (end <= 0 && !t->spec->tick)
		return -1;
	return left < 1000 ? (int)(left * 1000) + 1 : 1000000;
}

/* Moves bytes until the child closed its output. 0 or -1 (errno). */
static int
move(struct traffic *t, double end)
{
	while (t->c->out >= 0 || t->c->err >= 0) {
		struct pollfd p[3] = {{t->c->in, POLLOUT, 0},
			{t->c->out, POLLIN, 0}, {t->c->err, POLLIN, 0}};
		int wait = patience(t, end);

		if (!wait) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (poll(p, 3, wait) < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		if (t->spec->tick && t->spec->tick(t->spec->ctx)) {
			errno = ECANCELED;
			return -1;
		}
		if (p[0].revents && give(t))
			return -1;
		if (p[1].revents && take(&t->c->out, t->out))
			return -1;
		if (p[2].revents && take(&t->c->err, t->err))
			return -1;
	}
	return 0;
}

int
child_run(const struct child_spec *spec, const void *input, size_t n,
	struct buf *out, struct buf *err, double seconds, int *status)
{
	struct child_spec s = *spec;
	struct child c;
	struct traffic t = {&s, &c, input, n, out, err};
	int saved;

	s.in = s.out = s.err = CHILD_PIPE;
	if (child_start(&s, &c))
		return -1;
	if (fd_nonblock(c.in) || give(&t) ||
		move(&t, seconds > 0 ? now() + seconds : 0)) {
		saved = errno;
		child_kill(&c);
		errno = saved;
		return -1;
	}
	return child_wait(&c, status);
}
