#ifndef FLYTOML_H
#define FLYTOML_H

struct buf;
struct fly_config;

/*
 * flytoml_put(b, c): append ${c} as TOML 1.0 in the order and style people
 * write a fly.toml in, with its notes as comments. 0 or -1 (ENOMEM).
 */
int flytoml_put(struct buf *b, const struct fly_config *c);

#endif
