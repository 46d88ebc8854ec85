#ifndef MEMBER_H
#define MEMBER_H

#include <stdbool.h>
#include <stddef.h>

struct attrs;
struct buf;
struct object;
struct tarball_attr;
struct tarball_entry;

/*
 * Objects as members of a tar archive and back. The name of a member is the
 * key, wherever that can be a path; all that an object has besides its bytes
 * is in extended attributes, so that `import` of what `export` wrote gives the
 * same objects, and plain tar gives usable files.
 */
struct member {
	char *name, *link;
	struct tarball_attr *attr;
	size_t n_attrs;
};

/*
 * member_name(key, len, has_bytes, b): append a name beneath which the object
 * can be unpacked: the key, or, where that is no path, its escaped form in the
 * folder
 * ".airlift-keys". 1 if it is the key, 0 if not, -1: ENOMEM.
 */
int member_name(const char *key, size_t len, bool has_bytes, struct buf *b);

/* member_of(o, a, m, e): fill ${e} from an object and its headers; what it
 * points to is ${m}'s, until member_fini(). 0 or -1 (ENOMEM). */
int member_of(const struct object *o, const struct attrs *a, struct member *m,
	struct tarball_entry *e);
void member_fini(struct member *m);

/*
 * member_read(e, o, key, a): the inverse: key, size, time, mode and link of
 * the object in ${o}, with the key's bytes in ${key}; its headers in ${a}. 1; 0
 * if it is no object (the top folder, a folder that is none); -1: ENOMEM.
 */
int member_read(const struct tarball_entry *e, struct object *o,
	struct buf *key, struct attrs *a);

/* member_escape(p, n, b): append with what is no UTF-8 as %XX, and '%' too. 0
 * or -1. */
int member_escape(const char *p, size_t n, struct buf *b);

#endif
