#ifndef JSONBYTES_H
#define JSONBYTES_H

#include <stddef.h>

struct buf;
struct json_val;
struct jsonw;

/*
 * Names that may be any bytes, in JSON: as the member NAME where they are
 * UTF-8 text without NULs, else in base 64 as NAME_base64.
 */

/* jsonbytes_put(w, name, p, n): write the member. */
void jsonbytes_put(struct jsonw *w, const char *name, const char *p, size_t n);

/*
 * jsonbytes_get(v, name, b): append what one of the two members of ${v} holds.
 * 1; 0 if there is neither; -1 if it is no string, no base 64, or without
 * memory.
 */
int jsonbytes_get(const struct json_val *v, const char *name, struct buf *b);

#endif
