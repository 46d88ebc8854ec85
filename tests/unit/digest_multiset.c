#include <string.h>

#include "mem.h"
#include "multiset.h"
#include "t.h"

static const char *
hex(const struct multiset *m)
{
	static char text[MULTISET_HEX + 1];

	multiset_format(m, text);
	return text;
}

static struct multiset
of(const char *const *rows, size_t n)
{
	struct multiset m = MULTISET_INIT;
	size_t i;

	for (i = 0; i < n; i++)
		multiset_add(&m, rows[i], strlen(rows[i]));
	return m;
}

/* The published values of XXH3-128, and a sum that was done by hand. */
static void
test_values(void)
{
	static const char *const one[] = {"abc"}, *const none[] = {""};
	static const char *const two[] = {"abc", "abc"};
	struct multiset m = of(none, 1);

	T_STR(hex(&m), "99aa06d3014798d86001c324468d497f", "an empty row");
	T_INT(m.rows, 1, "... is a row");
	T_INT(m.bytes, 0, "... of no bytes");
	m = of(one, 1);
	T_STR(hex(&m), "06b05ab6733a618578af5f94892f3950", "one row");
	m = of(two, 2);
	T_STR(hex(&m), "0d60b56ce674c30af15ebf29125e72a0", "twice the row");
	m = of(one, 0);
	T_STR(hex(&m), "00000000000000000000000000000000", "no rows");
}

static void
test_sets(void)
{
	static const char *const a[] = {"one", "two", "two", "three"};
	static const char *const b[] = {"two", "three", "one", "two"};
	static const char *const c[] = {"one", "one", "two", "three"};
	static const char *const d[] = {"onet", "wo", "two", "three"};
	struct multiset x = of(a, 4), y = of(b, 4), z = of(c, 4), v = of(d, 4);
	struct multiset parts = of(a, 2), rest = of(a + 2, 2);

	T_OK(is_multiset_equal(&x, &y), "the order does not count");
	T_OK(!is_multiset_equal(&x, &z), "how often a row is there counts");
	T_OK(!is_multiset_equal(&x, &v), "where a row ends counts");
	multiset_merge(&parts, &rest);
	T_OK(is_multiset_equal(&x, &parts), "sums of parts add up");
	y = of(b, 3);
	T_OK(!is_multiset_equal(&x, &y), "a missing row counts");
	y = x;
	y.rows++;
	T_OK(!is_multiset_equal(&x, &y), "the number of rows counts");
	y = x;
	y.bytes++;
	T_OK(!is_multiset_equal(&x, &y), "the number of bytes counts");
}

/* The carry from the low half to the high one, and around. */
static void
test_carry(void)
{
	struct multiset a = {UINT64_MAX, 0, 0, 0}, b = {1, 0, 0, 0};
	struct multiset c = {UINT64_MAX, UINT64_MAX, 0, 0};

	multiset_merge(&a, &b);
	T_STR(hex(&a), "00000000000000010000000000000000", "a carry");
	multiset_merge(&c, &b);
	T_STR(hex(&c), "00000000000000000000000000000000", "modulo 2^128");
}

static void
test_text(void)
{
	struct multiset m = MULTISET_INIT;
	const char *s = "0123456789abcdef0f1e2d3c4b5a6978";

	T_INT(multiset_parse(s, &m), 0, "a digest is read");
	T_OK(m.hi == 0x0123456789abcdef && m.lo == 0x0f1e2d3c4b5a6978,
		"... as what it says");
	T_STR(hex(&m), s, "... and written the same");
	T_INT(multiset_parse("", &m), -1, "an empty one is refused");
	T_INT(multiset_parse("0123456789abcdef0f1e2d3c4b5a697", &m), -1,
		"one that is short");
	T_INT(multiset_parse("0123456789abcdef0f1e2d3c4b5a69780", &m), -1,
		"one that is long");
	T_INT(multiset_parse("0123456789ABCDEF0f1e2d3c4b5a6978", &m), -1,
		"upper case");
	T_INT(multiset_parse("0123456789abcdeg0f1e2d3c4b5a6978", &m), -1,
		"a letter that is no digit");
}

/* However a row is cut, its digest is that of the whole. */
static void
test_pieces(void)
{
	static char data[5000];
	struct multiset_row *r = multiset_row_new();
	size_t i, len, cut, bad = 0;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 131 + i / 7);
	for (len = 0; r && len < sizeof(data); len += len < 300 ? 1 : 997) {
		struct multiset whole = MULTISET_INIT, pieces = MULTISET_INIT;

		multiset_add(&whole, data, len);
		cut = len / 3;
		multiset_row_update(r, data, cut);
		multiset_row_update(r, data + cut, 0);
		multiset_row_update(r, data + cut, len - cut);
		multiset_row_end(r, &pieces);
		bad += !is_multiset_equal(&whole, &pieces);
	}
	T_OK(r && bad == 0, "pieces give the digest of the whole");
	multiset_row_free(r);
	multiset_row_free(NULL);
}

int
main(void)
{
	T_BEGIN();
	test_values();
	test_sets();
	test_carry();
	test_text();
	test_pieces();
	T_ALLOC_LOOP(10, multiset_row_free(multiset_row_new()));
	return T_END();
}
