#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "fd.h"
#include "locator.h"
#include "msg.h"
#include "num.h"
#include "secret.h"
#include "str.h"

enum locator_kind
locator_kind(const char *spec)
{
	if (str_starts(spec, "env:"))
		return LOCATOR_ENV;
	if (str_starts(spec, "file:"))
		return LOCATOR_FILE;
	if (str_starts(spec, "fd:"))
		return LOCATOR_FD;
	return LOCATOR_OTHER;
}

static int
read_env(const char *name, size_t max, struct buf *b)
{
	const char *v = *name ? getenv(name) : NULL;

	/* what cannot be a name may be an address with its password */
	if (!v && name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789_")]) {
		msg_error("env: what follows is not the name of a variable");
		return -1;
	}
	if (!v) {
		msg_error("env:%s: the variable is not set", name);
		return -1;
	}
	if (strlen(v) > max) {
		msg_error("env:%s: longer than %zu bytes", name, max);
		return -1;
	}
	if (buf_puts(b, v)) {
		msg_errno("env:%s", name);
		return -1;
	}
	return 0;
}

static int
read_descriptor(int fd, const char *spec, size_t max, struct buf *b)
{
	size_t room = max < SIZE_MAX - 2 ? max + 2 : max;
	int rc = fd_read_all(fd, room, b);

	if (rc && errno != EFBIG) {
		msg_errno("%s", spec);
		return -1;
	}
	/* the line end that an editor or echo left */
	if (rc == 0 && b->len && b->data[b->len - 1] == '\n') {
		b->data[--b->len] = '\0';
		if (b->len && b->data[b->len - 1] == '\r')
			b->data[--b->len] = '\0';
	}
	if (rc == 0 && b->len <= max)
		return 0;
	msg_error("%s: longer than %zu bytes", spec, max);
	return -1;
}

static int
read_file(const char *path, const char *spec, size_t max, struct buf *b)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;
	struct stat st;

	if (fd < 0) {
		msg_errno("%s", spec);
		return -1;
	}
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 044))
		msg_warn("%s: others can read this file: chmod 600 it", spec);
	rc = read_descriptor(fd, spec, max, b);
	close(fd);
	return rc;
}

static int
read_fd(const char *number, const char *spec, size_t max, struct buf *b)
{
	int64_t fd;
	int rc;

	if (num_int(number, 0, 65535, &fd)) {
		msg_error("%s: not the number of a descriptor", spec);
		return -1;
	}
	rc = read_descriptor((int)fd, spec, max, b);
	close((int)fd);
	return rc;
}

int
locator_read(const char *spec, size_t max, struct secret **out)
{
	struct buf b = BUF_SECRET;
	int rc;

	switch (locator_kind(spec)) {
	case LOCATOR_ENV:
		rc = read_env(spec + 4, max, &b);
		break;
	case LOCATOR_FILE:
		rc = read_file(spec + 5, spec, max, &b);
		break;
	case LOCATOR_FD:
		rc = read_fd(spec + 3, spec, max, &b);
		break;
	default:
		/* it may be the secret itself: do not show it, unless it is
		 * the name of a file */
		if (access(spec, F_OK) == 0)
			msg_error("%s: a file is given as file:%s", spec, spec);
		else
			msg_error("not a locator: use env:NAME, file:PATH or "
				  "fd:N");
		return -1;
	}
	if (rc == 0 && b.len == 0) {
		msg_error("%s: is empty", spec);
		rc = -1;
	}
	if (rc == 0 && memchr(b.data, '\0', b.len)) {
		msg_error("%s: holds a NUL byte", spec);
		rc = -1;
	}
	if (rc == 0 && !(*out = secret_take(&b))) {
		msg_errno("%s", spec);
		rc = -1;
	}
	buf_fini(&b);
	return rc;
}
