#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "fd.h"
#include "journal.h"
#include "json.h"
#include "jsonl.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "tmpfile.h"

struct journal {
	int fd;
	char *path;
	bool resumed, failed;
};

static bool
is_swapped(const struct json_val *r, const char *source, const char *target)
{
	const char *from = json_get_str(r, "source");
	const char *to = json_get_str(r, "target");

	return from && to && strcmp(from, target) == 0 &&
	       strcmp(to, source) == 0 && strcmp(from, to) != 0;
}

/* Whether the first record names the same tool and pair. 0 or -1. */
static int
check_identity(const char *path, const struct json_val *r, const char *tool,
	const char *source, const char *target)
{
	const char *const key[] = {"tool", "source", "target"};
	const char *const want[] = {tool, source, target};
	size_t i;

	if (strcmp(json_get_str(r, "type"), "journal.open") != 0) {
		msg_at(path, 1, 0,
			"not a journal: its first record is no "
			"journal.open");
		return -1;
	}
	for (i = 0; i < 3; i++) {
		const char *have = json_get_str(r, key[i]);

		if (have && strcmp(have, want[i]) == 0)
			continue;
		if (is_swapped(r, source, target))
			msg_at(path, 1, 0,
				"the journal of the other direction, from %s "
				"to %s: are source and target swapped?",
				target, source);
		else
			msg_at(path, 1, 0,
				"the journal of another %s (%s, not %s): give "
				"a new file",
				key[i], have ? have : "none", want[i]);
		return -1;
	}
	return 0;
}

/* Whether it is a file of ours, or empty, by how it begins: before anything
 * is cut off. 0 or -1 (errno EINVAL: refused). */
static int
check_file(int fd, const char *path)
{
	static const char start[] = "{\"type\":\"journal.open\"";
	char have[sizeof(start)];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st)) {
		msg_errno("%s", path);
		return -1;
	}
	errno = EINVAL;
	if (!S_ISREG(st.st_mode)) {
		msg_error("%s: a journal must be a plain file", path);
		return -1;
	}
	n = pread(fd, have, sizeof(start) - 1, 0);
	if (n >= 0 && memcmp(have, start, (size_t)n) == 0)
		return 0;
	msg_at(path, 1, 0,
		"not a journal: its first record is no journal.open");
	errno = EINVAL;
	return -1;
}

/* Cuts a last line without LF off and leaves the file at its end. */
static int
cut_tail(int fd, const char *path)
{
	off_t end = lseek(fd, 0, SEEK_END), at = end;
	char c;

	while (at > 0) {
		if (pread(fd, &c, 1, at - 1) != 1)
			goto err;
		if (c == '\n')
			break;
		at--;
	}
	if (at < end) {
		msg_note("%s: the torn last line of an earlier run is ignored",
			path);
		if (ftruncate(fd, at))
			goto err;
	}
	if (lseek(fd, 0, SEEK_SET) < 0)
		goto err;
	return 0;
err:
	msg_errno("%s", path);
	return -1;
}

/* Reads what is there. The number of records, or -1 (errno EINVAL: refused). */
static long
replay_all(struct journal *j, const char *tool, const char *source,
	const char *target, int (*replay)(void *, const struct json *),
	void *ctx)
{
	struct jsonl *r = jsonl_open(j->fd, j->path, JSONL_MAX_LINE);
	struct json *doc;
	long n = 0;
	int rc = -1, e = EINVAL;

	if (!r) {
		msg_errno("%s", j->path);
		return -1;
	}
	while ((rc = jsonl_next(r, &doc)) > 0) {
		if (n == 0)
			rc = check_identity(
				j->path, json_root(doc), tool, source, target);
		else
			rc = replay ? replay(ctx, doc) : 0;
		json_free(doc);
		if (rc)
			break;
		n++;
	}
	jsonl_close(r);
	errno = e;
	return rc ? -1 : n;
}

static int
begin(struct journal *j, const char *tool, const char *source,
	const char *target)
{
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc;

	jsonw_record(&w, &b, "journal.open");
	jsonw_str(&w, "tool", tool);
	jsonw_str(&w, "source", source);
	jsonw_str(&w, "target", target);
	jsonw_time(&w, "at", clock_wall(clock_system()));
	rc = jsonw_end_record(&w);
	if (rc)
		msg_error("%s: out of memory", j->path);
	else
		rc = journal_append(j, b.data, b.len, true);
	buf_fini(&b);
	return rc;
}

struct journal *
journal_open(const char *path, const char *tool, const char *source,
	const char *target, int (*replay)(void *ctx, const struct json *record),
	void *ctx)
{
	struct journal *j = mem_zalloc(1, sizeof(*j));
	long n;
	int saved;

	if (!j || !(j->path = mem_strdup(path))) {
		msg_errno("%s", path);
		free(j);
		return NULL;
	}
	j->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
	if (j->fd < 0) {
		msg_errno("%s", path);
		goto err;
	}
	if (flock(j->fd, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			msg_error("%s: another process is using this journal",
				path);
		else
			msg_errno("%s", path);
		goto err;
	}
	if (check_file(j->fd, path) || cut_tail(j->fd, path))
		goto err;
	n = replay_all(j, tool, source, target, replay, ctx);
	if (n < 0)
		goto err;
	j->resumed = n > 0;
	if (n == 0) {
		if (begin(j, tool, source, target))
			goto err;
		tmpfile_sync_folder(path);
	}
	return j;

err:
	saved = errno;
	if (j->fd >= 0)
		close(j->fd);
	free(j->path);
	free(j);
	errno = saved;
	return NULL;
}

int
journal_append(struct journal *j, const char *line, size_t n, bool sync)
{
	if (!j)
		return 0;
	if (fd_write_all(j->fd, line, n) || (sync && fsync(j->fd))) {
		j->failed = true;
		msg_errno("%s: cannot be written", j->path);
		return -1;
	}
	return 0;
}

bool
is_journal_resumed(const struct journal *j)
{
	return j && j->resumed;
}

int
journal_close(struct journal *j)
{
	int rc;

	if (!j)
		return 0;
	rc = j->failed ? -1 : 0;
	if (fsync(j->fd) && errno != EINVAL && !rc) {
		msg_errno("%s: cannot be written", j->path);
		rc = -1;
	}
	if (close(j->fd) && !rc) {
		msg_errno("%s: cannot be written", j->path);
		rc = -1;
	}
	free(j->path);
	free(j);
	return rc;
}
