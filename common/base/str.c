#include <string.h>

#include "str.h"

bool
str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

static int
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

bool
is_str_equal_nocase(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (fold(*a) != fold(*b))
			return false;
	return *a == *b;
}

bool
is_str_one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (*s == **list && strcmp(s, *list) == 0)
			return true;
	return false;
}

bool
is_str_glob(const char *pattern, const char *s)
{
	const char *star = NULL, *retry = NULL;

	while (*s) {
		if (*pattern == '*') {
			star = pattern++;
			retry = s;
		} else if (*pattern == '?' || *pattern == *s) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star + 1;
			s = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

enum { DISTANCE_MAX = 64 };

static size_t
min3(size_t a, size_t b, size_t c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

size_t
str_distance(const char *a, const char *b)
{
	size_t row[3][DISTANCE_MAX + 1];
	size_t n = strlen(a), m = strlen(b), i, j;

	if (n > DISTANCE_MAX || m > DISTANCE_MAX)
		return n > m ? n : m;
	for (j = 0; j <= m; j++)
		row[0][j] = j;
	for (i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *up = row[(i - 1) % 3];
		const size_t *up2 = row[(i + 1) % 3];

		now[0] = i;
		for (j = 1; j <= m; j++) {
			now[j] = min3(up[j] + 1, now[j - 1] + 1,
				up[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1] && up2[j - 2] + 1 < now[j])
				now[j] = up2[j - 2] + 1;
		}
	}
	return row[n % 3][m];
}

const char *
str_nearest(const char *word, const char *const *list, size_t n)
{
	const char *best = NULL;
	size_t len = strlen(word), i, d;
	size_t limit = len < 4 ? 1 : len < 8 ? 2 : 3;
	size_t least = limit + 1;

	for (i = 0; i < n; i++) {
		if (!list[i])
			continue;
		d = str_distance(word, list[i]);
		/* another case and an unfinished word are near misses too */
		if (d > 1 && is_str_equal_nocase(word, list[i]))
			d = 1;
		else if (d > limit && len >= 3 && str_starts(list[i], word))
			d = limit;
		/* nothing in common is not near, however short */
		if (d < least && d < len) {
			best = list[i];
			least = d;
		}
	}
	return best;
}

/* The length of the well-formed sequence at p (RFC 3629 table), or 0. */
static size_t
utf8_sequence(const unsigned char *p, size_t n)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t len, i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (len > n)
		return 0;
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	if (p[1] < lo || p[1] > hi)
		return 0;
	for (i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

int
utf8_check(const char *p, size_t n, size_t *bad)
{
	size_t i = 0;

	while (i < n) {
		size_t len = utf8_sequence((const unsigned char *)p + i, n - i);

		if (!len) {
			if (bad)
				*bad = i;
			return -1;
		}
		i += len;
	}
	return 0;
}
