#include <stdlib.h>
#include <string.h>

#include "lodigest.h"
#include "mem.h"
#include "msg.h"
#include "session.h"

/* Each object in pieces of 256 KiB, however long it is: no call returns more.
 * The offset is the seed, so that the order of pieces counts. */
#define DIGESTS                                                                \
	"WITH RECURSIVE w(oid, o, n, h) AS ("                                  \
	" SELECT m.oid, 0::int8, length(g.p),"                                 \
	"  hashtextextended(encode(g.p, 'hex'), 1)"                            \
	" FROM pg_largeobject_metadata m, LATERAL (SELECT"                     \
	"  lo_get(m.oid, 0, 262144) AS p OFFSET 0) g"                          \
	" UNION ALL SELECT w.oid, w.o + 262144, length(g.p),"                  \
	"  hashtextextended(encode(g.p, 'hex'), w.o + 262145)"                 \
	" FROM w, LATERAL (SELECT lo_get(w.oid, w.o + 262144, 262144) AS p"    \
	"  OFFSET 0) g WHERE w.n = 262144)"                                    \
	" SELECT oid, sum(h)::text || ':' || sum(n)::text FROM w GROUP BY oid" \
	" ORDER BY oid"

void
lodigest_fini(struct lodigest *d)
{
	free(d->put);
	free(d->gone);
	memset(d, 0, sizeof(*d));
}

int
lodigest_compare(
	struct session *source, struct session *target, struct lodigest *d)
{
	struct rows *a = session_query(source, DIGESTS, 0, NULL);
	struct rows *b = a ? session_query(target, DIGESTS, 0, NULL) : NULL;
	int i = 0, k = 0, rc = -1;

	memset(d, 0, sizeof(*d));
	if (!a || !b)
		goto out;
	d->put = mem_zalloc((size_t)rows_count(a) + 1, sizeof(*d->put));
	d->gone = mem_zalloc((size_t)rows_count(b) + 1, sizeof(*d->gone));
	if (!d->put || !d->gone) {
		msg_error("out of memory");
		lodigest_fini(d);
		goto out;
	}
	while (i < rows_count(a) || k < rows_count(b)) {
		int64_t x = i < rows_count(a) ? rows_int(a, i, 0) : INT64_MAX;
		int64_t y = k < rows_count(b) ? rows_int(b, k, 0) : INT64_MAX;

		if (x > y)
			d->gone[d->n_gone++] = (uint32_t)y;
		else if (x < y ||
			 strcmp(rows_str(a, i, 1), rows_str(b, k, 1)) != 0)
			d->put[d->n_put++] = (uint32_t)x;
		i += x <= y;
		k += y <= x;
	}
	rc = 0;
out:
	rows_free(a);
	rows_free(b);
	return rc;
}
