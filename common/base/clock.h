#ifndef CLOCK_H
#define CLOCK_H

struct buf;

/*
 * The clock seam. Times are seconds; wall() since 1970-01-01 UTC, mono()
 * since any fixed point and never backwards. sleep() returns early on a
 * signal.
 */
struct clock {
	double (*wall)(void *ctx);
	double (*mono)(void *ctx);
	void (*sleep)(void *ctx, double seconds);
	void *ctx;
};

/* clock_system(): the system's clocks; static storage. */
const struct clock *clock_system(void);

/* clock_wall(c), clock_mono(c), clock_sleep(c, s): call through. */
double clock_wall(const struct clock *c);
double clock_mono(const struct clock *c);
void clock_sleep(const struct clock *c, double seconds);

/*
 * clock_put_rfc3339(b, t): append ${t} as "2026-11-24T02:15:07.123Z"
 * (RFC 3339, UTC, milliseconds). 0 or -1 (ENOMEM, or a year past 9999).
 */
int clock_put_rfc3339(struct buf *b, double t);

/*
 * clock_parse_rfc3339(s, t): the inverse; any fraction and offset. 0 or -1.
 */
int clock_parse_rfc3339(const char *s, double *t);

#endif
