#ifndef FLYTOML_H
#define FLYTOML_H

struct buf;
struct fly_config;

/*
 * flytoml_put(b, c): append ${c} as TOML 1.0 in the order and style people
 * write a fly.toml in, with its notes as comments. 0 or -1 (ENOMEM).
 */
int flytoml_put(struct buf *b, const struct fly_config *c);

/*
 * flytoml_put_string(b, s): append the UTF-8 string ${s} as a TOML value: a
 * literal string where that saves escapes, else a basic one. 0 or -1.
 */
int flytoml_put_string(struct buf *b, const char *s);

/* flytoml_put_key(b, s): the same for a key, bare where TOML allows. */
int flytoml_put_key(struct buf *b, const char *s);

#endif
