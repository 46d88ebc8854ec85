#ifndef NAMELIST_H
#define NAMELIST_H

#include <stdbool.h>
#include <stddef.h>

struct json_val;
struct jsonw;

/* A list of strings, each once. */
struct namelist {
	char **item;
	size_t n;
};

/* namelist_add(l, s): add a copy, unless it is there. 0 or -1 (ENOMEM). */
int namelist_add(struct namelist *l, const char *s);

/* has_namelist(l, s): whether it is there. */
bool has_namelist(const struct namelist *l, const char *s);

/* namelist_fini(l): free all; it is empty then. */
void namelist_fini(struct namelist *l);

/* namelist_put(w, key, l): as an array. namelist_take(l, v): add the strings of
 * an array; 0, or -1: it is none. */
void namelist_put(struct jsonw *w, const char *key, const struct namelist *l);
int namelist_take(struct namelist *l, const struct json_val *v);

#endif
