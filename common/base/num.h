#ifndef NUM_H
#define NUM_H

#include <stdint.h>

struct buf;

/*
 * Range-checked number parsing; the only place where text becomes a number.
 * The whole string must be consumed; no leading blanks or '+'. Each returns
 * 0, or -1 with errno EINVAL (not such a number) or ERANGE (out of bounds),
 * and then leaves ${*out} alone.
 */

/* num_int(s, min, max, out): a decimal integer. */
int num_int(const char *s, int64_t min, int64_t max, int64_t *out);

/*
 * num_size(s, min, max, out): a byte count: digits with an optional fraction
 * and unit, with or without blanks between. b; k kb kib m mb mib g gb gib t tb
 * tib in any case, all of them powers of 1024 (as PostgreSQL and flyctl read
 * memory sizes). A fraction needs a unit; the result is rounded to the nearest
 * byte.
 */
int num_size(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/*
 * num_duration(s, min, max, out): seconds, from "90", "90s", "1.5h", "2m30s",
 * "250ms", "1d". Units d h m s ms, each at most once, in this order.
 */
int num_duration(const char *s, double min, double max, double *out);

/* num_put_size(b, n): append "512 B", "1.5 MiB"; 0 or -1 (ENOMEM). */
int num_put_size(struct buf *b, uint64_t n);

/* num_put_duration(b, s): append "0.4s", "1m03s", "2h05m"; 0 or -1. */
int num_put_duration(struct buf *b, double s);

#endif
