/* Payloads of DUMP that may be none; a footer of ours is always a right one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kvpayload.h"
#include "mem.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *p = mem_dup(data, n), *whole;
	int type = kvpayload_type(p, n), version = kvpayload_version(p, n);
	size_t body = n > KVPAYLOAD_FOOTER ? n - KVPAYLOAD_FOOTER : n;

	if (!p || type < -1 || type > 255 || version < -1 || version > 65535)
		abort();
	if (kvpayload_needs(type) == 0 || kvpayload_needs(type) > 255)
		abort();
	(void)is_kvpayload(p, n);
	/* in two parts it is the same */
	if (kvpayload_crc64(kvpayload_crc64(0, p, n / 2), p + n / 2,
		    n - n / 2) != kvpayload_crc64(0, p, n))
		abort();
	if (body > 0 && (whole = malloc(body + KVPAYLOAD_FOOTER)) != NULL) {
		memcpy(whole, p, body);
		kvpayload_footer(p, body, 11, (unsigned char *)whole + body);
		if (!is_kvpayload(whole, body + KVPAYLOAD_FOOTER) ||
			kvpayload_version(whole, body + KVPAYLOAD_FOOTER) != 11)
			abort();
		free(whole);
	}
	free(p);
	return 0;
}
