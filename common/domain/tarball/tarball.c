#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"
#include "mem.h"
#include "msg.h"
#include "tarball.h"

enum { WINDOW = 64 * 1024 };

struct tarball_writer {
	struct archive *a;
	char *name;
	int fd;
	int64_t left; /* bytes that the member still needs */
};

struct tarball_reader {
	struct archive *a;
	char *name;
	char *window;
	int fd;
	bool is_any, is_begun, has_member;
	struct tarball_attr *attr;
	size_t n_attrs;
};

/* How deep the path ends below ${depth}; -1 if it rises above the top. */
static long
descend(const char *path, long depth)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && strncmp(path, "..", 2) == 0)
			depth--;
		else if (n > 0 && !(n == 1 && *path == '.'))
			depth++;
		if (depth < 0)
			return -1;
		path += n + (path[n] == '/');
	}
	return depth;
}

static bool
has_dots(const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && strncmp(path, "..", 2) == 0)
			return true;
		path += n + (path[n] == '/');
	}
	return false;
}

int
is_tarball_name(const char *name)
{
	return *name && *name != '/' && !has_dots(name);
}

int
is_tarball_link(const char *name, const char *link)
{
	long depth = descend(name, 0) - 1;

	return *link && *link != '/' &&
	       descend(link, depth < 0 ? 0 : depth) >= 0;
}

/* Whether a member stays inside; a message if not. */
static int
check(const char *archive, const struct tarball_entry *e)
{
	if (!is_tarball_name(e->name)) {
		msg_error("%s: refused: the member %s leads out of the archive",
			archive, e->name);
		return -1;
	}
	/* a hard link names another member, from the top */
	if ((e->type == TARBALL_SYMLINK &&
		    !is_tarball_link(e->name, e->link)) ||
		(e->type == TARBALL_HARDLINK && !is_tarball_name(e->link))) {
		msg_error("%s: refused: the link %s leads out of the archive",
			archive, e->name);
		return -1;
	}
	return 0;
}

/* Tells of libarchive's error. -1. */
static int
complain(struct archive *a, const char *name)
{
	const char *why = archive_error_string(a);

	msg_error("%s: %s", name, why ? why : "not an archive");
	return -1;
}

static la_ssize_t
on_write(struct archive *a, void *ctx, const void *p, size_t n)
{
	const struct tarball_writer *w = ctx;

	if (fd_write_all(w->fd, p, n)) {
		archive_set_error(a, errno, "%s", strerror(errno));
		return -1;
	}
	return (la_ssize_t)n;
}

void
tarball_abandon(struct tarball_writer *w)
{
	if (!w)
		return;
	if (w->a) {
		/* freeing alone would write an end, as if it were whole */
		(void)archive_write_fail(w->a);
		(void)archive_write_free(w->a);
	}
	free(w->name);
	free(w);
}

/*
 * Names in pax headers are UTF-8; in the C locale libarchive can turn neither
 * them into bytes nor bytes into them, and warns or gives up on each.
 */
static void
take_utf8(void)
{
	(void)setlocale(LC_CTYPE, "C.UTF-8");
}

static bool
set_zstd(struct archive *a, int level)
{
	char digits[12];

	snprintf(digits, sizeof(digits), "%d", level);
	return archive_write_set_format_pax_restricted(a) == ARCHIVE_OK &&
	       archive_write_add_filter_zstd(a) == ARCHIVE_OK &&
	       archive_write_set_filter_option(
		       a, "zstd", "compression-level", digits) == ARCHIVE_OK;
}

/* Of ${level} 0 without compression. */
static int
create(int fd, const char *name, int level, struct tarball_writer **out)
{
	struct tarball_writer *w = mem_zalloc(1, sizeof(*w));

	if (!w || !(w->name = mem_strdup(name)) ||
		!(w->a = archive_write_new())) {
		msg_error("%s: out of memory", name);
		goto fail;
	}
	w->fd = fd;
	if (!(level > 0 ? set_zstd(w->a, level)
			: archive_write_set_format_pax(w->a) == ARCHIVE_OK) ||
		archive_write_set_bytes_per_block(w->a, WINDOW) != ARCHIVE_OK ||
		archive_write_set_bytes_in_last_block(w->a, 1) != ARCHIVE_OK ||
		archive_write_open(w->a, w, NULL, on_write, NULL) !=
			ARCHIVE_OK) {
		complain(w->a, w->name);
		goto fail;
	}
	*out = w;
	return 0;
fail:
	tarball_abandon(w);
	return -1;
}

int
tarball_create(int fd, const char *name, int level, struct tarball_writer **out)
{
	return create(fd, name, level, out);
}

int
tarball_create_plain(int fd, const char *name, struct tarball_writer **out)
{
	take_utf8();
	return create(fd, name, 0, out);
}

static unsigned
file_type(enum tarball_type t)
{
	return t == TARBALL_FOLDER    ? AE_IFDIR
	       : t == TARBALL_SYMLINK ? AE_IFLNK
				      : AE_IFREG;
}

int
tarball_put(struct tarball_writer *w, const struct tarball_entry *e)
{
	struct archive_entry *x;
	size_t i;
	int rc = -1;

	if (w->left) {
		msg_error("%s: a member is %lld bytes too short", w->name,
			(long long)w->left);
		return -1;
	}
	if (check(w->name, e))
		return -1;
	if (!(x = archive_entry_new())) {
		msg_error("%s: out of memory", w->name);
		return -1;
	}
	archive_entry_set_pathname(x, e->name);
	archive_entry_set_filetype(x, file_type(e->type));
	archive_entry_set_perm(x, e->mode & 07777);
	archive_entry_set_mtime(x, e->mtime, e->mtime_ns);
	archive_entry_set_size(x, e->type == TARBALL_FILE ? e->size : 0);
	if (e->type == TARBALL_SYMLINK)
		archive_entry_set_symlink(x, e->link);
	if (e->type == TARBALL_HARDLINK)
		archive_entry_set_hardlink(x, e->link);
	for (i = 0; i < e->n_attrs; i++)
		archive_entry_xattr_add_entry(
			x, e->attr[i].name, e->attr[i].value, e->attr[i].n);
	if (archive_write_header(w->a, x) != ARCHIVE_OK) {
		complain(w->a, w->name);
	} else {
		w->left = e->type == TARBALL_FILE ? e->size : 0;
		rc = 0;
	}
	archive_entry_free(x);
	return rc;
}

int
tarball_write(struct tarball_writer *w, const void *p, size_t n)
{
	const char *at = p;

	/* libarchive drops what is too much without a word */
	if ((uint64_t)n > (uint64_t)w->left) {
		msg_error("%s: a member is longer than was said", w->name);
		return -1;
	}
	while (n > 0) {
		la_ssize_t got = archive_write_data(w->a, at, n);

		if (got <= 0)
			return complain(w->a, w->name);
		at += got;
		n -= (size_t)got;
		w->left -= got;
	}
	return 0;
}

int
tarball_finish(struct tarball_writer *w)
{
	int rc = 0;

	if (w->left) {
		msg_error("%s: a member is %lld bytes too short", w->name,
			(long long)w->left);
		rc = -1;
	} else if (archive_write_close(w->a) != ARCHIVE_OK) {
		rc = complain(w->a, w->name);
	}
	tarball_abandon(w);
	return rc;
}

/*
 * Whether names in this format are characters, and need a locale to become
 * bytes. In tar and cpio they are bytes, and in the C locale come as they are:
 * with UTF-8 libarchive would compose their accents.
 */
static bool
has_character_names(const char *begin)
{
	static const char *const magic[] = {"PK", "Rar!", "MSCF", "xar!"};
	size_t i;

	for (i = 0; i < sizeof(magic) / sizeof(*magic); i++)
		if (strncmp(begin, magic[i], strlen(magic[i])) == 0)
			return true;
	return strncmp(begin + 2, "-l", 2) == 0;
}

static la_ssize_t
on_read(struct archive *a, void *ctx, const void **p)
{
	struct tarball_reader *r = ctx;
	ssize_t n;

	do
		n = read(r->fd, r->window, WINDOW);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		archive_set_error(a, errno, "%s", strerror(errno));
	if (r->is_any && !r->is_begun && n > 4 &&
		has_character_names(r->window))
		take_utf8();
	r->is_begun = true;
	*p = r->window;
	return n;
}

void
tarball_close(struct tarball_reader *r)
{
	if (!r)
		return;
	if (r->a)
		(void)archive_read_free(r->a);
	free(r->attr);
	free(r->window);
	free(r->name);
	free(r);
}

/* Not all filters: some of them start programs. */
static bool
is_any_supported(struct archive *a)
{
	int (*const support[])(struct archive *) = {
		archive_read_support_filter_compress,
		archive_read_support_filter_lz4,
		archive_read_support_filter_lzip,
		archive_read_support_filter_lzma,
		archive_read_support_filter_rpm, archive_read_support_filter_uu,
		archive_read_support_format_ar, archive_read_support_format_cab,
		archive_read_support_format_cpio,
		archive_read_support_format_lha,
		archive_read_support_format_rar,
		archive_read_support_format_rar5,
		archive_read_support_format_warc,
		archive_read_support_format_xar,
		archive_read_support_format_zip_streamable};
	size_t i;

	for (i = 0; i < sizeof(support) / sizeof(*support); i++)
		if (support[i](a) != ARCHIVE_OK)
			return false;
	return true;
}

static int
open_reader(int fd, const char *name, bool is_any, struct tarball_reader **out)
{
	struct tarball_reader *r = mem_zalloc(1, sizeof(*r));

	if (!r || !(r->name = mem_strdup(name)) ||
		!(r->window = mem_alloc(WINDOW)) ||
		!(r->a = archive_read_new())) {
		msg_error("%s: out of memory", name);
		goto fail;
	}
	r->fd = fd;
	r->is_any = is_any;
	if (archive_read_support_format_tar(r->a) != ARCHIVE_OK ||
		archive_read_support_filter_gzip(r->a) != ARCHIVE_OK ||
		archive_read_support_filter_bzip2(r->a) != ARCHIVE_OK ||
		archive_read_support_filter_xz(r->a) != ARCHIVE_OK ||
		archive_read_support_filter_zstd(r->a) != ARCHIVE_OK ||
		(is_any && !is_any_supported(r->a)) ||
		/* what follows the end is seen, not passed over */
		archive_read_set_options(
			r->a, "tar:read_concatenated_archives") != ARCHIVE_OK ||
		archive_read_open(r->a, r, NULL, on_read, NULL) != ARCHIVE_OK) {
		complain(r->a, name);
		goto fail;
	}
	*out = r;
	return 0;
fail:
	tarball_close(r);
	return -1;
}

int
tarball_open(int fd, const char *name, struct tarball_reader **out)
{
	return open_reader(fd, name, false, out);
}

int
tarball_open_any(int fd, const char *name, struct tarball_reader **out)
{
	return open_reader(fd, name, true, out);
}

static const char *
first_of(const char *utf8, const char *bytes)
{
	return utf8 ? utf8 : bytes;
}

/* Fills ${e}. 0, or -1 if it is nothing that we take. */
static int
describe(struct archive_entry *x, struct tarball_entry *e)
{
	const char *hard = first_of(
		archive_entry_hardlink_utf8(x), archive_entry_hardlink(x));

	memset(e, 0, sizeof(*e));
	e->name = first_of(
		archive_entry_pathname_utf8(x), archive_entry_pathname(x));
	e->mode = archive_entry_perm(x);
	e->mtime = archive_entry_mtime(x);
	e->mtime_ns = archive_entry_mtime_nsec(x);
	if (!e->name)
		return -1;
	if (hard) {
		e->type = TARBALL_HARDLINK;
		e->link = hard;
		return 0;
	}
	switch (archive_entry_filetype(x)) {
	case AE_IFREG:
		e->size = archive_entry_size_is_set(x) ? archive_entry_size(x)
						       : -1;
		return 0;
	case AE_IFDIR:
		e->type = TARBALL_FOLDER;
		return 0;
	case AE_IFLNK:
		e->type = TARBALL_SYMLINK;
		e->link = first_of(archive_entry_symlink_utf8(x),
			archive_entry_symlink(x));
		return e->link ? 0 : -1;
	default:
		e->type = TARBALL_OTHER;
		return 0;
	}
}

static bool
has_attr(const struct tarball_entry *e, const struct tarball_attr *list,
	const char *name)
{
	size_t i;

	for (i = 0; i < e->n_attrs; i++)
		if (strcmp(list[i].name, name) == 0)
			return true;
	return false;
}

/* The member's extended attributes, borrowed from it; libarchive writes, and
 * gives, each of them in two notations. 0 or -1. */
static int
take_attrs(struct tarball_reader *r, struct archive_entry *x,
	struct tarball_entry *e)
{
	int i, n = archive_entry_xattr_reset(x);
	struct tarball_attr *grown;

	if (n <= 0)
		return 0;
	if ((size_t)n > r->n_attrs) {
		grown = mem_resize(r->attr, (size_t)n, sizeof(*grown));
		if (!grown) {
			msg_error("%s: out of memory", r->name);
			return -1;
		}
		r->attr = grown;
		r->n_attrs = (size_t)n;
	}
	for (i = 0; i < n; i++) {
		struct tarball_attr *t = &r->attr[e->n_attrs];
		const void *value;

		if (archive_entry_xattr_next(x, &t->name, &value, &t->n) ==
				ARCHIVE_OK &&
			!has_attr(e, r->attr, t->name)) {
			t->value = value;
			e->n_attrs++;
		}
	}
	e->attr = r->attr;
	return 0;
}

/* The end: libarchive takes the end of the stream for one as well, but a tar
 * has blocks of zeros there. 0 or -1. */
static int
end(struct tarball_reader *r, la_int64_t behind)
{
	bool is_tar = (archive_format(r->a) & ARCHIVE_FORMAT_BASE_MASK) ==
		      ARCHIVE_FORMAT_TAR;

	if (!r->is_any || !is_tar || !r->has_member ||
		archive_filter_bytes(r->a, 0) >= behind + 512)
		return 0;
	msg_error("%s: the archive ends without an end mark: it has been cut "
		  "off, and what followed is missing",
		r->name);
	return -1;
}

int
tarball_next(struct tarball_reader *r, struct tarball_entry *e)
{
	struct archive_entry *x;
	la_int64_t behind;
	int rc = r->has_member ? archive_read_data_skip(r->a) : ARCHIVE_OK;

	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return complain(r->a, r->name);
	behind = archive_filter_bytes(r->a, 0);
	rc = archive_read_next_header(r->a, &x);
	if (rc == ARCHIVE_EOF)
		return end(r, behind);
	r->has_member = true;
	/* a warning: a name in another character set; its bytes will do */
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return complain(r->a, r->name);
	if (describe(x, e) || (e->type == TARBALL_OTHER && !r->is_any)) {
		msg_error("%s: refused: %s is no file, folder or link", r->name,
			e->name ? e->name : "a member");
		return -1;
	}
	if (take_attrs(r, x, e))
		return -1;
	return !r->is_any && check(r->name, e) ? -1 : 1;
}

ssize_t
tarball_read(struct tarball_reader *r, void *p, size_t n)
{
	la_ssize_t got = archive_read_data(r->a, p, n);

	return got < 0 ? complain(r->a, r->name) : (ssize_t)got;
}
