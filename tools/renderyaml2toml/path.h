#ifndef PATH_H
#define PATH_H

#include <stddef.h>

struct buf;

/*
 * path_join(b, base, path): append ${path}, seen from the folder ${base}
 * ("" : the repository's root), without "./", "//" and inner ".."; "" for the
 * root itself. 0 or -1 (ENOMEM).
 */
int path_join(struct buf *b, const char *base, const char *path);

/* path_depth(path): how many folders deep a path of path_join is. */
size_t path_depth(const char *path);

#endif
