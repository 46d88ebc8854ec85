#include "tomltime.h"
#include "toml.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
has_digits(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_digit(s[i]))
			return false;
	return true;
}

/* The ${n} digits at ${s}, which are there. */
static unsigned
number(const char *s, size_t n)
{
	unsigned v = 0;

	while (n-- > 0)
		v = v * 10 + (unsigned)(*s++ - '0');
	return v;
}

bool
is_tomltime_like(const char *s, size_t n)
{
	return (n >= 5 && has_digits(s, 4) && s[4] == '-') ||
	       (n >= 3 && has_digits(s, 2) && s[2] == ':');
}

static unsigned
days(unsigned year, unsigned month)
{
	static const unsigned char n[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return n[month - 1] + (month == 2 && leap);
}

/* 2006-01-02 */
static const char *
read_date(const char **s)
{
	const char *p = *s;
	unsigned month, day;

	if (!has_digits(p, 4) || p[4] != '-' || !has_digits(p + 5, 2) ||
		p[7] != '-' || !has_digits(p + 8, 2))
		return "a date is written as 2006-01-02";
	month = number(p + 5, 2);
	day = number(p + 8, 2);
	if (month < 1 || month > 12)
		return "there is no such month";
	if (day < 1 || day > days(number(p, 4), month))
		return "there is no such day in that month";
	*s += 10;
	return NULL;
}

/* 15:04:05 with any fraction */
static const char *
read_clock(const char **s)
{
	const char *p = *s;

	if (!has_digits(p, 2) || p[2] != ':' || !has_digits(p + 3, 2) ||
		p[5] != ':' || !has_digits(p + 6, 2))
		return "a time is written as 15:04:05, seconds included";
	/* RFC 3339 allows a leap second */
	if (number(p, 2) > 23 || number(p + 3, 2) > 59 || number(p + 6, 2) > 60)
		return "there is no such time of day";
	p += 8;
	if (*p == '.') {
		if (!is_digit(*++p))
			return "digits must follow the dot of a time";
		while (is_digit(*p))
			p++;
	}
	*s = p;
	return NULL;
}

/* Z or +07:00 */
static const char *
read_offset(const char **s)
{
	const char *p = *s;

	if (*p == 'Z' || *p == 'z') {
		*s += 1;
		return NULL;
	}
	if (!has_digits(p + 1, 2) || p[3] != ':' || !has_digits(p + 4, 2))
		return "an offset from UTC is written as Z or +07:00";
	if (number(p + 1, 2) > 23 || number(p + 4, 2) > 59)
		return "there is no such offset from UTC";
	*s += 6;
	return NULL;
}

const char *
tomltime_read(const char *s, unsigned *mark)
{
	const char *why;

	if (s[2] == ':') {
		*mark = TOML_LOCAL_TIME;
		if ((why = read_clock(&s)) != NULL)
			return why;
		return *s == '\0' ? NULL
				  : "a time without a date ends here "
				    "with its seconds";
	}
	*mark = TOML_LOCAL_DATE;
	if ((why = read_date(&s)) != NULL || *s == '\0')
		return why;
	if (*s != 'T' && *s != 't' && *s != ' ')
		return "a T or one space stands between date and time";
	s++;
	*mark = TOML_LOCAL_DATETIME;
	if ((why = read_clock(&s)) != NULL || *s == '\0')
		return why;
	*mark = TOML_OFFSET_DATETIME;
	if (*s != 'Z' && *s != 'z' && *s != '+' && *s != '-')
		return "only an offset from UTC may follow the time";
	if ((why = read_offset(&s)) != NULL)
		return why;
	return *s == '\0' ? NULL : "nothing may follow the offset from UTC";
}
