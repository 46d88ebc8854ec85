#include <string.h>

#include "mem.h"
#include "str.h"
#include "t.h"

static void
ends(void)
{
	T_OK(str_starts("abc", "ab") && str_starts("abc", "") &&
			str_starts("", "") && str_starts("abc", "abc"),
		"starts");
	T_OK(!str_starts("ab", "abc") && !str_starts("abc", "b"),
		"does not start");
	T_OK(str_ends("abc", "bc") && str_ends("abc", "") && str_ends("", "") &&
			str_ends("abc", "abc"),
		"ends");
	T_OK(!str_ends("bc", "abc") && !str_ends("abc", "b"), "does not end");
	T_OK(is_str_equal_nocase("MiB", "mIb") && is_str_equal_nocase("", ""),
		"equal but for case");
	T_OK(!is_str_equal_nocase("a", "ab") && !is_str_equal_nocase("ab", "a"),
		"a prefix is not equal");
	T_OK(is_str_one_of("b", (const char *const[]){"a", "b", NULL}) &&
			!is_str_one_of(
				"ab", (const char *const[]){"a", "b", NULL}) &&
			!is_str_one_of("a", (const char *const[]){NULL}),
		"one of a list");
	T_OK(!is_str_equal_nocase("[", "{") && !is_str_equal_nocase("@", "`"),
		"only letters are folded");
	T_OK(!is_str_equal_nocase("\xc3\x84", "\xc3\xa4"), "of ASCII");
}

static void
glob(void)
{
	static const struct {
		const char *pattern, *s;
		bool want;
	} t[] = {{"", "", true}, {"", "a", false}, {"*", "", true},
		{"*", "abc", true}, {"**", "a", true}, {"?", "", false},
		{"?", "a", true}, {"?", "ab", false}, {"a*c", "abbc", true},
		{"a*c", "abcd", false}, {"*.csv", "a.csv.csv", true},
		{"*a*b", "xaybzb", true}, {"*a*b", "xaybz", false},
		{"a", "ab", false}, {"ab", "a", false}, {"a?*", "a", false},
		{"a?*", "ab", true}, {"[a]", "a", false}, {"[a]", "[a]", true},
		{"\\*", "*", false}, {"\\*", "\\x", true},
		{"*aab", "aaaaaaaab", true},
		{"*a*a*a*a*a*a*a*a*a*a*b",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			false}};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		T_OK(is_str_glob(t[i].pattern, t[i].s) == t[i].want,
			"glob %s %s %s", t[i].pattern,
			t[i].want ? "matches" : "refuses", t[i].s);
}

static void
distance(void)
{
	char long_a[66], long_b[101];

	T_INT(str_distance("", ""), 0, "distance of nothing");
	T_INT(str_distance("", "abc"), 3, "insert");
	T_INT(str_distance("abc", ""), 3, "delete");
	T_INT(str_distance("abc", "abd"), 1, "replace");
	T_INT(str_distance("verify", "veirfy"), 1, "swap");
	T_INT(str_distance("ca", "abc"), 3, "a swap is not edited again");
	T_INT(str_distance("kitten", "sitting"), 3, "the textbook's");
	memset(long_a, 'a', sizeof(long_a));
	memset(long_b, 'a', sizeof(long_b));
	long_b[64] = long_a[64] = '\0';
	T_INT(str_distance(long_a, long_b), 0, "64 bytes are compared");
	long_a[64] = 'a';
	long_a[65] = '\0';
	T_INT(str_distance(long_a, long_b), 65, "65 are far from anything");
	T_INT(str_distance(long_b, long_a), 65, "either way round");
}

static void
nearest(void)
{
	static const char *const list[] = {"jobs", NULL, "journal", "json",
		"from", "to", "split-larger-than", "on-conflict"};
	static const struct {
		const char *word, *want;
	} t[] = {{"job", "jobs"}, {"jobs", "jobs"}, {"jbos", "jobs"},
		{"jurnal", "journal"}, {"jsn", "json"}, {"JSON", "json"},
		{"Split-Larger-Than", "split-larger-than"}, {"form", "from"},
		{"split", "split-larger-than"}, {"on_conflict", "on-conflict"},
		{"ot", "to"}, {"", NULL}, {"x", NULL}, {"zz", NULL},
		{"frobnicate", NULL}, {"jx", NULL}};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const char *got = str_nearest(
			t[i].word, list, sizeof(list) / sizeof(list[0]));

		T_STR(got ? got : "-", t[i].want ? t[i].want : "-",
			"nearest to '%s'", t[i].word);
	}
	T_OK(!str_nearest("a", list, 0), "nearest of none");
	static const char *const close[] = {"jot", "jobs-at-once", "job"};
	T_STR(str_nearest("job", close, 2), "jot",
		"a typo is nearer than an unfinished word");
	T_STR(str_nearest("job", close, 3), "job", "and the word itself most");
}

/* Well-formed, or the offset at which it is not. */
static void
utf8(const char *p, size_t n, long want, const char *what)
{
	size_t bad = 999;
	int rc = utf8_check(p, n, &bad);

	T_INT(rc ? (long)bad : -1, want, "UTF-8: %s", what);
	if (!rc)
		T_INT(bad, 999, "and the offset is left alone");
}

#define UTF8(s, want, what) utf8(s, sizeof(s) - 1, want, what)

static void
utf8_edges(void)
{
	UTF8("", -1, "nothing");
	UTF8("a\0b", -1, "NUL");
	UTF8("\x7f", -1, "U+007F");
	UTF8("\xc2\x80", -1, "U+0080");
	UTF8("\xdf\xbf", -1, "U+07FF");
	UTF8("\xe0\xa0\x80", -1, "U+0800");
	UTF8("\xed\x9f\xbf", -1, "U+D7FF");
	UTF8("\xee\x80\x80", -1, "U+E000");
	UTF8("\xef\xbf\xbf", -1, "U+FFFF");
	UTF8("\xf0\x90\x80\x80", -1, "U+10000");
	UTF8("\xf4\x8f\xbf\xbf", -1, "U+10FFFF");
	UTF8("ab\x80", 2, "a lone continuation");
	UTF8("a\xc0\x80", 1, "overlong NUL");
	UTF8("\xc1\xbf", 0, "overlong U+007F");
	UTF8("\xe0\x9f\xbf", 0, "overlong U+07FF");
	UTF8("\xf0\x8f\xbf\xbf", 0, "overlong U+FFFF");
	UTF8("\xed\xa0\x80", 0, "surrogate U+D800");
	UTF8("\xed\xbf\xbf", 0, "surrogate U+DFFF");
	UTF8("\xf4\x90\x80\x80", 0, "U+110000");
	UTF8("\xf5\x80\x80\x80", 0, "a first byte of F5");
	UTF8("\xf8\x88\x80\x80\x80", 0, "five bytes");
	UTF8("\xff", 0, "FF");
	UTF8("a\xc3", 1, "cut after one of two");
	UTF8("\xe2\x82", 0, "cut after two of three");
	UTF8("\xf0\x9f\x98", 0, "cut after three of four");
	UTF8("\xc3(", 0, "ASCII in second place");
	UTF8("\xe2\x82(", 0, "ASCII in third place");
	UTF8("\xf0\x9f\x98(", 0, "ASCII in fourth place");
	UTF8("\xc3\xa4\xc3\xa4\xc3\xc3\xa4", 4, "a start in second place");
	T_INT(utf8_check("\xff", 1, NULL), -1, "UTF-8: the offset is optional");
}

/* Every code point, encoded by the rule, and its neighbours. */
static void
utf8_all(void)
{
	long wrong = 0;

	for (unsigned long c = 0x80; c < 0x120000; c++) {
		char p[4];
		size_t n = 0;

		if (c < 0x800) {
			p[n++] = (char)(0xc0 | c >> 6);
		} else if (c < 0x10000) {
			p[n++] = (char)(0xe0 | c >> 12);
			p[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		} else {
			p[n++] = (char)(0xf0 | c >> 18);
			p[n++] = (char)(0x80 | (c >> 12 & 0x3f));
			p[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		}
		p[n++] = (char)(0x80 | (c & 0x3f));
		int want = (c >= 0xd800 && c < 0xe000) || c > 0x10ffff;
		wrong += (utf8_check(p, n, NULL) != 0) != want;
		wrong += utf8_check(p, n - 1, NULL) == 0;
	}
	T_INT(wrong, 0, "UTF-8: every code point");
}

int
main(void)
{
	T_BEGIN();
	ends();
	glob();
	distance();
	nearest();
	utf8_edges();
	utf8_all();
	return T_END();
}
