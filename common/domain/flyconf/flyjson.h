#ifndef FLYJSON_H
#define FLYJSON_H

struct fly_config;
struct jsonw;

/*
 * flyjson_put(w, key, c): write ${c} as a JSON object with the keys and types
 * of fly.toml (flyctl reads it as fly.json), as member ${key} of the innermost
 * open object. Errors stick in ${w}.
 */
void flyjson_put(struct jsonw *w, const char *key, const struct fly_config *c);

#endif
