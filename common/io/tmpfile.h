#ifndef TMPFILE_H
#define TMPFILE_H

#include <stddef.h>

struct tmpfile;

/*
 * Atomic output: written under a temporary name in the same folder, fsynced
 * and renamed. Uncommitted ones are removed at exit and on SIGINT, SIGTERM
 * and SIGHUP. (Named after git's tempfile; nothing to do with tmpfile(3).)
 */

/*
 * tmpfile_open(path, mode): a new temporary file that shall become ${path},
 * created with permission bits ${mode}. NULL after a message.
 */
struct tmpfile *tmpfile_open(const char *path, unsigned mode);

/*
 * tmpfile_open_nameless(path, mode): the same, but the file has no name before
 * tmpfile_commit(), where the system can do that: one who is killed leaves
 * nothing behind. tmpfile_name() is not to be asked for.
 */
struct tmpfile *tmpfile_open_nameless(const char *path, unsigned mode);

/* tmpfile_fd(t): its descriptor, owned by ${t}. */
int tmpfile_fd(const struct tmpfile *t);

/* tmpfile_name(t): its temporary name, borrowed: for another program to fill,
 * or for a file that is never committed. */
const char *tmpfile_name(const struct tmpfile *t);

/* tmpfile_commit(t): fsync, rename, fsync the folder, free. 0 or -1. */
int tmpfile_commit(struct tmpfile *t);

/* tmpfile_abort(t): remove and free; NULL is fine. */
void tmpfile_abort(struct tmpfile *t);

/* tmpfile_write(path, mode, p, n): all of it at once. 0, or -1 after a
 * message. */
int tmpfile_write(const char *path, unsigned mode, const void *p, size_t n);

/* tmpfile_folder(path): the folder in which ${path} is made; the caller's to
 * free. NULL without memory. */
char *tmpfile_folder(const char *path);

/* tmpfile_sync_folder(path): fsync that folder, as well as may be: a new name
 * is on disk only after it is. */
void tmpfile_sync_folder(const char *path);

#endif
