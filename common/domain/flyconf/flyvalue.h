#ifndef FLYVALUE_H
#define FLYVALUE_H

#include <stdbool.h>

struct buf;
struct fly_pair;
struct jsonw;
struct tree;

/* flyvalue_put_toml(b, p): append the pair's value as TOML. 0 or -1. */
int flyvalue_put_toml(struct buf *b, const struct fly_pair *p);

/* flyvalue_put_json(w, p): the pair as a member of the innermost object. */
void flyvalue_put_json(struct jsonw *w, const struct fly_pair *p);

/*
 * flyvalue_put_go(b, t, is_json): append what flyctl makes of ${t} where it
 * wants a string and gets something else: Go's %v ("3.1", "true", "[1 2]").
 * In JSON (${is_json}) every number is a float to it. 0 or -1 (ENOMEM).
 */
int flyvalue_put_go(struct buf *b, const struct tree *t, bool is_json);

#endif
