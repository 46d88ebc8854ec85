#ifndef CHILD_H
#define CHILD_H

#include <stddef.h>
#include <sys/types.h>

struct buf;

/* Child processes by argument vector; no shell, ever. */

struct child_spec {
	const char *const *argv; /* NULL-terminated; argv[0] searched on PATH */
	const char *const *env;  /* "NAME=value" added to ours, or NULL */
	int in, out,
		err; /* a descriptor, CHILD_PIPE, CHILD_NULL, CHILD_INHERIT */
	/* of child_run: called about once a second meanwhile; -1 ends it */
	int (*tick)(void *ctx);
	void *ctx;
};

enum { CHILD_INHERIT = -1, CHILD_PIPE = -2, CHILD_NULL = -3 };

struct child {
	pid_t pid;
	int in;       /* our ends of the pipes asked for, or -1; */
	int out, err; /* close-on-exec */
};

/*
 * child_start(spec, c): start it with default signal dispositions and only
 * descriptors 0-2. 0; -1 after a message (also when the program cannot be
 * executed). On Linux the child gets SIGTERM when its parent dies.
 */
int child_start(const struct child_spec *spec, struct child *c);

/*
 * child_wait(c, status): close our ends, wait; ${*status} is the exit code,
 * or 128 + the signal. 0 or -1 (errno).
 */
int child_wait(struct child *c, int *status);

/* child_kill(c): SIGKILL and reap by pid; fine on one never started. */
void child_kill(struct child *c);

/*
 * child_run(spec, input, n, out, err, seconds, status): start, feed ${n} bytes
 * of ${input}, collect output (either buffer may be NULL = discard), wait at
 * most ${seconds} (0 = for ever; then SIGKILL and ETIMEDOUT). spec's in, out,
 * err are ignored. 0 or -1 (errno; ECANCELED: by tick).
 */
int child_run(const struct child_spec *spec, const void *input, size_t n,
	struct buf *out, struct buf *err, double seconds, int *status);

#endif
