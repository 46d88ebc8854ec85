#include "save.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "env.h"
#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "sandbox.h"
#include "tmpfile.h"

int
save_may(const struct env *env, const char *output)
{
	if (output || !isatty(env->out))
		return 0;
	msg_error("standard output is a terminal, and secrets are not shown: "
		  "pipe them into `fly secrets import`, or use -o FILE or "
		  "--plan");
	return -1;
}

/* The shell that made the file of `> FILE` let others read it. */
static void
narrow(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) &&
		fchmod(fd, 0600))
		msg_warn("standard output is a file that others can read");
}

static struct tmpfile *
prepare(const char *path, const struct buf *text)
{
	struct tmpfile *t = tmpfile_open(path, 0600);

	if (t && fd_write_all(tmpfile_fd(t), buf_str(text), text->len)) {
		msg_errno("%s: cannot be written", path);
		tmpfile_abort(t);
		return NULL;
	}
	return t;
}

int
save_all(const struct env *env, const char *output, const struct buf *text,
	const char *env_toml, const struct buf *table)
{
	struct tmpfile *secrets = NULL, *settings = NULL;

	if (output && !(secrets = prepare(output, text)))
		return -1;
	if (env_toml && !(settings = prepare(env_toml, table)))
		goto err;
	if (!output) {
		narrow(env->out);
		if (fd_write_all(env->out, buf_str(text), text->len)) {
			msg_errno("standard output");
			goto err;
		}
	}
	if (settings && tmpfile_commit(settings)) {
		settings = NULL;
		goto err;
	}
	if (secrets && tmpfile_commit(secrets))
		return -1;
	return 0;
err:
	tmpfile_abort(settings);
	tmpfile_abort(secrets);
	return -1;
}

/* The folder that ${path} is in, absolute; NULL if it is none. */
static char *
folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? mem_dup(path, (size_t)(slash - path) + 1)
			  : mem_strdup(".");
	char *real = dir ? realpath(dir, NULL) : NULL;

	free(dir);
	return real;
}

/* Cut ${a} down to the innermost folder that ${b} is in too. */
static void
cut_to_common(char *a, const char *b)
{
	size_t i = 0, slash = 0;

	for (; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			slash = i;
	if (!a[i] && (!b[i] || b[i] == '/'))
		return;
	if (!b[i] && a[i] == '/')
		slash = i;
	a[slash ? slash : 1] = '\0';
}

void
save_sandbox(const char *output, const char *env_toml)
{
	char *one = output ? folder(output) : NULL;
	char *two = env_toml ? folder(env_toml) : NULL;

	if (one && two)
		cut_to_common(one, two);
	sandbox_parse_only(one ? one : two);
	free(one);
	free(two);
}
