#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "mem.h"
#include "num.h"
#include "t.h"

static void
i(const char *s, int64_t min, int64_t max, int why, int64_t want)
{
	int64_t n = 77;
	int rc;

	errno = 0;
	rc = num_int(s, min, max, &n);
	T_OK(rc == (why ? -1 : 0) && (!why || errno == why) &&
			n == (why ? 77 : want),
		"int '%s' in %lld..%lld", s, (long long)min, (long long)max);
}

static void
integers(void)
{
	int64_t lo = INT64_MIN, hi = INT64_MAX;

	i("0", lo, hi, 0, 0);
	i("-0", lo, hi, 0, 0);
	i("007", lo, hi, 0, 7);
	i("9223372036854775807", lo, hi, 0, hi);
	i("9223372036854775808", lo, hi, ERANGE, 0);
	i("9223372036854775809", lo, hi, ERANGE, 0);
	i("-9223372036854775808", lo, hi, 0, lo);
	i("-9223372036854775809", lo, hi, ERANGE, 0);
	i("18446744073709551615", lo, hi, ERANGE, 0);
	i("18446744073709551616", lo, hi, ERANGE, 0);
	i("18446744073709551617", lo, hi, ERANGE, 0);
	i("-18446744073709551616", lo, hi, ERANGE, 0);
	i("99999999999999999999999999999999", lo, hi, ERANGE, 0);
	i("00000000000000000000000000000001", lo, hi, 0, 1);
	i("1", 1, 64, 0, 1);
	i("64", 1, 64, 0, 64);
	i("0", 1, 64, ERANGE, 0);
	i("65", 1, 64, ERANGE, 0);
	i("-5", -5, -5, 0, -5);
	i("", lo, hi, EINVAL, 0);
	i("-", lo, hi, EINVAL, 0);
	i("+1", lo, hi, EINVAL, 0);
	i(" 1", lo, hi, EINVAL, 0);
	i("1 ", lo, hi, EINVAL, 0);
	i("--1", lo, hi, EINVAL, 0);
	i("1.0", lo, hi, EINVAL, 0);
	i("1e3", lo, hi, EINVAL, 0);
	i("0x10", lo, hi, EINVAL, 0);
	i("9999999999999999999999x", lo, hi, EINVAL, 0);
}

static void
z(const char *s, int why, uint64_t want)
{
	uint64_t n = 77;
	int rc;

	errno = 0;
	rc = num_size(s, 0, UINT64_MAX, &n);
	T_OK(rc == (why ? -1 : 0) && (!why || errno == why) &&
			n == (why ? 77 : want),
		"size '%s'", s);
}

static void
sizes(void)
{
	static const char *const bad[] = {"", "b", "k", "-1", "+1", " 1", "1 ",
		"1 ", "1  ", "1 m b", "1.5", "1.", "1.k", ".5k", "1ib", "1ki",
		"1kk", "1bb", "1p", "1mbs", "1e3", "0x1", "1,5k", "1.5.5k",
		"inf", "nan"};
	uint64_t n = 77;

	z("0", 0, 0);
	z("512", 0, 512);
	z("512b", 0, 512);
	z("512B", 0, 512);
	z("1k", 0, 1024);
	z("1kb", 0, 1024);
	z("1KiB", 0, 1024);
	z("512mb", 0, UINT64_C(512) << 20);
	z("1 mb", 0, 1 << 20);
	z("1.5  GiB", 0, UINT64_C(3) << 29);
	z("512MIB", 0, UINT64_C(512) << 20);
	z("1.5GiB", 0, UINT64_C(3) << 29);
	z("2g", 0, UINT64_C(2) << 30);
	z("3Tb", 0, UINT64_C(3) << 40);
	z("0.5k", 0, 512);
	z("0.1k", 0, 102);
	z("1.0004k", 0, 1024);
	z("1.0005k", 0, 1025);
	z("1.5b", 0, 2);
	z("1.4b", 0, 1);
	z("0.9999999999999999999999k", 0, 1024);
	z("18446744073709551615", 0, UINT64_MAX);
	z("18446744073709551616", ERANGE, 0);
	z("99999999999999999999999999999", ERANGE, 0);
	z("16777215t", 0, UINT64_C(16777215) << 40);
	z("16777215.25t", 0, (UINT64_C(16777215) << 40) + (UINT64_C(1) << 38));
	z("16777216t", ERANGE, 0);
	z("16777215.99999999999999999t", ERANGE, 0);
	z("18014398509481983k", 0, UINT64_C(18014398509481983) << 10);
	z("18014398509481984k", ERANGE, 0);
	z("9007199254740993.0b", 0, UINT64_C(9007199254740993));
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		z(bad[k], EINVAL, 0);
	T_OK(num_size("1k", 1024, 1024, &n) == 0 && n == 1024, "size: bounds");
	T_OK(num_size("1023", 1024, 4096, &n) && errno == ERANGE &&
			num_size("4.1k", 1024, 4096, &n) && errno == ERANGE &&
			n == 1024,
		"size: out of them");
}

static void
d(const char *s, int why, double want)
{
	double n = 77;
	int rc;

	errno = 0;
	rc = num_duration(s, 0, 1e9, &n);
	T_OK(rc == (why ? -1 : 0) && (!why || errno == why) &&
			fabs(n - (why ? 77 : want)) < 1e-9,
		"duration '%s'", s);
}

static void
durations(void)
{
	static const char *const bad[] = {"", "s", "m", "-1", "+1", " 1", "1 ",
		"1 s", "90x", "1.s", ".5s", "30s2m", "1m1m", "1ms1s", "2m30",
		"1w", "1S", "1sec", "1min", "1dh", "1e3", "inf", "nan", "1:30"};
	double n = 77;

	d("0", 0, 0);
	d("90", 0, 90);
	d("0.25", 0, 0.25);
	d("90s", 0, 90);
	d("1.5h", 0, 5400);
	d("2m30s", 0, 150);
	d("2h", 0, 7200);
	d("250ms", 0, 0.25);
	d("1s250ms", 0, 1.25);
	d("1m5ms", 0, 60.005);
	d("1d", 0, 86400);
	d("1d2h3m4s5ms", 0, 93784.005);
	d("1000000000", 0, 1e9);
	d("1000000001", ERANGE, 0);
	d("11575d", ERANGE, 0);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		d(bad[k], EINVAL, 0);
	char nines[401];
	memset(nines, '9', 400);
	nines[400] = '\0';
	T_OK(num_duration(nines, 0, 1e300, &n) && errno == ERANGE && n == 77,
		"duration: more than a double holds");
	T_OK(num_duration("59.9s", 60, 120, &n) && errno == ERANGE &&
			num_duration("2m1ms", 60, 120, &n) && errno == ERANGE &&
			num_duration("1m", 60, 120, &n) == 0 && n == 60 &&
			num_duration("2m", 60, 120, &n) == 0 && n == 120,
		"duration: bounds");
}

static void
shows_size(uint64_t n, const char *want)
{
	struct buf b = BUF_INIT;

	num_put_size(&b, n);
	T_STR(buf_str(&b), want, "shows %llu bytes", (unsigned long long)n);
	buf_fini(&b);
}

static void
shows_duration(double s, const char *want)
{
	struct buf b = BUF_INIT;

	num_put_duration(&b, s);
	T_STR(buf_str(&b), want, "shows %g seconds", s);
	buf_fini(&b);
}

static void
output(void)
{
	shows_size(0, "0 B");
	shows_size(512, "512 B");
	shows_size(1023, "1023 B");
	shows_size(1024, "1.0 KiB");
	shows_size(1536, "1.5 KiB");
	shows_size((1 << 20) - 1, "1.0 MiB");
	shows_size(3 << 19, "1.5 MiB");
	shows_size(UINT64_C(1) << 40, "1.0 TiB");
	shows_size(UINT64_MAX, "16.0 EiB");
	shows_duration(0, "0.0s");
	shows_duration(-1, "0.0s");
	shows_duration(NAN, "0.0s");
	shows_duration(0.44, "0.4s");
	shows_duration(9.94, "9.9s");
	shows_duration(9.96, "10s");
	shows_duration(59.4, "59s");
	shows_duration(59.6, "1m00s");
	shows_duration(63, "1m03s");
	shows_duration(3599.4, "59m59s");
	shows_duration(3599.6, "1h00m");
	shows_duration(7500, "2h05m");
	shows_duration(360000, "100h00m");
	shows_duration(INFINITY, "277777777777h46m");
}

static void
once(void)
{
	struct buf b = BUF_INIT;

	(void)num_put_size(&b, 5);
	buf_fini(&b);
	(void)num_put_duration(&b, 5);
	buf_fini(&b);
}

int
main(void)
{
	T_BEGIN();
	integers();
	sizes();
	durations();
	output();
	T_ALLOC_LOOP(10, once());
	return T_END();
}
