#ifndef TARBALL_H
#define TARBALL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tarball_reader;
struct tarball_writer;

/*
 * Archives as streams, over descriptors, in bounded memory. Written: pax, with
 * zstd or plain. Read: any tar, plain or with gzip, bzip2, xz or zstd; or any
 * format and compression that libarchive reads from a pipe without help.
 */

enum tarball_type {
	TARBALL_FILE,
	TARBALL_FOLDER,
	TARBALL_SYMLINK,
	TARBALL_HARDLINK,
	TARBALL_OTHER /* a device, a socket ...: of tarball_open_any() only */
};

/* An extended attribute of a member: "user.NAME" and its bytes. */
struct tarball_attr {
	const char *name, *value;
	size_t n;
};

/* One member. Strings are borrowed, when reading until the next member. */
struct tarball_entry {
	const char *name;
	const char *link; /* the target of a link, else NULL */
	int64_t size;     /* bytes of a file, else 0 */
	int64_t mtime;    /* seconds since the epoch */
	unsigned mode;    /* permission bits */
	enum tarball_type type;
	long mtime_ns; /* the rest of mtime, nanoseconds */
	const struct tarball_attr *attr;
	size_t n_attrs;
};

/*
 * is_tarball_name(name): it stays within the folder it is unpacked in: not
 * empty, not absolute, no ".." among its parts. is_tarball_link(name, link):
 * the same of where a symbolic link ${name} to ${link} leads.
 */
int is_tarball_name(const char *name);
int is_tarball_link(const char *name, const char *link);

/*
 * tarball_create(fd, name, level, out): write to ${fd} (borrowed), ${name} in
 * messages (copied), with zstd's ${level} 1 to 19. 0, or -1 after a message.
 */
int tarball_create(
	int fd, const char *name, int level, struct tarball_writer **out);

/* tarball_create_plain(fd, name, out): the same without compression, with times
 * to the nanosecond and names in UTF-8. Sets LC_CTYPE for the process. */
int tarball_create_plain(int fd, const char *name, struct tarball_writer **out);

/* tarball_put(w, e): begin a member; a file's ${e->size} bytes follow by
 * tarball_write, in pieces. A name that is refused when reading is refused
 * here too. 0, or -1 after a message. */
int tarball_put(struct tarball_writer *w, const struct tarball_entry *e);
int tarball_write(struct tarball_writer *w, const void *p, size_t n);

/* tarball_finish(w): write the end and free ${w}, also on failure. 0, or -1
 * after a message. tarball_abandon(w): free without an end; NULL is fine. */
int tarball_finish(struct tarball_writer *w);
void tarball_abandon(struct tarball_writer *w);

/* tarball_open(fd, name, out): read ${fd} (borrowed), ${name} in messages
 * (copied). 0, or -1 after a message. tarball_close(r): NULL is fine. */
int tarball_open(int fd, const char *name, struct tarball_reader **out);

/*
 * tarball_open_any(fd, name, out): the same for tar, cpio, zip and what else
 * can be read as a stream, of any compression. Names and links are handed over
 * as they are, wherever they lead, and other members too. A size of -1 is one
 * that is not known before the end. To be used in the C locale, where names
 * of tar and cpio come byte for byte; for others it sets LC_CTYPE.
 */
int tarball_open_any(int fd, const char *name, struct tarball_reader **out);
void tarball_close(struct tarball_reader *r);

/*
 * tarball_next(r, e): 1 and the next member; 0 at the end; -1 after a message:
 * damaged, torn inside a member, a name or link that leads out, or a member
 * that is no file, folder or link. A tar that is cut between two members is
 * told from a whole one by tarball_open_any() only: who must know otherwise
 * keeps a last member of its own.
 */
int tarball_next(struct tarball_reader *r, struct tarball_entry *e);

/* tarball_read(r, p, n): at most ${n} bytes of the member; 0 at its end; -1
 * after a message. What is not read is skipped by tarball_next. */
ssize_t tarball_read(struct tarball_reader *r, void *p, size_t n);

#endif
