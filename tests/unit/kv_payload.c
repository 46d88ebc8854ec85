#include <string.h>

#include "kvpayload.h"
#include "t.h"

/* What a Redis 7.0 server returns for DUMP of SET k v10 (version 10), taken
 * apart: type 0, the string "v10", version, checksum. */
static const unsigned char dumped[] = {0x00, 0x03, 'v', '1', '0'};

static void
test_crc(void)
{
	char text[100];
	size_t i;
	uint64_t one = 0;

	/* the check value of CRC-64/Jones */
	T_OK(kvpayload_crc64(0, "123456789", 9) == UINT64_C(0xe9c6d914c4b8d9ca),
		"the check value");
	for (i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (i = 0; i < sizeof(text); i++)
		one = kvpayload_crc64(one, text + i, 1);
	T_OK(kvpayload_crc64(0, text, sizeof(text)) == one,
		"eight bytes at a time and one by one agree");
	T_OK(kvpayload_crc64(0, "", 0) == 0, "of nothing");
}

static void
test_footer(void)
{
	unsigned char p[sizeof(dumped) + KVPAYLOAD_FOOTER];
	size_t n = sizeof(dumped);

	memcpy(p, dumped, n);
	kvpayload_footer(p, n, 12, p + n);
	T_OK(is_kvpayload(p, sizeof(p)), "a footer of ours is right");
	T_INT(kvpayload_version(p, sizeof(p)), 12, "its version");
	T_INT(kvpayload_type(p, sizeof(p)), 0, "its type");
	kvpayload_footer(p, n, 300, p + n);
	T_INT(kvpayload_version(p, sizeof(p)), 300, "two bytes of version");
	p[2] ^= 1;
	T_OK(!is_kvpayload(p, sizeof(p)), "a changed byte is noticed");
	T_OK(!is_kvpayload(p, 3) && !is_kvpayload(p, KVPAYLOAD_FOOTER),
		"too short");
	T_INT(kvpayload_version(p, 9), -1, "no version");
	T_INT(kvpayload_type(p, 10), -1, "no type");
}

static void
test_types(void)
{
	T_INT(kvpayload_needs(0), 1, "strings are known everywhere");
	T_INT(kvpayload_needs(15), 9, "streams since 5.0");
	T_INT(kvpayload_needs(17), 10, "listpacks since 7.0");
	T_INT(kvpayload_needs(21), 11, "streams of 7.2");
	T_INT(kvpayload_needs(7), -1, "modules are not carried");
	T_INT(kvpayload_needs(22), -1, "what means two things is not either");
	T_INT(kvpayload_needs(-1), -1, "none");
}

int
main(void)
{
	T_BEGIN();
	test_crc();
	test_footer();
	test_types();
	return T_END();
}
