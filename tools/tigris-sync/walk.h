#ifndef WALK_H
#define WALK_H

#include <stdbool.h>
#include <stddef.h>

struct feed;

/*
 * A folder as a listing: its files in the byte order of their paths, beneath
 * ${root}; symbolic links are themselves, and not followed. A folder is
 * "path/" with no bytes.
 */
struct walk_options {
	bool all_folders; /* not only those that hold nothing */
	size_t memory;    /* names in memory at once, about, in bytes */
	/* odd(ctx, path, what, is_error): a file that is no object, or that
	 * cannot be looked at; may be NULL. */
	void (*odd)(
		void *ctx, const char *path, const char *what, bool is_error);
	void *ctx;
};

/* walk_open(root, o): NULL after a message. A folder that is not there is
 * empty if ${may_lack}. */
struct feed *walk_open(
	const char *root, const struct walk_options *o, bool may_lack);

#endif
