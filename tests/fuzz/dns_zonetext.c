/* Any bytes as a zone file; what is read is the same when written and read. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "rrset.h"
#include "zonetext.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct rrsets sets;
	char hex[RRSET_HASH_SIZE];
	int line;

	if (zonetext_parse((const char *)data, n, "test.", &sets, &line) == 0) {
		if (rrsets_hash(&sets, true, hex) == -1)
			abort();
		rrsets_fini(&sets);
	}
	return 0;
}
