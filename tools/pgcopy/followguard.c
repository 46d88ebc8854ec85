#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "compare.h"
#include "engine.h"
#include "followguard.h"
#include "ident.h"
#include "msg.h"
#include "replication.h"
#include "session.h"

int
followguard_encoding(struct engine *e)
{
	const char *encoding = session_encoding(e->source);
	struct buf b = BUF_INIT;
	int rc = -1;

	/* SQL_ASCII says nothing of the bytes: the target checks them */
	if (strcmp(encoding, "SQL_ASCII") == 0)
		return 0;
	if (buf_puts(&b, "SET client_encoding = ") ||
		ident_literal(&b, encoding))
		msg_error("out of memory");
	else
		rc = session_exec(e->target, buf_str(&b));
	buf_fini(&b);
	return rc;
}

int
followguard_confirmed(struct session *source, const char *slot, uint64_t *lsn)
{
	const char *params[1] = {slot};
	struct rows *r = session_query(source,
		"SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE"
		" slot_name = $1",
		1, params);

	if (!r)
		return -1;
	*lsn = rows_count(r) ? replication_lsn(rows_str(r, 0, 0)) : 0;
	rows_free(r);
	return 0;
}

int
followguard_slot(
	struct engine *e, const char *slot, uint64_t confirmed, uint64_t lsn)
{
	struct buf has = BUF_INIT, from = BUF_INIT;
	int rc = -1;

	if (confirmed <= lsn)
		return 0;
	if (replication_put_lsn(&has, lsn) ||
		replication_put_lsn(&from, confirmed))
		msg_error("out of memory");
	else
		rc = engine_tell(e, "error", "slot-ahead",
			"pgcopy follow --drop, then pgcopy sync, or copy "
			"--follow into an empty database",
			"the slot %s begins at %s, the target has everything "
			"before %s: the slot was moved or made anew, or the "
			"target was set back; what lies between is lost to the "
			"stream",
			slot, buf_str(&from), buf_str(&has));
	buf_fini(&has);
	buf_fini(&from);
	return rc;
}

int
followguard_publication(struct engine *e, const char *slot)
{
	const char *params[1] = {slot};
	struct rows *r;
	int i, rc = 0;
	/* filters of rows and columns came with version 15 */
	const char *sql =
		session_version(e->source) < 150000
			? "SELECT 'not all kinds of changes' FROM"
			  " pg_publication WHERE pubname = $1 AND NOT"
			  " (pubinsert AND pubupdate AND pubdelete AND"
			  " pubtruncate)"
			: "SELECT 'not all kinds of changes' FROM"
			  " pg_publication WHERE pubname = $1 AND NOT"
			  " (pubinsert AND pubupdate AND pubdelete AND"
			  " pubtruncate) UNION ALL SELECT format('not all rows"
			  " and columns of %s', r.prrelid::regclass) FROM"
			  " pg_publication p JOIN pg_publication_rel r ON"
			  " r.prpubid = p.oid WHERE p.pubname = $1 AND "
			  "(r.prqual"
			  " IS NOT NULL OR r.prattrs IS NOT NULL)";

	if (!(r = session_query(e->source, sql, 1, params)))
		return -1;
	for (i = 0; rc == 0 && i < rows_count(r); i++)
		rc = engine_tell(e, "error", "publication-altered",
			"ALTER PUBLICATION it back, and bring what was missed "
			"with pgcopy sync",
			"the publication %s has %s: changes are lost to the "
			"stream",
			slot, rows_str(r, i, 0));
	rows_free(r);
	return rc;
}

int
followguard_tables(struct engine *e, const char *slot)
{
	const char *params[1] = {slot};
	struct catalog *other = NULL;
	struct rows *r = session_query(e->source,
		"SELECT schemaname, tablename FROM pg_publication_tables WHERE"
		" pubname = $1",
		1, params);
	int i, rc = r && engine_load(e, e->target, &other) == 0 ? 0 : -1;

	for (i = 0; rc == 0 && i < rows_count(r); i++) {
		const struct catalog_table *t = catalog_find(
			e->catalog, rows_str(r, i, 0), rows_str(r, i, 1));

		if (t)
			rc = compare_table(e, t, other, "error");
	}
	catalog_free(other);
	rows_free(r);
	return rc;
}
