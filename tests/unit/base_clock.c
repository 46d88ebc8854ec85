#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "buf.h"
#include "clock.h"
#include "mem.h"
#include "t.h"

static void
puts_time(double t, const char *want)
{
	struct buf b = BUF_INIT;
	int rc = clock_put_rfc3339(&b, t);

	T_STR(rc ? "refused" : buf_str(&b), want, "writes %.4f", t);
	T_OK(!rc || b.len == 0, "and nothing half");
	buf_fini(&b);
}

static void
parses(const char *s, double want)
{
	double t = 77;
	int rc = clock_parse_rfc3339(s, &t);

	T_OK(rc == 0 && fabs(t - want) < 1e-6, "reads '%s'", s);
}

static void
refuses(const char *s)
{
	double t = 77;

	T_OK(clock_parse_rfc3339(s, &t) == -1 && t == 77, "refuses '%s'", s);
}

static void
writing(void)
{
	puts_time(0, "1970-01-01T00:00:00.000Z");
	puts_time(1795486507.123, "2026-11-24T02:15:07.123Z");
	puts_time(1795486507.9994, "2026-11-24T02:15:07.999Z");
	puts_time(1795486507.9996, "2026-11-24T02:15:08.000Z");
	puts_time(951782400, "2000-02-29T00:00:00.000Z");
	puts_time(-0.5, "1969-12-31T23:59:59.500Z");
	puts_time(253402300799.999, "9999-12-31T23:59:59.999Z");
	puts_time(253402300800, "refused");
	puts_time(-62135596800, "0001-01-01T00:00:00.000Z");
	puts_time(-62135596801, "refused");
	puts_time(NAN, "refused");
	puts_time(INFINITY, "refused");
	puts_time(-INFINITY, "refused");
}

static void
reading(void)
{
	static const char *const bad[] = {"", "2026-11-24",
		"2026-11-24T02:15:07", "2026-11-24T02:15Z",
		"2026-11-24X02:15:07Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-11-00T00:00:00Z",
		"2026-11-31T00:00:00Z", "2025-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-11-24T24:00:00Z",
		"2026-11-24T02:60:00Z", "2026-11-24T02:15:61Z",
		"2026-11-24T02:15:07.Z", "2026-11-24T02:15:07Zx",
		"2026-11-24T02:15:07+", "2026-11-24T02:15:07+02",
		"2026-11-24T02:15:07+0200", "2026-11-24T02:15:07+24:00",
		"2026-11-24T02:15:07+02:60", "2026-11-24T02:15:07+02:00x",
		"26-11-24T02:15:07Z", " 2026-11-24T02:15:07Z",
		"0000-01-01T00:00:00Z", "+026-11-24T02:15:07Z"};

	parses("1970-01-01T00:00:00Z", 0);
	parses("2026-11-24T02:15:07.123Z", 1795486507.123);
	parses("2026-11-24 02:15:07z", 1795486507);
	parses("2026-11-24t02:15:07.123456789Z", 1795486507.123457);
	parses("2026-11-24T03:15:07+01:00", 1795486507);
	parses("2026-11-23T20:45:07-05:30", 1795486507);
	parses("2000-02-29T00:00:00Z", 951782400);
	parses("2024-12-31T23:59:60Z", 1735689600);
	parses("0001-01-01T00:00:00Z", -62135596800);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(bad[i]);
}

/* Days apart over every month from the year 1 on, there and back. */
static void
round_trip(void)
{
	long wrong = 0;

	for (double t = -62135596800; t < 253402300800; t += 86400 * 29.77) {
		struct buf b = BUF_INIT;
		double back = NAN;

		if (clock_put_rfc3339(&b, t) ||
			clock_parse_rfc3339(buf_str(&b), &back) ||
			!(fabs(back - t) < 0.001))
			wrong++;
		buf_fini(&b);
	}
	T_INT(wrong, 0, "reads what it wrote, from the year 1 to 9999");
}

static void
on_alarm(int sig)
{
	(void)sig;
}

static void
system_clock(void)
{
	const struct clock *c = clock_system();
	struct itimerval timer = {{0, 0}, {0, 20000}};
	struct sigaction act;
	double before = clock_mono(c), wall = clock_wall(c);

	T_OK(wall > 1.7e9 && fabs(wall - (double)time(NULL)) < 2, "wall clock");
	clock_sleep(c, 0.02);
	T_OK(clock_mono(c) - before >= 0.02, "sleeps as long as told");
	before = clock_mono(c);
	clock_sleep(c, 0);
	clock_sleep(c, -1);
	clock_sleep(c, NAN);
	T_OK(clock_mono(c) - before < 5, "no time is no sleep");
	memset(&act, 0, sizeof(act));
	act.sa_handler = on_alarm;
	sigaction(SIGALRM, &act, NULL);
	before = clock_mono(c);
	setitimer(ITIMER_REAL, &timer, NULL);
	clock_sleep(c, INFINITY);
	before = clock_mono(c) - before;
	T_OK(before > 0.01 && before < 30, "a signal ends an endless sleep");
}

static double
fake(void *ctx)
{
	return *(double *)ctx;
}

static void
fake_sleep(void *ctx, double seconds)
{
	*(double *)ctx += seconds;
}

static void
once(void)
{
	struct buf b = BUF_INIT;

	(void)clock_put_rfc3339(&b, 0);
	buf_fini(&b);
}

int
main(void)
{
	double now = 100;
	struct clock c = {fake, fake, fake_sleep, &now};

	T_BEGIN();
	writing();
	reading();
	round_trip();
	system_clock();
	clock_sleep(&c, 5);
	T_OK(clock_wall(&c) == 105 && clock_mono(&c) == 105,
		"a clock is a seam");
	T_ALLOC_LOOP(10, once());
	return T_END();
}
