#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "clock.h"

/* Seconds; a longer sleep may return early, as any may on a signal. */
enum { SLEEP_MAX = 1000000000 };

static double
read_clock(clockid_t id)
{
	struct timespec ts = {0, 0};

	clock_gettime(id, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double
system_wall(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static double
system_mono(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC);
}

static void
system_sleep(void *ctx, double seconds)
{
	struct timespec ts;

	(void)ctx;
	if (!(seconds > 0))
		return;
	if (seconds > SLEEP_MAX)
		seconds = SLEEP_MAX;
	ts.tv_sec = (time_t)seconds;
	ts.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
	nanosleep(&ts, NULL);
}

const struct clock *
clock_system(void)
{
	static const struct clock c = {
		system_wall, system_mono, system_sleep, NULL};

	return &c;
}

double
clock_wall(const struct clock *c)
{
	return c->wall(c->ctx);
}

double
clock_mono(const struct clock *c)
{
	return c->mono(c->ctx);
}

void
clock_sleep(const struct clock *c, double seconds)
{
	c->sleep(c->ctx, seconds);
}

int
clock_put_rfc3339(struct buf *b, double t)
{
	double ms = floor(t * 1000 + 0.5);
	time_t s;
	struct tm tm;
	int milli;

	/* years 0001 to 9999 */
	if (!(ms >= -62135596800000.0 && ms < 253402300800000.0)) {
		errno = ERANGE;
		return -1;
	}
	s = (time_t)floor(ms / 1000);
	milli = (int)(ms - (double)s * 1000);
	if (!gmtime_r(&s, &tm))
		return -1;
	return buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec, milli);
}

/* ${n} digits at ${*s} as a number, or -1. */
static int
digits(const char **s, int n)
{
	int v = 0;

	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return -1;
		v = v * 10 + (**s - '0');
	}
	return v;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar. */
static int64_t
days(int y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static int
month_days(int y, int m)
{
	static const int n[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))
		return 29;
	return n[m - 1];
}

/* "Z" or "+hh:mm" at ${s}, to its end, in seconds. */
static int
offset(const char *s, int *out)
{
	int sign = *s == '-' ? -1 : 1, h, m;

	*out = 0;
	if ((*s == 'Z' || *s == 'z') && !s[1])
		return 0;
	if (*s != '+' && *s != '-')
		return -1;
	s++;
	if ((h = digits(&s, 2)) < 0 || h > 23 || *s++ != ':' ||
		(m = digits(&s, 2)) < 0 || m > 59 || *s)
		return -1;
	*out = sign * (h * 3600 + m * 60);
	return 0;
}

int
clock_parse_rfc3339(const char *s, double *t)
{
	int y, mo, d, h, mi, sec, off;
	double fraction = 0, scale = 1;

	if ((y = digits(&s, 4)) < 1 || *s++ != '-' ||
		(mo = digits(&s, 2)) < 1 || mo > 12 || *s++ != '-' ||
		(d = digits(&s, 2)) < 1 || d > month_days(y, mo))
		return -1;
	if (!*s || !strchr("Tt ", *s))
		return -1;
	s++;
	if ((h = digits(&s, 2)) < 0 || h > 23 || *s++ != ':' ||
		(mi = digits(&s, 2)) < 0 || mi > 59 || *s++ != ':' ||
		(sec = digits(&s, 2)) < 0 || sec > 60)
		return -1;
	if (*s == '.') {
		if (s[1] < '0' || s[1] > '9')
			return -1;
		for (s++; *s >= '0' && *s <= '9'; s++)
			fraction += (*s - '0') * (scale /= 10);
	}
	if (offset(s, &off))
		return -1;
	*t = (double)(days(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec - off) +
	     fraction;
	return 0;
}
