#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif
#include <unistd.h>

#include "buf.h"
#include "folder.h"
#include "mem.h"
#include "msg.h"
#include "str.h"
#include "tarball.h"

#define TEMPORARY ".airlift-"

struct folder {
	int fd;
	char *root;
	bool is_written;
	bool is_caseless; /* "a" and "A" are one file here */
	uint64_t *seen;   /* hashes of folded names, if so: a hash table */
	size_t n_seen, cap;
};

struct folder_file {
	struct folder *folder;
	int dir, fd;
	uint64_t had;
	char *base;    /* the name it shall have */
	char name[48]; /* the one that it has till then */
};

const char *
folder_refuses(const char *key, size_t len)
{
	const char *slash;
	size_t at = 0, n;

	if (len == 0)
		return "the key is empty";
	if (memchr(key, '\0', len) != NULL)
		return "the key holds a NUL";
	if (*key == '/')
		return "the key begins with a slash";
	while (at < len) {
		slash = memchr(key + at, '/', len - at);
		n = slash != NULL ? (size_t)(slash - key) - at : len - at;
		if (n == 0)
			return "the key holds two slashes in a row";
		if ((n == 1 && key[at] == '.') ||
			(n == 2 && key[at] == '.' && key[at + 1] == '.'))
			return "the key holds \".\" or \"..\" as a folder";
		if (n > 255)
			return "a part of the key is longer than 255 bytes";
		at += n + 1;
	}
	return NULL;
}

bool
is_folder_temporary(const char *key)
{
	const char *slash = strrchr(key, '/');

	return str_starts(slash != NULL ? slash + 1 : key, TEMPORARY);
}

/* Whether the file system folds case: asked of a file of ours. */
static bool
probe_case(int fd)
{
	static const char name[] = TEMPORARY "case", other[] = ".AIRLIFT-case";
	struct stat st;
	int probe = openat(fd, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	bool folds;

	if (probe == -1)
		return false;
	close(probe);
	folds = fstatat(fd, other, &st, AT_SYMLINK_NOFOLLOW) == 0;
	(void)unlinkat(fd, name, 0);
	return folds;
}

struct folder *
folder_open(const char *root, bool writes)
{
	struct folder *f = mem_zalloc(1, sizeof(*f));

	if (f == NULL || (f->root = mem_strdup(root)) == NULL) {
		msg_error("out of memory");
		free(f);
		return NULL;
	}
	if ((writes && mkdir(root, 0777) == -1 && errno != EEXIST) ||
		(f->fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) ==
			-1) {
		msg_errno("%s", root);
		free(f->root);
		free(f);
		return NULL;
	}
	f->is_caseless = writes && probe_case(f->fd);
	f->is_written = writes;
	return f;
}

int
folder_close(struct folder *f)
{
	int rc = 0;

	if (f == NULL)
		return 0;
	if (!f->is_written)
		goto out;
#ifdef __linux__
	rc = (int)syscall(SYS_syncfs, f->fd);
#else
	sync();
#endif
	if (rc == -1)
		msg_errno("%s", f->root);
out:
	close(f->fd);
	free(f->root);
	free(f->seen);
	free(f);
	return rc;
}

static uint64_t
folded(const char *key, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)key[i];

		h ^= c >= 'A' && c <= 'Z' ? c + 32u : c;
		h *= UINT64_C(0x100000001b3);
	}
	return h != 0 ? h : 1;
}

/* Puts the hash into the table. 1 if it was there, 0, or -1 (ENOMEM). */
static int
remember(struct folder *f, uint64_t h)
{
	uint64_t *old = f->seen;
	size_t i, n = f->cap;

	if (f->n_seen * 2 >= f->cap) {
		f->seen = mem_zalloc(n > 0 ? n * 2 : 64, sizeof(*old));
		if (f->seen == NULL) {
			f->seen = old;
			return -1;
		}
		f->cap = n > 0 ? n * 2 : 64;
		f->n_seen = 0;
		for (i = 0; i < n; i++)
			if (old[i] != 0)
				(void)remember(f, old[i]);
		free(old);
	}
	for (i = h % f->cap; f->seen[i] != 0; i = (i + 1) % f->cap)
		if (f->seen[i] == h)
			return 1;
	f->seen[i] = h;
	f->n_seen++;
	return 0;
}

/*
 * The folder that holds ${key}, opened part by part without following a link,
 * made where it is missing if ${make}; and where the last part begins. -1 with
 * errno.
 */
static int
open_parent(struct folder *f, const char *key, size_t len, bool make,
	const char **base)
{
	int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0), next;
	struct buf part = BUF_INIT;
	const char *at = key, *slash;

	while (fd != -1 &&
		(slash = memchr(at, '/', len - (size_t)(at - key))) != NULL &&
		slash + 1 < key + len) {
		buf_clear(&part);
		next = -1;
		if (buf_append(&part, at, (size_t)(slash - at)) == 0) {
			next = openat(fd, part.data,
				O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					O_CLOEXEC);
			if (next == -1 && errno == ENOENT && make &&
				(mkdirat(fd, part.data, 0777) == 0 ||
					errno == EEXIST))
				next = openat(fd, part.data,
					O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
						O_CLOEXEC);
		}
		close(fd);
		fd = next;
		at = slash + 1;
	}
	buf_fini(&part);
	*base = at;
	return fd;
}

static const char *
reason(void)
{
	return errno == ENOTDIR || errno == ELOOP
		       ? "a file or link is where the key needs a folder"
	       : errno == EISDIR || errno == ENOTEMPTY || errno == EEXIST
		       ? "a folder is where the file should be"
		       : strerror(errno);
}

/* 0, or -1 with the reason. */
static int
admit(struct folder *f, const char *key, size_t len, const char **why)
{
	if ((*why = folder_refuses(key, len)) != NULL)
		return -1;
	if (is_folder_temporary(key)) {
		*why = "the name is one of our unfinished files";
		return -1;
	}
	if (f->is_caseless && remember(f, folded(key, len)) == 1) {
		*why = "another key differs only in case, and this file "
		       "system takes them for one";
		return -1;
	}
	return 0;
}

int
folder_begin(struct folder *f, const char *key, size_t len, const char *id,
	struct folder_file **file, const char **why, bool *is_refused)
{
	struct folder_file *x;
	const char *base;
	struct stat st;

	*is_refused = true;
	if (admit(f, key, len, why) == -1)
		return -1;
	*is_refused = false;
	x = mem_zalloc(1, sizeof(*x));
	if (x == NULL) {
		*why = "out of memory";
		return -1;
	}
	x->folder = f;
	x->fd = -1;
	x->dir = open_parent(f, key, len, true, &base);
	snprintf(x->name, sizeof(x->name), TEMPORARY "%.16s.part", id);
	if (x->dir != -1 && (x->base = mem_strdup(base)) != NULL)
		x->fd = openat(x->dir, x->name,
			O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (x->fd == -1 || fstat(x->fd, &st) == -1) {
		*is_refused = errno == ENOTDIR || errno == ELOOP ||
			      errno == ENAMETOOLONG;
		*why = reason();
		folder_drop(x, true);
		return -1;
	}
	x->had = (uint64_t)st.st_size;
	*file = x;
	return 0;
}

int
folder_fd(const struct folder_file *file)
{
	return file->fd;
}

uint64_t
folder_had(const struct folder_file *file)
{
	return file->had;
}

static void
release(struct folder_file *x)
{
	if (x->fd != -1)
		close(x->fd);
	if (x->dir != -1)
		close(x->dir);
	free(x->base);
	free(x);
}

/* As walk.c has it. */
static int64_t
changed_of(const struct stat *st)
{
	int64_t c =
		(int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
	int64_t m =
		(int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;

	return c > m ? c : m;
}

int
folder_commit(struct folder_file *x, unsigned mode, int64_t mtime,
	int64_t *changed, const char **why)
{
	struct stat st;
	struct timespec t[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};

	if (mtime != 0) {
		t[1].tv_sec = (time_t)(mtime / 1000000000);
		t[1].tv_nsec = (long)(mtime % 1000000000);
		if (t[1].tv_nsec < 0) {
			t[1].tv_sec--;
			t[1].tv_nsec += 1000000000;
		}
	}
	/* no set-id bits: whoever wrote the bucket does not choose them */
	if ((mode != 0 && fchmod(x->fd, mode & 0777) == -1) ||
		futimens(x->fd, t) == -1 ||
		renameat(x->dir, x->name, x->dir, x->base) == -1 ||
		fstat(x->fd, &st) == -1) {
		*why = reason();
		folder_drop(x, false);
		return -1;
	}
	*changed = changed_of(&st);
	release(x);
	return 0;
}

void
folder_drop(struct folder_file *x, bool keep)
{
	if (x == NULL)
		return;
	if (!keep && x->fd != -1)
		(void)unlinkat(x->dir, x->name, 0);
	release(x);
}

/* 0, 1 if it was there, or -1. */
static int
make_folder(int dir, const char *name)
{
	struct stat st;

	if (mkdirat(dir, name, 0777) == 0)
		return 0;
	if (errno != EEXIST ||
		fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode) ? 1 : -1;
}

/* Whether the name is such a link already. */
static bool
is_link_to(int dir, const char *name, const char *to)
{
	size_t n = strlen(to);
	char *have = mem_alloc(n + 1);
	bool same = have != NULL &&
		    readlinkat(dir, name, have, n + 1) == (ssize_t)n &&
		    memcmp(have, to, n) == 0;

	free(have);
	return same;
}

int
folder_make(struct folder *f, const char *key, size_t len, int64_t *changed,
	const char **why)
{
	struct buf name = BUF_INIT;
	const char *base;
	int dir, rc = -1;

	if (admit(f, key, len, why) == -1)
		return -1;
	dir = open_parent(f, key, len, true, &base);
	if (dir != -1 && buf_append(&name, base, strcspn(base, "/")) == 0)
		rc = make_folder(dir, name.data);
	if (rc == -1)
		*why = reason();
	if (dir != -1)
		close(dir);
	buf_fini(&name);
	if (rc != -1)
		*changed = folder_changed(f, key, len);
	return rc;
}

int
folder_link(struct folder *f, const char *key, size_t len, const char *to,
	int64_t *changed, const char **why)
{
	const char *base;
	int dir, rc = -1;

	if (admit(f, key, len, why) == -1)
		return -1;
	if (!is_tarball_link(key, to)) {
		*why = "the link leads out of the folder";
		return -1;
	}
	dir = open_parent(f, key, len, true, &base);
	if (dir != -1) {
		rc = symlinkat(to, dir, base);
		if (rc == -1 && errno == EEXIST && is_link_to(dir, base, to))
			rc = 1;
		if (rc == -1 && errno == EEXIST && unlinkat(dir, base, 0) == 0)
			rc = symlinkat(to, dir, base);
	}
	if (rc == -1)
		*why = reason();
	if (dir != -1)
		close(dir);
	if (rc != -1)
		*changed = folder_changed(f, key, len);
	return rc;
}

int
folder_read(struct folder *f, const char *key, size_t len)
{
	const char *base;
	int dir = open_parent(f, key, len, false, &base), fd, saved;

	if (dir == -1)
		return -1;
	fd = openat(dir, base, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	saved = errno;
	close(dir);
	errno = saved;
	return fd;
}

int64_t
folder_changed(struct folder *f, const char *key, size_t len)
{
	const char *base;
	struct stat st;
	int dir = open_parent(f, key, len, false, &base);
	int64_t when = 0;

	if (dir == -1)
		return 0;
	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0)
		when = changed_of(&st);
	close(dir);
	return when;
}

int
folder_remove(struct folder *f, const char *key, size_t len)
{
	const char *base;
	int dir = open_parent(f, key, len, false, &base), rc, saved;

	if (dir == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	rc = unlinkat(
		dir, base, len > 0 && key[len - 1] == '/' ? AT_REMOVEDIR : 0);
	saved = errno;
	close(dir);
	errno = saved;
	return rc == -1 && errno == ENOENT ? 0 : rc;
}
