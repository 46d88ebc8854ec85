#ifndef FLYNUM_H
#define FLYNUM_H

struct buf;
struct jsonw;

/* Numbers with a fraction as text: the fewest digits that read back the same.
 */

/* flynum_put_toml(b, v): append a TOML float. 0 or -1 (ENOMEM). */
int flynum_put_toml(struct buf *b, double v);

/* flynum_put_json(w, key, v): a JSON number; null if ${v} is not finite. */
void flynum_put_json(struct jsonw *w, const char *key, double v);

/*
 * flynum_put_go(b, v): append what Go's fmt prints for %v: 3.1, 1e+06, NaN,
 * +Inf; flyctl makes strings of numbers this way. 0 or -1 (ENOMEM).
 */
int flynum_put_go(struct buf *b, double v);

#endif
