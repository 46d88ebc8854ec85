#include "buf.h"
#include "check.h"
#include "engine.h"
#include "filter.h"
#include "msg.h"
#include "num.h"
#include "session.h"

/* heap and TOAST, indexes, a row a table, and then large objects */
static const char sizes[] =
	"SELECT n.nspname, c.relname, pg_table_size(c.oid),"
	" pg_indexes_size(c.oid)"
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog',"
	" 'information_schema', 'airlift', '_heroku')"
	" AND n.nspname NOT LIKE 'pg\\_t%'"
	" UNION ALL SELECT NULL, NULL, pg_table_size('pg_largeobject'), 0";

/* What the estimate of time takes for granted, in bytes a second. */
enum { NETWORK = 25 << 20, BUILD = 40 << 20 };

static int
put_sizes(struct buf *b, uint64_t tables, uint64_t indexes, uint64_t objects)
{
	return buf_puts(b, "tables ") || num_put_size(b, tables) ||
	       buf_puts(b, ", indexes ") || num_put_size(b, indexes) ||
	       buf_puts(b, ", large objects ") || num_put_size(b, objects);
}

static int
tell_size(struct engine *e, uint64_t tables, uint64_t indexes, uint64_t objects)
{
	uint64_t total = tables + indexes + objects;
	struct buf b = BUF_INIT, need = BUF_INIT, time = BUF_INIT;
	double seconds =
		(double)(tables + objects) / NETWORK +
		(double)indexes / BUILD /
			(double)(e->jobs_wanted > 2 ? 2 : e->jobs_wanted);
	int rc = -1;

	if (put_sizes(&b, tables, indexes, objects) ||
		/* a quarter more for sorting, WAL and what vacuum leaves */
		num_put_size(&need, total + total / 4 + (64 << 20)) ||
		num_put_duration(&time, seconds)) {
		msg_error("out of memory");
		goto out;
	}
	rc = engine_tell(e, "note", "size", NULL, "the source database has %s",
		buf_str(&b));
	if (rc == 0)
		rc = engine_tell(e, "note", "space-needed",
			"compare it with the target's volume (fly mpg status); "
			"SQL cannot see how much of it is free",
			"the target needs about %s free: the source's size and "
			"a quarter more for sorting and WAL",
			buf_str(&need));
	if (rc == 0)
		rc = engine_tell(e, "note", "time-estimate",
			"rehearse it to know: copy to a scratch database",
			"a copy takes about %s, if the network carries 25 "
			"MiB/s and a worker builds indexes at 40 MiB/s",
			buf_str(&time));
out:
	buf_fini(&b);
	buf_fini(&need);
	buf_fini(&time);
	return rc;
}

/* What stands in the way of logical replication from the source. */
static const char obstacles[] =
	"SELECT concat_ws('; ', CASE WHEN current_setting('wal_level') <>"
	" 'logical' THEN 'wal_level is ' || current_setting('wal_level') END,"
	" CASE WHEN NOT (rolsuper OR rolreplication) THEN"
	" 'this role lacks the attribute REPLICATION' END,"
	" CASE WHEN current_setting('max_replication_slots')::int8 <="
	" (SELECT count(*) FROM pg_replication_slots) THEN"
	" 'no replication slot is free (max_replication_slots)' END,"
	" CASE WHEN current_setting('max_wal_senders')::int8 <="
	" (SELECT count(*) FROM pg_stat_replication) THEN"
	" 'no WAL sender is free (max_wal_senders)' END)"
	" FROM pg_roles WHERE rolname = current_user";

static int
tell_follow(struct engine *e)
{
	struct rows *r = session_query(e->source, obstacles, 0, NULL);
	const char *why;
	int rc = 0;

	if (!r)
		return -1;
	why = rows_count(r) ? rows_str(r, 0, 0) : "";
	if (*why)
		rc = engine_tell(e, "note", "follow-impossible",
			"stop the writers for the last pass: a second copy "
			"after --keep-ledger moves only what changed",
			"changes cannot be followed by logical replication: %s",
			why);
	else
		rc = engine_tell(e, "note", "follow-possible", NULL,
			"changes could be followed by logical replication");
	rows_free(r);
	return rc;
}

int
check_cost(struct engine *e)
{
	struct rows *r = session_query(e->source, sizes, 0, NULL);
	uint64_t tables = 0, indexes = 0, objects = 0;
	int i, rc;

	for (i = 0; r && i < rows_count(r); i++) {
		const char *schema = rows_str(r, i, 0);
		const char *table = rows_str(r, i, 1);

		if (is_rows_null(r, i, 0))
			objects += (uint64_t)rows_int(r, i, 2);
		else if (is_filter_wanted(e->opt, schema, table) &&
			 !is_filter_empty(e->opt, schema, table)) {
			tables += (uint64_t)rows_int(r, i, 2);
			indexes += (uint64_t)rows_int(r, i, 3);
		}
	}
	rc = r ? tell_size(e, tables, indexes, objects) : -1;
	rows_free(r);
	return rc || tell_follow(e) ? -1 : 0;
}
