#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "mem.h"
#include "msg.h"
#include "object.h"
#include "spill.h"
#include "status.h"
#include "walk.h"

/* A folder on the way down: its names, sorted, and where its path ends. */
struct level {
	int fd;
	struct spill *names;
	size_t path;
};

struct walk {
	struct feed feed;
	struct walk_options o;
	struct level *level;
	size_t n_levels, cap;
	struct buf path, link;
};

static void
odd(struct walk *w, const char *what, bool is_error)
{
	if (w->o.odd != NULL)
		w->o.odd(w->o.ctx, buf_str(&w->path), what, is_error);
}

static bool
is_folder(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type == DT_DIR;
	return fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* The names in ${fd}, a folder's with a slash, as they sort in keys. How many,
 * or -1. */
static long
read_names(int fd, struct spill *names)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = copy != -1 ? fdopendir(copy) : NULL;
	struct buf name = BUF_INIT;
	struct dirent *d;
	long n = 0;
	int rc = 0;

	if (dir == NULL) {
		if (copy != -1)
			close(copy);
		return -1;
	}
	errno = 0;
	/* one stream, one thread */
	/* cppcheck-suppress readdirCalled */
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		buf_clear(&name);
		n++;
		if (buf_puts(&name, d->d_name) == -1 ||
			(is_folder(fd, d) && buf_putc(&name, '/') == -1) ||
			spill_add(names, name.data, name.len, NULL, 0) == -1)
			rc = -1;
		errno = 0;
	}
	if (rc == 0 && errno != 0)
		rc = -1;
	closedir(dir);
	buf_fini(&name);
	return rc == 0 ? n : -1;
}

/* One level down, into the open ${fd}, which is closed if that fails. The
 * number of names, or -1. */
static long
descend(struct walk *w, int fd)
{
	struct level *l;
	long n;

	if (w->n_levels == w->cap) {
		size_t cap = w->cap > 0 ? w->cap * 2 : 16;

		l = mem_resize(w->level, cap, sizeof(*l));
		if (l == NULL) {
			close(fd);
			return -1;
		}
		w->level = l;
		w->cap = cap;
	}
	l = &w->level[w->n_levels];
	l->fd = fd;
	l->path = w->path.len;
	l->names = spill_new(w->o.memory);
	n = l->names != NULL ? read_names(fd, l->names) : -1;
	if (n == -1 || spill_sort(l->names) == -1) {
		spill_free(l->names);
		close(fd);
		return -1;
	}
	w->n_levels++;
	return n;
}

static void
ascend(struct walk *w)
{
	struct level *l = &w->level[--w->n_levels];

	spill_free(l->names);
	close(l->fd);
}

static int64_t
nanoseconds(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static void
fill(struct object *o, const struct buf *path, const struct stat *st)
{
	memset(o, 0, sizeof(*o));
	o->key = path->data;
	o->len = path->len;
	o->etag = o->class = "";
	o->mode = st->st_mode;
	o->mtime = nanoseconds(&st->st_mtim);
	/* a file that was moved here keeps its time, but is new */
	o->changed = nanoseconds(&st->st_ctim);
	if (o->changed < o->mtime)
		o->changed = o->mtime;
	if (S_ISREG(st->st_mode))
		o->size = (uint64_t)st->st_size;
}

static int
read_link(struct walk *w, int fd, const char *name, size_t size)
{
	ssize_t n;

	buf_clear(&w->link);
	if (buf_reserve(&w->link, size + 1) == -1)
		return -1;
	n = readlinkat(fd, name, w->link.data, size + 1);
	if (n < 0 || (size_t)n > size)
		return -1;
	w->link.data[n] = '\0';
	w->link.len = (size_t)n;
	return 0;
}

/* Into a folder, or tells of it if it holds nothing. 1: an object. */
static int
enter(struct walk *w, int at, const char *name, size_t len, struct object *o)
{
	struct buf plain = BUF_INIT;
	struct stat st;
	long n = -1;
	int fd = -1;

	if (buf_append(&plain, name, len - 1) == 0)
		fd = openat(at, plain.data,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	buf_fini(&plain);
	if (fd == -1 || fstat(fd, &st) == -1) {
		if (errno != ENOENT)
			odd(w, strerror(errno), true);
		if (fd != -1)
			close(fd);
		return 0;
	}
	n = descend(w, fd);
	if (n == -1) {
		odd(w, "this folder cannot be read", true);
		return 0;
	}
	if (n > 0 && !w->o.all_folders)
		return 0;
	fill(o, &w->path, &st);
	return 1;
}

/* The object of that name in the folder ${l}. 1, or 0: it is none. */
static int
look(struct walk *w, const struct level *l, const char *name, size_t len,
	struct object *o)
{
	struct stat st;

	if (name[len - 1] == '/')
		return enter(w, l->fd, name, len, o);
	if (fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		/* gone since the folder was read: it is not there */
		if (errno != ENOENT)
			odd(w, strerror(errno), true);
		return 0;
	}
	if (S_ISLNK(st.st_mode)) {
		size_t size = st.st_size > 0 ? (size_t)st.st_size : 4096;

		if (read_link(w, l->fd, name, size) == -1) {
			odd(w, "this link cannot be read", true);
			return 0;
		}
		fill(o, &w->path, &st);
		o->link = w->link.data;
		return 1;
	}
	if (!S_ISREG(st.st_mode)) {
		odd(w, "no plain file, folder or link", false);
		return 0;
	}
	fill(o, &w->path, &st);
	return 1;
}

static int
on_next(struct feed *f, struct object *o)
{
	struct walk *w = (struct walk *)f;
	const char *name, *none;
	size_t len, n;

	while (w->n_levels > 0) {
		struct level *l = &w->level[w->n_levels - 1];
		int rc = spill_next(l->names, &name, &len, &none, &n);

		if (rc == 0) {
			ascend(w);
			continue;
		}
		w->path.len = l->path;
		if (rc == -1 || buf_append(&w->path, name, len) == -1) {
			f->status = STATUS_TEMPORARY;
			return -1;
		}
		if (look(w, l, name, len, o) == 1)
			return 1;
	}
	return 0;
}

static void
on_close(struct feed *f)
{
	struct walk *w = (struct walk *)f;

	while (w->n_levels > 0)
		ascend(w);
	free(w->level);
	buf_fini(&w->path);
	buf_fini(&w->link);
	free(w);
}

struct feed *
walk_open(const char *root, const struct walk_options *o, bool may_lack)
{
	struct walk *w = mem_zalloc(1, sizeof(*w));
	int fd;

	if (w == NULL) {
		msg_error("out of memory");
		return NULL;
	}
	w->feed.next = on_next;
	w->feed.close = on_close;
	w->o = *o;
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 && errno == ENOENT && may_lack)
		return &w->feed;
	if (fd == -1 || descend(w, fd) == -1) {
		msg_errno("%s", root);
		on_close(&w->feed);
		return NULL;
	}
	return &w->feed;
}
