#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "detach.h"
#include "fd.h"
#include "msg.h"
#include "status.h"

/* What the process that does the work has come to. */
static int
await(int fd, pid_t pid)
{
	unsigned char status;
	ssize_t n;
	int w;

	while ((n = read(fd, &status, 1)) < 0 && errno == EINTR)
		;
	if (n == 1)
		return status;
	while (waitpid(pid, &w, 0) < 0)
		if (errno != EINTR)
			return STATUS_TEMPORARY;
	return WIFEXITED(w) ? WEXITSTATUS(w) : STATUS_TEMPORARY;
}

int
detach_begin(struct detach *d, int *status)
{
	pid_t parent = getpid(), pid;
	int fds[2];

	if (pipe(fds) || fd_cloexec(fds[0]) || fd_cloexec(fds[1]) ||
		(pid = fork()) < 0) {
		msg_errno("cannot start a process");
		return -1;
	}
	if (pid) {
		close(fds[1]);
		*status = await(fds[0], pid);
		close(fds[0]);
		return 0;
	}
	close(fds[0]);
	d->pipe = fds[1];
	/* the parent may have been killed before that */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent) {
		msg_error("the command was ended");
		return -1;
	}
	return 1;
}

int
detach_done(struct detach *d, int status)
{
	unsigned char byte = (unsigned char)status;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int rc = 0;

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
		prctl(PR_SET_PDEATHSIG, 0) || write(d->pipe, &byte, 1) != 1) {
		msg_errno("cannot go on in the background");
		rc = -1;
	}
	if (null >= 0)
		close(null);
	close(d->pipe);
	return rc;
}
