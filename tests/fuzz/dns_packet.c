/* Any bytes as a message of the DNS. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "buf.h"
#include "dnsmsg.h"
#include "rrset.h"
#include "zonetext.h"

/* What was read from the wire can be written as text and read again. */
static void
again(const struct rrsets *sets)
{
	struct buf b = BUF_INIT;

	if (zonetext_put(&b, sets) == -1)
		abort();
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct dnsmsg *m;

	if (dnsmsg_parse(data, n, &m) == 0) {
		(void)dnsmsg_negative_ttl(m);
		again(&m->answer);
		again(&m->authority);
		again(&m->additional);
		dnsmsg_free(m);
	}
	return 0;
}
