#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "t.h"

static void
test_record(void)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	(void)buf_puts(&b, "before\n");
	jsonw_record(&w, &b, "a.b");
	jsonw_str(&w, "s", "x");
	jsonw_strn(&w, "n", "xyz", 2);
	jsonw_int(&w, "i", INT64_MIN);
	jsonw_uint(&w, "u", UINT64_MAX);
	jsonw_bool(&w, "t", true);
	jsonw_bool(&w, "f", false);
	jsonw_null(&w, "z");
	jsonw_time(&w, "at", 0.25);
	jsonw_stamp(&w, 7); /* it has its time */
	jsonw_raw(&w, "r", "[1]", 3);
	jsonw_object(&w, "o");
	jsonw_int(&w, "a", 1);
	jsonw_array(&w, "l");
	jsonw_int(&w, NULL, 1);
	jsonw_object(&w, NULL);
	jsonw_close(&w);
	jsonw_str(&w, NULL, "");
	jsonw_close(&w);
	jsonw_array(&w, "e");
	jsonw_close(&w);
	jsonw_close(&w);
	jsonw_int(&w, "last", -1);
	T_INT(jsonw_end_record(&w), 0, "a record");
	T_STR(buf_str(&b),
		"before\n{\"type\":\"a.b\",\"s\":\"x\",\"n\":\"xy\","
		"\"i\":-9223372036854775808,\"u\":18446744073709551615,"
		"\"t\":true,\"f\":false,\"z\":null,"
		"\"at\":\"1970-01-01T00:00:00.250Z\",\"r\":[1],"
		"\"o\":{\"a\":1,\"l\":[1,{},\"\"],\"e\":[]},\"last\":-1}\n",
		"as it should be");
	buf_fini(&b);
}

static void
test_numbers(void)
{
	static const struct {
		double v;
		const char *want;
	} cases[] = {
		{0, "0"},
		{-0.0, "0"},
		{-0.0001, "0"},
		{1, "1"},
		{100, "100"},
		{-10, "-10"},
		{0.5, "0.5"},
		{1.25, "1.25"},
		{1.0004, "1"},
		{1.0006, "1.001"},
		{0.001, "0.001"},
		{-1.5, "-1.5"},
		{1e15, "1000000000000000"},
	};
	static const double none[] = {NAN, INFINITY, -INFINITY};
	struct buf b = BUF_INIT;
	struct jsonw w;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&b);
		jsonw_value(&w, &b);
		jsonw_num(&w, NULL, cases[i].v);
		T_INT(jsonw_end_value(&w), 0, "a number");
		T_STR(buf_str(&b), cases[i].want, "is %s", cases[i].want);
	}
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		buf_clear(&b);
		jsonw_value(&w, &b);
		jsonw_num(&w, NULL, none[i]);
		T_INT(jsonw_end_value(&w), -1, "JSON has no such number");
	}
	buf_clear(&b);
	jsonw_value(&w, &b);
	jsonw_num(&w, NULL, -1.7976931348623157e308);
	T_OK(jsonw_end_value(&w) == 0 && b.len == 310, "the largest double");
	buf_fini(&b);
}

/* Every byte and the edges of UTF-8 come back from the reader. */
static void
test_strings(void)
{
	static const char edges[] =
		"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80"
		"\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf";
	static const char *const bad[] = {"\xff", "\x80", "a\xc3", "\xc0\xaf",
		"\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"};
	struct buf b = BUF_INIT;
	struct json_error err;
	char all[128 + sizeof(edges)];
	struct jsonw w;
	struct json *j;
	size_t i;

	for (i = 1; i < 128; i++)
		all[i - 1] = (char)i;
	memcpy(all + 127, edges, sizeof(edges));
	jsonw_value(&w, &b);
	jsonw_object(&w, NULL);
	jsonw_str(&w, all, all);
	jsonw_close(&w);
	T_INT(jsonw_end_value(&w), 0, "every character");
	for (i = 0; i < b.len && (unsigned char)b.data[i] >= 0x20; i++)
		;
	T_INT(i, b.len, "no control character is left bare");
	j = json_parse(b.data, b.len, &err);
	T_OK(j != NULL, "is read again");
	T_STR(json_get_str(json_root(j), all), all, "unchanged, key and value");
	json_free(j);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		buf_clear(&b);
		(void)buf_puts(&b, "kept");
		jsonw_record(&w, &b, "a.b");
		jsonw_str(&w, "s", bad[i]);
		jsonw_int(&w, "after", 1);
		T_INT(jsonw_end_record(&w), -1, "no UTF-8: refused");
		T_STR(buf_str(&b), "kept", "and cut back");
	}
	jsonw_record(&w, &b, "a.b");
	jsonw_int(&w, "\xff", 1);
	T_INT(jsonw_end_record(&w), -1, "a key that is no UTF-8");
	jsonw_record(&w, &b, "a.b");
	jsonw_strn(&w, "s", "a\0b", 3);
	T_INT(jsonw_end_record(&w), 0, "a NUL inside a string");
	T_STR(buf_str(&b), "kept{\"type\":\"a.b\",\"s\":\"a\\u0000b\"}\n",
		"is escaped");
	buf_fini(&b);
}

/* Wrong nesting must not give text that looks like a record. */
static void
test_misuse(void)
{
	struct buf b = BUF_INIT;
	struct jsonw w;
	unsigned i;

	jsonw_record(&w, &b, "a.b");
	jsonw_array(&w, "open");
	T_INT(jsonw_end_record(&w), -1, "an array left open");
	jsonw_record(&w, &b, "a.b");
	jsonw_close(&w);
	T_INT(jsonw_end_record(&w), -1, "closed too often");
	jsonw_record(&w, &b, "a.b");
	jsonw_int(&w, NULL, 1);
	T_INT(jsonw_end_record(&w), -1, "a member without a key");
	jsonw_record(&w, &b, "a.b");
	jsonw_array(&w, "a");
	jsonw_int(&w, "k", 1);
	jsonw_close(&w);
	T_INT(jsonw_end_record(&w), -1, "a key inside an array");
	jsonw_value(&w, &b);
	T_INT(jsonw_end_value(&w), -1, "no value at all");
	jsonw_value(&w, &b);
	jsonw_int(&w, NULL, 1);
	jsonw_int(&w, NULL, 2);
	T_INT(jsonw_end_value(&w), -1, "two bare values");
	jsonw_value(&w, &b);
	jsonw_int(&w, "k", 1);
	T_INT(jsonw_end_value(&w), -1, "a bare value with a key");
	T_INT(b.len, 0, "nothing was left of them");
	jsonw_value(&w, &b);
	for (i = 0; i < 64; i++)
		jsonw_array(&w, NULL);
	for (i = 0; i < 64; i++)
		jsonw_close(&w);
	T_INT(jsonw_end_value(&w), 0, "64 deep");
	T_INT(b.len, 128, "written whole");
	buf_clear(&b);
	jsonw_value(&w, &b);
	for (i = 0; i < 65; i++)
		jsonw_array(&w, NULL);
	for (i = 0; i < 65; i++)
		jsonw_close(&w);
	T_INT(jsonw_end_value(&w), -1, "65 deep");
	T_INT(b.len, 0, "is cut back");
	buf_fini(&b);
}

static void
test_alloc(void)
{
	int half = 0;

	T_ALLOC_LOOP(100, {
		struct buf b = BUF_INIT;
		struct jsonw w;
		int i;

		jsonw_record(&w, &b, "a.b");
		for (i = 0; i < 40; i++)
			jsonw_str(&w, "key", "a text of some length");
		if (jsonw_end_record(&w) && b.len)
			half++;
		buf_fini(&b);
	});
	T_INT(half, 0, "no half record is left");
}

int
main(void)
{
	T_BEGIN();
	test_record();
	test_numbers();
	test_strings();
	test_misuse();
	test_alloc();
	return T_END();
}
