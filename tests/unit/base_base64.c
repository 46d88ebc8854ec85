#include <string.h>

#include "base64.h"
#include "buf.h"
#include "mem.h"
#include "t.h"

/* RFC 4648 section 10, and bytes that are no text. */
static const struct {
	const char *plain;
	size_t len;
	const char *encoded;
} vectors[] = {
	{"", 0, ""},
	{"f", 1, "Zg=="},
	{"fo", 2, "Zm8="},
	{"foo", 3, "Zm9v"},
	{"foob", 4, "Zm9vYg=="},
	{"fooba", 5, "Zm9vYmE="},
	{"foobar", 6, "Zm9vYmFy"},
	{"\0\xff\xfe", 3, "AP/+"},
};

static void
test_vectors(void)
{
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct buf b = BUF_INIT;

		base64_put(&b, vectors[i].plain, vectors[i].len);
		T_STR(buf_str(&b), vectors[i].encoded, "encodes %zu bytes",
			vectors[i].len);
		buf_clear(&b);
		T_OK(base64_decode(&b, vectors[i].encoded) == 0 &&
				b.len == vectors[i].len &&
				memcmp(buf_str(&b), vectors[i].plain, b.len) ==
					0,
			"and decodes them");
		buf_fini(&b);
	}
}

static void
test_bad(void)
{
	static const char *const bad[] = {"Z", "Zg=", "Zg",
		"Z===", "====", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n",
		NULL};
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; bad[i] != NULL; i++)
		T_INT(base64_decode(&b, bad[i]), -1, "refuses '%zu'", i);
	buf_fini(&b);
}

static void
round_trip(void)
{
	struct buf a = BUF_INIT, b = BUF_INIT;

	if (base64_put(&a, "abcdefgh", 8) == 0)
		(void)base64_decode(&b, buf_str(&a));
	buf_fini(&a);
	buf_fini(&b);
}

int
main(void)
{
	T_BEGIN();
	test_vectors();
	test_bad();
	T_ALLOC_LOOP(20, round_trip());
	return T_END();
}
