#ifndef ATTRS_H
#define ATTRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct object;

/*
 * What an object is besides its bytes: the headers that are kept, by their
 * lower-case names ("content-type", "x-amz-meta-colour"). A file's time, mode
 * and link are user metadata: "mtime" and "mode" as rclone writes them, and
 * "airlift-link", "airlift-hardlink".
 */
struct attr {
	char *name, *value;
};

struct attrs {
	struct attr *item;
	size_t n;
};

#define ATTRS_INIT                                                             \
	{                                                                      \
		NULL, 0                                                        \
	}

/* attrs_fini(a): free all; ${a} is empty. */
void attrs_fini(struct attrs *a);

/* is_attrs_kept(name): a header of an answer to GET that belongs to the object
 * and can be sent with a PUT; in any case of letters. */
bool is_attrs_kept(const char *name);

/* attrs_set(a, name, value, n): add, or replace. 0 or -1 (ENOMEM). */
int attrs_set(struct attrs *a, const char *name, const char *value, size_t n);

/* attrs_get(a, name): the value, or NULL. */
const char *attrs_get(const struct attrs *a, const char *name);

/* attrs_drop(a, name): without it from now on. */
void attrs_drop(struct attrs *a, const char *name);

/*
 * attrs_of_file(a, o): a file's time, mode and link go in as user metadata. 0
 * or -1. attrs_to_file(a, mtime, mode): the inverse, where they are there, ns
 * and st_mode. attrs_link(a, name, b): append the link in "airlift-link" or
 * "airlift-hardlink": 1; 0: none; -1: damaged, or without memory.
 */
int attrs_of_file(struct attrs *a, const struct object *o);
void attrs_to_file(const struct attrs *a, int64_t *mtime, unsigned *mode);
int attrs_link(const struct attrs *a, const char *name, struct buf *b);
int attrs_set_link(struct attrs *a, const char *name, const char *link);

/* attrs_type(key): the content type that the end of a name tells, or NULL. */
const char *attrs_type(const char *key);

#endif
