/* Text for the import, and any bytes as a value to be encoded for it. */
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "secretsfmt.h"
#include "secretsread.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secretsread r = {(const char *)data, size, 0};
	struct buf out = BUF_INIT, name = BUF_INIT, value = BUF_INIT;

	while (secretsread_next(&r, &name, &value) == 1)
		;
	if (secretsfmt_put(&out, "K", (const char *)data, size) == 0) {
		r = (struct secretsread){out.data, out.len, 0};
		if (secretsread_next(&r, &name, &value) != 1 ||
			value.len != size ||
			(size && memcmp(value.data, data, size)) ||
			secretsread_next(&r, &name, &value) != 0)
			abort();
	}
	buf_fini(&out);
	buf_fini(&name);
	buf_fini(&value);
	return 0;
}
