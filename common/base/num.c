#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "num.h"

static int
fail(int why)
{
	errno = why;
	return -1;
}

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int
num_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
	uint64_t v = 0, limit;
	int neg = *s == '-';

	if (neg)
		s++;
	if (!is_digit(*s))
		return fail(EINVAL);
	limit = neg ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	for (; is_digit(*s); s++) {
		unsigned d = (unsigned)(*s - '0');

		if (v > (limit - d) / 10)
			v = limit + 1; /* sticks: only ERANGE is left */
		if (v > limit)
			continue;
		v = v * 10 + d;
	}
	if (*s)
		return fail(EINVAL);
	if (v > limit)
		return fail(ERANGE);
	int64_t n = neg ? (int64_t)(0 - v) : (int64_t)v;
	if (n < min || n > max)
		return fail(ERANGE);
	*out = n;
	return 0;
}

/*
 * Digits with an optional fraction: the value before the point, that behind
 * it (-1 without a point), and in ${*end} what follows. -1: no such number.
 */
static int
decimal(const char *s, double *whole, double *fraction, const char **end)
{
	double scale = 1;

	if (!is_digit(*s))
		return -1;
	for (*whole = 0; is_digit(*s); s++)
		*whole = *whole * 10 + (*s - '0');
	*fraction = -1;
	if (*s == '.') {
		if (!is_digit(*++s))
			return -1;
		for (*fraction = 0; is_digit(*s); s++)
			*fraction += (*s - '0') * (scale /= 10);
	}
	*end = s;
	return 0;
}

/* The power of 1024 that the unit stands for, -1 if it is no unit. */
static int
size_unit(const char *u)
{
	static const char letters[] = "bkmgt";
	char c = (char)(*u >= 'A' && *u <= 'Z' ? *u - 'A' + 'a' : *u);
	const char *at = c ? strchr(letters, c) : NULL;
	int power;

	if (!*u)
		return 0;
	if (!at)
		return -1;
	power = (int)(at - letters);
	u++;
	if (power > 0 && (*u == 'i' || *u == 'I')) {
		u++;
		if (*u != 'b' && *u != 'B')
			return -1;
	}
	if (power > 0 && (*u == 'b' || *u == 'B'))
		u++;
	return *u ? -1 : power;
}

int
num_size(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *end;
	double whole, fraction;
	int power;
	uint64_t n = 0, part = 0;

	if (decimal(s, &whole, &fraction, &end))
		return fail(EINVAL);
	while (*end == ' ' && end[1])
		end++;
	power = size_unit(end);
	if (power < 0 || (fraction >= 0 && !*end))
		return fail(EINVAL);
	/* the integer part exactly: a double has too few bits for it */
	for (; is_digit(*s); s++) {
		unsigned d = (unsigned)(*s - '0');

		if (n > (UINT64_MAX - d) / 10)
			return fail(ERANGE);
		n = n * 10 + d;
	}
	if (n > UINT64_MAX >> (10 * power))
		return fail(ERANGE);
	n <<= 10 * power;
	if (fraction > 0)
		part = (uint64_t)floor(ldexp(fraction, 10 * power) + 0.5);
	if (part > UINT64_MAX - n)
		return fail(ERANGE);
	n += part;
	if (n < min || n > max)
		return fail(ERANGE);
	*out = n;
	return 0;
}

static const struct {
	const char *name;
	double seconds;
} duration_units[] = {
	{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}, {"ms", 0.001}};

enum { N_UNITS = sizeof(duration_units) / sizeof(duration_units[0]) };

/* The unit that stands at s, at ${from} or after it; -1 if none. */
static int
duration_unit(const char *s, int from)
{
	size_t n = strspn(s, "dhms");
	int i;

	for (i = from; i < N_UNITS; i++)
		if (strlen(duration_units[i].name) == n &&
			strncmp(s, duration_units[i].name, n) == 0)
			return i;
	return -1;
}

int
num_duration(const char *s, double min, double max, double *out)
{
	double total = 0, v, fraction;
	int next = 0, unit;

	if (!*s)
		return fail(EINVAL);
	while (*s) {
		if (decimal(s, &v, &fraction, &s))
			return fail(EINVAL);
		if (fraction > 0)
			v += fraction;
		if (!*s && next == 0) {
			total = v;
			break;
		}
		if ((unit = duration_unit(s, next)) < 0)
			return fail(EINVAL);
		s += strlen(duration_units[unit].name);
		total += v * duration_units[unit].seconds;
		next = unit + 1;
	}
	if (!(total >= min && total <= max))
		return fail(ERANGE);
	*out = total;
	return 0;
}

int
num_put_size(struct buf *b, uint64_t n)
{
	static const char *const units[] = {
		"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double v = (double)n;
	size_t i = 0;

	while (v >= 1023.95 && i < sizeof(units) / sizeof(units[0]) - 1) {
		v /= 1024;
		i++;
	}
	if (i == 0)
		return buf_printf(b, "%u B", (unsigned)n);
	return buf_printf(b, "%.1f %s", v, units[i]);
}

int
num_put_duration(struct buf *b, double s)
{
	unsigned long long t;

	if (!(s > 0))
		s = 0;
	if (s < 9.95)
		return buf_printf(b, "%.1fs", s);
	t = s < 1e15 ? (unsigned long long)(s + 0.5) : 1000000000000000ULL;
	if (t < 60)
		return buf_printf(b, "%llus", t);
	if (t < 3600)
		return buf_printf(b, "%llum%02llus", t / 60, t % 60);
	return buf_printf(b, "%lluh%02llum", t / 3600, t % 3600 / 60);
}
