/* mem, buf, str, num, clock, secret. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "clock.h"
#include "mem.h"
#include "num.h"
#include "secret.h"
#include "str.h"
#include "t.h"

static void
test_buf(void)
{
	struct buf b = BUF_INIT;
	char *s;
	int i, rc = 0;

	T_STR(buf_str(&b), "", "an empty buffer is an empty string");
	for (i = 0; i < 10000; i++)
		rc |= buf_printf(&b, "%d,", i);
	T_OK(rc == 0 && b.len == 48890, "it grows");
	T_OK(strlen(b.data) == b.len, "it ends with a NUL");
	buf_drop(&b, 2);
	T_OK(strncmp(b.data, "1,2,", 4) == 0, "its beginning can be dropped");
	buf_drop(&b, SIZE_MAX);
	T_INT(b.len, 0, "dropping more than there is empties it");
	T_OK(buf_append(&b, "a\0b", 3) == 0 && b.len == 3, "it takes NULs");
	s = buf_steal(&b);
	T_OK(s && memcmp(s, "a\0b", 4) == 0 && !b.data, "it can be stolen");
	free(s);
	errno = 0;
	T_OK(buf_reserve(&b, SIZE_MAX - 1) == -1 && errno == ENOMEM,
		"an absurd size is ENOMEM and not an overflow");
	T_ALLOC_LOOP(20, {
		struct buf c = BUF_SECRET;

		(void)(buf_puts(&c, "secret") || buf_reserve(&c, 5000) ||
			buf_putc(&c, 'x'));
		buf_fini(&c);
	});
	buf_fini(&b);
}

static void
test_secret_buf(void)
{
	struct buf b = BUF_SECRET;
	const char *data;
	size_t i, n = 0;

	T_INT(buf_puts(&b, "hunter2"), 0, "a secret buffer takes text");
	data = b.data;
	buf_clear(&b);
	for (i = 0; i < 7; i++)
		n += data[i] != 0;
	T_INT(n, 0, "clearing it wipes the memory");
	buf_fini(&b);
}

static void
test_str(void)
{
	static const char *const words[] = {"jobs", "journal", NULL, "from"};
	static const struct {
		const char *text;
		size_t n;
		long bad;
	} utf8[] = {{"abc", 3, -1}, {"\xc3\xbc", 2, -1}, {"\xc3", 1, 0},
		{"a\xc0\x80", 3, 1}, {"\xe0\x80\x80", 3, 0},
		{"\xed\xa0\x80", 3, 0}, {"\xf0\x9f\x98\x80", 4, -1},
		{"\xf4\x90\x80\x80", 4, 0}, {"\xf5\x80\x80\x80", 4, 0},
		{"ok\xff", 3, 2}, {"\xe2\x82", 2, 0}, {"", 0, -1}};
	size_t i, bad;

	T_OK(str_starts("abc", "ab") && !str_starts("a", "ab"), "starts");
	T_OK(str_ends("abc", "bc") && !str_ends("c", "bc"), "ends");
	T_OK(is_str_equal_nocase("AbC", "aBc") &&
			!is_str_equal_nocase("ab", "abc"),
		"equal without case");
	T_OK(is_str_glob("a*c?", "abbbcd") && is_str_glob("*", "") &&
			!is_str_glob("a?", "a") && is_str_glob("**x", "yxx"),
		"glob");
	T_INT(str_distance("jobs", "josb"), 1, "a swap counts once");
	T_INT(str_distance("", "abc"), 3, "from nothing");
	T_STR(str_nearest("jbos", words, 4), "jobs", "a typo is understood");
	T_STR(str_nearest("journ", words, 4), "journal", "a beginning too");
	T_OK(!str_nearest("zzzz", words, 4), "and nonsense is not");
	for (i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++) {
		int rc = utf8_check(utf8[i].text, utf8[i].n, &bad);

		T_OK(utf8[i].bad < 0 ? rc == 0
				     : rc == -1 && (long)bad == utf8[i].bad,
			"UTF-8 case %zu", i);
	}
}

static void
test_int(void)
{
	static const struct {
		const char *text;
		int e;
		int64_t v;
	} cases[] = {{"0", 0, 0}, {"-7", 0, -7},
		{"9223372036854775807", 0, INT64_MAX},
		{"-9223372036854775808", 0, INT64_MIN},
		{"9223372036854775808", ERANGE, 0},
		{"99999999999999999999999", ERANGE, 0}, {"", EINVAL, 0},
		{"+1", EINVAL, 0}, {" 1", EINVAL, 0}, {"1 ", EINVAL, 0},
		{"1x", EINVAL, 0}, {"0x10", EINVAL, 0}, {"-", EINVAL, 0},
		{"007", 0, 7}};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t v = 0;
		int rc = num_int(cases[i].text, INT64_MIN, INT64_MAX, &v);

		T_OK(cases[i].e ? rc == -1 && errno == cases[i].e
				: rc == 0 && v == cases[i].v,
			"integer '%s'", cases[i].text);
	}
	int64_t v = 42;
	T_OK(num_int("11", 1, 10, &v) == -1 && errno == ERANGE && v == 42,
		"out of bounds leaves the value alone");
}

static void
test_size(void)
{
	static const struct {
		const char *text;
		int ok;
		uint64_t v;
	} cases[] = {{"512", 1, 512}, {"512mb", 1, 512ull << 20},
		{"1.5GiB", 1, 3ull << 29}, {"1 kB", 1, 1024},
		{"10G", 1, 10ull << 30}, {"16777215t", 1, 16777215ull << 40},
		{"16777216t", 0, 0}, {"18446744073709551615", 1, UINT64_MAX},
		{"18446744073709551616", 0, 0}, {"1.5", 0, 0}, {"mb", 0, 0},
		{"-1", 0, 0}, {"1xb", 0, 0}, {"1mib", 1, 1 << 20},
		{"1bb", 0, 0}, {"1ki", 0, 0}, {"1e3", 0, 0}, {"0.5b", 1, 1}};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t v = 0;
		int rc = num_size(cases[i].text, 0, UINT64_MAX, &v);

		T_OK(cases[i].ok ? rc == 0 && v == cases[i].v : rc == -1,
			"size '%s'", cases[i].text);
	}
}

static void
test_duration(void)
{
	static const struct {
		const char *text;
		double v; /* < 0: refused */
	} cases[] = {{"90", 90}, {"90s", 90}, {"2h", 7200}, {"2m30s", 150},
		{"1.5h", 5400}, {"250ms", 0.25}, {"1d", 86400},
		{"1h1m1s1ms", 3661.001}, {"", -1}, {"s", -1}, {"1m1h", -1},
		{"1s1s", -1}, {"10 s", -1}, {"1x", -1}, {"1s2", -1},
		{"-1s", -1}};
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		double v = 0;
		int rc = num_duration(cases[i].text, 0, 1e9, &v);

		T_OK(cases[i].v < 0 ? rc == -1
				    : rc == 0 && v > cases[i].v - 1e-9 &&
					      v < cases[i].v + 1e-9,
			"duration '%s'", cases[i].text);
	}
	T_OK(num_put_duration(&b, 63) == 0, "durations are written");
	T_STR(buf_str(&b), "1m03s", "as people do");
	buf_clear(&b);
	T_OK(num_put_size(&b, 3 << 19) == 0, "and sizes");
	T_STR(buf_str(&b), "1.5 MiB", "in binary units");
	buf_clear(&b);
	T_OK(num_put_size(&b, 1048575) == 0, "just below a unit");
	T_STR(buf_str(&b), "1.0 MiB", "is never 1024.0 of the one below");
	buf_fini(&b);
}

static void
test_clock(void)
{
	static const char *const good[] = {"2026-11-24T02:15:07.123Z",
		"1970-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z",
		"0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"};
	static const char *const bad[] = {"2026-13-01T00:00:00Z",
		"2025-02-29T00:00:00Z", "2026-01-01 00:00", "x",
		"2026-01-01T00:00:00", "2026-01-01T24:00:00Z",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+2:00"};
	struct buf b = BUF_INIT;
	double t, u;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		buf_clear(&b);
		T_OK(clock_parse_rfc3339(good[i], &t) == 0 &&
				clock_put_rfc3339(&b, t) == 0,
			"time %s", good[i]);
		T_STR(buf_str(&b), good[i], "there and back");
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		T_OK(clock_parse_rfc3339(bad[i], &t) == -1, "no time: %s",
			bad[i]);
	T_OK(clock_parse_rfc3339("2026-01-01T02:00:00+02:00", &t) == 0 &&
			clock_parse_rfc3339("2026-01-01T00:00:00Z", &u) == 0 &&
			t == u,
		"offsets");
	T_OK(clock_put_rfc3339(&b, 1e30) == -1, "a year past 9999 is refused");
	t = clock_mono(clock_system());
	clock_sleep(clock_system(), 0.01);
	T_OK(clock_mono(clock_system()) - t >= 0.0099, "it sleeps");
	buf_fini(&b);
}

static void
test_secret(void)
{
	struct buf b = BUF_SECRET;
	struct secret *s;

	(void)buf_append(&b, "a\0b", 3);
	s = secret_take(&b);
	T_OK(s && secret_len(s) == 3 && memcmp(secret_data(s), "a\0b", 4) == 0,
		"a secret keeps its bytes");
	T_OK(!b.data && !b.len, "and the buffer is empty");
	secret_free(s);
	secret_free(NULL);
	T_ALLOC_LOOP(5, secret_free(secret_new("x", 1)));
	T_OK(!mem_zalloc(SIZE_MAX, 2) && !mem_resize(NULL, SIZE_MAX, 2),
		"a product that overflows is refused");
}

int
main(void)
{
	T_BEGIN();
	test_buf();
	test_secret_buf();
	test_str();
	test_int();
	test_size();
	test_duration();
	test_clock();
	test_secret();
	return T_END();
}
