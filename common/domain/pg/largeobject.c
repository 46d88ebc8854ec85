#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>

#include "largeobject.h"
#include "session.h"
#include "session_pq.h"

int
largeobject_read(struct session *s, uint32_t oid,
	int (*each)(void *ctx, int64_t offset, const void *p, size_t n),
	void *ctx)
{
	int64_t offset = 0;
	size_t n;

	do {
		char sql[120];
		struct rows *r;
		int rc;

		snprintf(sql, sizeof(sql),
			"SELECT lo_get(%" PRIu32 ", %" PRId64 ", %d)", oid,
			offset, LARGEOBJECT_SLICE);
		if (!(r = session_queryb(s, sql, 0, NULL)))
			return -1;
		n = rows_len(r, 0, 0);
		rc = each(ctx, offset, rows_str(r, 0, 0), n);
		rows_free(r);
		if (rc)
			return -1;
		offset += (int64_t)n;
	} while (n == LARGEOBJECT_SLICE);
	return 0;
}

int
largeobject_begin(struct session *s, uint32_t oid)
{
	return session_execf(s,
		"SELECT lo_unlink(oid) FROM pg_largeobject_metadata"
		" WHERE oid = %" PRIu32 "; SELECT lo_create(%" PRIu32 ")",
		oid, oid);
}

int
largeobject_write(struct session *s, uint32_t oid, int64_t offset,
	const void *p, size_t n)
{
	char sql[80];
	const char *values[1] = {p};
	const int lengths[1] = {(int)n}, formats[1] = {1};
	const Oid types[1] = {17}; /* bytea */
	PGresult *res = NULL;
	int rc = 0;

	if (n == 0)
		return 0;
	snprintf(sql, sizeof(sql),
		"SELECT lo_put(%" PRIu32 ", %" PRId64 ", $1)", oid, offset);
	if (PQsendQueryParams(session_pq(s), sql, 1, types, values, lengths,
		    formats, 0) == 1)
		res = session_last(s);
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		rc = session_fail(s, res, "lo_put", false);
	PQclear(res);
	return rc;
}
