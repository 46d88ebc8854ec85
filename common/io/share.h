#ifndef SHARE_H
#define SHARE_H

#include <stddef.h>

/*
 * The data files of share/map, carried inside every program so that one that
 * gave up the file system still has them.
 */
struct share_file {
	const char *name; /* without ".json" */
	const unsigned char *data;
	size_t len;
};

/* The table that the build generates; its last entry has name NULL. */
extern const struct share_file share_files[];

struct json;

/*
 * share_open(name): the parsed file; the caller's to json_free. NULL after a
 * message (no such file, out of memory).
 */
struct json *share_open(const char *name);

#endif
