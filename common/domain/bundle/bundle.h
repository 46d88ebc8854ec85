#ifndef BUNDLE_H
#define BUNDLE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct bundle_in;
struct bundle_out;

/*
 * An archive of ours: a tar with zstd, written and read as a stream, whose last
 * member, "manifest.json", has the number of the others and a digest over
 * their names and bytes in order. One without it is torn; one that is not what
 * it says was altered.
 */

/* bundle_create(fd, name, level, out): 0, or -1 after a message.
 * bundle_put(a, name, p, n): one member. bundle_finish(a): the manifest and
 * the end; bundle_abandon(a): neither. */
int bundle_create(int fd, const char *name, int level, struct bundle_out **out);
int bundle_put(struct bundle_out *a, const char *name, const void *p, size_t n);
int bundle_finish(struct bundle_out *a);
void bundle_abandon(struct bundle_out *a);

/* bundle_open(fd, name, most, in): members of at most ${most} bytes. 0, or -1
 * after a message. */
int bundle_open(int fd, const char *name, int64_t most, struct bundle_in **in);
void bundle_close(struct bundle_in *a);

/*
 * bundle_next(a, name, data): 1 and a member, both borrowed until the next
 * call; 0 after a manifest that is right and the last one, with nothing behind
 * it; -1 after a message: torn, altered, or no archive of ours.
 */
int bundle_next(
	struct bundle_in *a, const char **name, const struct buf **data);

#endif
