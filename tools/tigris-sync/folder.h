#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct folder;
struct folder_file;

/*
 * A folder that objects are written into. No name leads out of it, no symbolic
 * link on the way is followed, and a file has its name only when it is whole.
 */

/*
 * folder_refuses(key, len): why the key cannot be a path beneath a folder, or
 * NULL: empty parts, "." and "..", an absolute path, a NUL, a part too long.
 * A slash at the end is a folder's. Pure.
 */
const char *folder_refuses(const char *key, size_t len);

/* is_folder_temporary(key): the name of an unfinished file of ours. */
bool is_folder_temporary(const char *key);

/* folder_open(root, writes): with ${writes}, make it if need be. NULL after a
 * message. */
struct folder *folder_open(const char *root, bool writes);

/* folder_close(f): NULL is fine; what was written is on disk. 0, or -1 after a
 * message. */
int folder_close(struct folder *f);

/*
 * folder_begin(f, key, id, file): a file that shall be ${key}; ${id} names this
 * version of it, and what an interrupted run has written of that version is
 * still there. 0; -1 with the reason in ${*why}, borrowed, and in
 * ${*is_refused} whether it is one that stays.
 */
int folder_begin(struct folder *f, const char *key, size_t len, const char *id,
	struct folder_file **file, const char **why, bool *is_refused);

/* folder_fd(file): to write to, borrowed. folder_had(file): the bytes that
 * were there. */
int folder_fd(const struct folder_file *file);
uint64_t folder_had(const struct folder_file *file);

/* folder_commit(file, mode, mtime, changed): it gets its name, with permission
 * bits (0: as the process makes them) and time in ns (0: now); ${*changed} is
 * when, by the file system. Frees ${file}. 0, or -1 with the reason in
 * ${*why}. */
int folder_commit(struct folder_file *file, unsigned mode, int64_t mtime,
	int64_t *changed, const char **why);

/* folder_drop(file, keep): give it up, ${keep} what was written for the next
 * run. NULL is fine. */
void folder_drop(struct folder_file *file, bool keep);

/* folder_make(f, key, len, changed, why): the folder "path/". folder_link(f,
 * key, len, to, changed, why): a symbolic link, refused where it would lead
 * out. As folder_commit, and 1 if it was there already. */
int folder_make(struct folder *f, const char *key, size_t len, int64_t *changed,
	const char **why);
int folder_link(struct folder *f, const char *key, size_t len, const char *to,
	int64_t *changed, const char **why);

/* folder_read(f, key, len): open a file for reading, or -1 (errno). */
int folder_read(struct folder *f, const char *key, size_t len);

/* folder_changed(f, key, len): when it was, as a walk would say, ns; 0: it is
 * not there. */
int64_t folder_changed(struct folder *f, const char *key, size_t len);

/* folder_remove(f, key, len): remove a file, a link or an empty folder; one
 * that is not there is fine. 0 or -1 (errno). */
int folder_remove(struct folder *f, const char *key, size_t len);

#endif
