#include "flyunit.h"

#include <ctype.h>
#include <math.h>

/* A decimal number of digits with an optional point; moves ${*s} on. */
static int
take_number(const char **s, double *out)
{
	double v = 0, scale = 1;
	int digits = 0;

	for (; isdigit((unsigned char)**s); (*s)++, digits++)
		v = v * 10 + (**s - '0');
	if (**s == '.')
		for ((*s)++; isdigit((unsigned char)**s); (*s)++, digits++) {
			scale /= 10;
			v += (**s - '0') * scale;
		}
	*out = v;
	return digits > 0 ? 0 : -1;
}

static double
duration_unit(const char *s, size_t n)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {
		{"ns", 1e-9},
		{"us", 1e-6},
		{"\xc2\xb5s", 1e-6},
		{"\xce\xbcs", 1e-6},
		{"ms", 1e-3},
		{"s", 1},
		{"m", 60},
		{"h", 3600},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].name) == n &&
			memcmp(units[i].name, s, n) == 0)
			return units[i].seconds;
	return 0;
}

int
flyunit_duration(const char *s, double *seconds)
{
	double total = 0, sign = 1, v, unit;

	if (*s == '-' || *s == '+')
		sign = *s++ == '-' ? -1 : 1;
	if (strcmp(s, "0") == 0) {
		*seconds = 0;
		return 0;
	}
	if (*s == '\0')
		return -1;
	while (*s != '\0') {
		if (take_number(&s, &v) == -1)
			return -1;
		size_t n = strcspn(s, ".0123456789");
		if ((unit = duration_unit(s, n)) == 0)
			return -1;
		total += v * unit;
		s += n;
	}
	/* Go keeps a duration in 64 bits of nanoseconds */
	if (total > 9.2e9)
		return -1;
	*seconds = sign * total;
	return 0;
}

/* A number with a unit of powers of ${base}; bytes. */
static int
size_bytes(const char *s, double base, double *bytes)
{
	static const char letters[] = "kmgtp";
	double v;

	if (take_number(&s, &v) == -1)
		return -1;
	if (*s == ' ')
		s++;
	const char *p =
		*s != '\0' ? strchr(letters, tolower((unsigned char)*s)) : NULL;
	if (p != NULL) {
		v *= pow(base, (double)(p - letters) + 1);
		s++;
		if (tolower((unsigned char)*s) == 'i')
			s++;
	}
	if (tolower((unsigned char)*s) == 'b')
		s++;
	*bytes = v;
	return *s == '\0' ? 0 : -1;
}

static int
whole(const char *s, double base, double unit, int64_t *out)
{
	double v;

	if (s[strspn(s, "0123456789")] == '\0') {
		const char *p = s;
		if (take_number(&p, &v) == -1)
			return -1;
	} else {
		if (size_bytes(s, base, &v) == -1)
			return -1;
		v = floor(v / unit);
	}
	if (v > 1e12)
		return -1;
	*out = (int64_t)v;
	return 0;
}

int
flyunit_memory(const char *s, int64_t *mb)
{
	return whole(s, 1024, 1024 * 1024, mb);
}

int
flyunit_volume(const char *s, int64_t *gb)
{
	return whole(s, 1000, 1e9, gb);
}
