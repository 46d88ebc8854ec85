#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "buf.h"
#include "bundle.h"
#include "catalog.h"
#include "copyin.h"
#include "copyout.h"
#include "copysql.h"
#include "dbcomment.h"
#include "engine.h"
#include "env.h"
#include "finish.h"
#include "ident.h"
#include "json.h"
#include "jsonw.h"
#include "largeobject.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "num.h"
#include "pgcopy.h"
#include "plan.h"
#include "rowhash.h"
#include "schema.h"
#include "session.h"
#include "status.h"
#include "str.h"
#include "tablerecord.h"

/*
 * `pgcopy restore`, and the reading of an archive without a database: members
 * come in order, each table in one transaction with its ledger row; keys and
 * all that follows are made only when the manifest has proven the whole.
 */

struct restore {
	struct engine e;
	bool only_read; /* no database: just prove the archive */
	bool have_schema;
	struct bundle_in *in;
	struct schema schema;
	struct ledger ledger;
	struct json *catalog_doc; /* settings and search path are read later */
	char *source;             /* "archive:ID", the ledger's source */
	int dump_version;
	/* what is under way */
	const char *folder; /* "data", "lo" or NULL */
	int64_t number, chunks, offset;
	bool skip; /* the ledger has it */
	struct multiset_row *stream;
	int64_t differing, tables;
	bool bad;     /* the archive is to blame */
	bool refused; /* the server did not take what was in it */
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

static int
refuse(struct restore *r, const char *name, const char *why)
{
	msg_error("%s: %s: %s", r->e.rec.env->in_name, name, why);
	r->bad = true;
	return -1;
}

/*
 * The server does not take what the archive has. Whose fault is it? The rest is
 * read without it: digests tell an altered archive from rows that were like
 * that when they were dumped. 0 when that can be done, else -1.
 */
static int
give_in(struct restore *r)
{
	struct session *t = r->e.target;

	if (r->only_read || !is_session_alive(t) ||
		session_error(t) == SESSION_TEMPORARY ||
		session_error(t) == SESSION_FINE)
		return -1;
	msg_note("reading the rest of the archive to see whether it is whole");
	r->refused = r->only_read = true;
	return 0;
}

static struct json *
parse(struct restore *r, const char *name, const struct buf *data)
{
	struct json_error err;
	struct json *doc =
		json_parse(buf_str(data), data->len ? data->len - 1 : 0, &err);

	if (!doc)
		(void)refuse(r, name, err.what);
	return doc;
}

/* Whether the target is ours to fill. 0, or -1 after a message. */
static int
claim(struct restore *r)
{
	struct engine *e = &r->e;
	int64_t foreign;

	if (ledger_load(e->target, &r->ledger))
		return -1;
	if (r->ledger.source) {
		if (strcmp(r->ledger.source, r->source) == 0)
			return 0;
		(void)engine_finding(e, "error", "target-of-another-source",
			"the target holds an unfinished copy of another "
			"source or archive",
			"give an empty database");
		return -1;
	}
	if (catalog_count_foreign(e->target, &foreign))
		return -1;
	if (foreign) {
		(void)engine_finding(e, "error", "target-not-empty",
			"the target database is not empty and was not filled "
			"by pgcopy",
			"give an empty database: nothing was changed");
		return -1;
	}
	return ledger_create(e->target, r->source) ||
			       ledger_load(e->target, &r->ledger)
		       ? -1
		       : 0;
}

static int
set_encoding(struct restore *r, const char *encoding)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	/* SQL_ASCII says nothing of the bytes: the target checks them */
	if (strcmp(encoding, "SQL_ASCII") == 0)
		return 0;
	if (buf_puts(&b, "SET client_encoding = ") == 0 &&
		ident_literal(&b, encoding) == 0)
		rc = session_exec(r->e.target, buf_str(&b));
	buf_fini(&b);
	return rc;
}

static int
take_head(struct restore *r, const char *name, const struct buf *data)
{
	struct json *doc = parse(r, name, data);
	const struct json_val *v = doc ? json_root(doc) : NULL;
	const char *id = v ? json_get_str(v, "id") : NULL;
	const char *encoding = v ? json_get_str(v, "encoding") : NULL;
	int64_t version = 0, tools = 0;
	struct buf source = BUF_INIT;
	int rc = -1;

	if (!doc)
		return -1;
	(void)json_int(json_get(v, "version"), 0, INT32_MAX, &version);
	(void)json_int(json_get(v, "pg_dump"), 0, 1000, &tools);
	if (version > ARCHIVE_VERSION)
		(void)refuse(r, name,
			"the archive is of a newer pgcopy: use that one");
	else if (version != ARCHIVE_VERSION || !id || !encoding)
		(void)refuse(r, name, "not the head of an archive");
	else if (buf_printf(&source, "archive:%s", id) ||
		 !(r->source = buf_steal(&source)))
		no_memory();
	else
		rc = 0;
	r->dump_version = (int)tools;
	if (rc == 0 && !r->only_read)
		rc = claim(r) || set_encoding(r, encoding) ? -1 : 0;
	json_free(doc);
	buf_fini(&source);
	return rc;
}

static int
take_catalog(struct restore *r, const char *name, const struct buf *data)
{
	struct engine *e = &r->e;
	size_t i;

	if (!r->source || r->catalog_doc)
		return refuse(r, name, "out of place");
	if (!(r->catalog_doc = parse(r, name, data)))
		return -1;
	e->catalog = archive_read_catalog(json_root(r->catalog_doc));
	if (!e->catalog || engine_tables(e)) {
		r->bad = !e->catalog;
		return -1;
	}
	/* the format is the dump's, told at each table's end */
	for (i = 0; i < e->catalog->n_tables; i++)
		e->table[i].binary = e->catalog->table[i].is_binary;
	if (!r->have_schema)
		return refuse(r, name, "it comes before the schema");
	if (r->only_read)
		return 0;
	if (!*r->ledger.schema_hash)
		return schema_restore(e, &r->schema) ? give_in(r) : 0;
	if (strcmp(r->ledger.schema_hash, r->schema.hash) == 0)
		return 0;
	(void)engine_finding(e, "error", "schema-changed",
		"the schema on the target came from an archive that was "
		"altered, or this one is",
		"restore the good one into an empty database");
	return -1;
}

/* Once, between head and catalogue. */
static int
take_schema(struct restore *r, const char *name, const struct buf *data)
{
	if (!r->source || r->have_schema || r->catalog_doc)
		return refuse(r, name, "out of place");
	r->have_schema = true;
	return r->only_read ? 0
			    : schema_read(&r->e, &r->schema, r->dump_version,
				      data->data, data->len);
}

/* The ledger's name of what is under way: "data:schema.table" or "lo:7". */
static char *
part_id(struct restore *r)
{
	const struct catalog_table *t;
	struct buf b = BUF_INIT;
	char *id = NULL;

	if (*r->folder == 'd') {
		t = &r->e.catalog->table[r->number];
		return plan_id(PLAN_DATA, t->schema, t->name, 0);
	}
	if (buf_printf(&b, PLAN_LO "%" PRId64, r->number) == 0)
		id = buf_steal(&b);
	buf_fini(&b);
	return id;
}

/* The first member of a table or object: its transaction begins. */
static int
begin_part(struct restore *r, const char *name)
{
	struct engine *e = &r->e;
	struct buf sql = BUF_INIT, in = BUF_INIT;
	char *id;
	int rc = -1;

	if (!e->catalog || (*r->folder == 'd' &&
				   r->number >= (int64_t)e->catalog->n_tables))
		return refuse(r, name, "it is not in the catalogue");
	if (*r->folder == 'd' && r->number != r->tables)
		return refuse(r, name, "out of order");
	r->chunks = r->offset = 0;
	if (r->only_read)
		return 0;
	if (!(id = part_id(r)))
		return no_memory();
	r->skip = ledger_find(&r->ledger, id) != NULL;
	free(id);
	if (r->skip)
		return 0;
	if (*r->folder == 'l')
		return session_exec(e->target, "BEGIN") ||
				       largeobject_begin(
					       e->target, (uint32_t)r->number)
			       ? -1
			       : 0;
	if (buf_puts(&sql, "BEGIN; ") ||
		copysql_truncate(&sql, &e->catalog->table[r->number]) ||
		copysql_in(&in, &e->catalog->table[r->number],
			e->table[r->number].binary, true))
		no_memory();
	else
		rc = session_exec(e->target, buf_str(&sql)) ||
				     copyin_start(e->target, buf_str(&in))
			     ? -1
			     : 0;
	buf_fini(&sql);
	buf_fini(&in);
	return rc;
}

static int
take_chunk(struct restore *r, const char *name, const char *rest,
	const struct buf *data)
{
	int64_t number, offset = r->offset;
	int rc = 0;

	while (*rest == '0')
		rest++;
	if (num_int(rest, 1, INT32_MAX, &number) || number != r->chunks + 1)
		return refuse(r, name, "out of order");
	r->chunks = number;
	multiset_row_update(r->stream, buf_str(data), data->len);
	r->offset += (int64_t)data->len;
	if (!r->only_read && !r->skip)
		rc = *r->folder == 'd'
			     ? copyin_put(r->e.target, data->data, data->len)
			     : largeobject_write(r->e.target,
				       (uint32_t)r->number, offset, data->data,
				       data->len);
	return rc ? give_in(r) : 0;
}

/* The bytes that came must be those that went. 0 or -1. */
static int
check_stream(struct restore *r, const char *name, const struct json_val *v)
{
	const char *want = json_get_str(v, "stream");
	struct multiset m = MULTISET_INIT;
	char have[MULTISET_HEX + 1];

	multiset_row_end(r->stream, &m);
	multiset_format(&m, have);
	if (want && strcmp(want, have) == 0)
		return 0;
	return refuse(r, name,
		"the archive was altered: the data before it "
		"is not what was written");
}

static int
end_table(struct restore *r, const char *name, const struct json_val *v)
{
	struct engine *e = &r->e;
	const char *digest = json_get_str(v, "digest");
	struct multiset *m = &e->table[r->number].source;
	int64_t rows = 0, bytes = 0;
	bool binary = false;
	uint64_t arrived = 0;
	char *id;
	int rc;

	if (!digest || multiset_parse(digest, m) ||
		json_int(json_get(v, "rows"), 0, INT64_MAX, &rows) ||
		json_int(json_get(v, "bytes"), 0, INT64_MAX, &bytes))
		return refuse(r, name, "not the end of a table");
	m->rows = (uint64_t)rows;
	m->bytes = (uint64_t)bytes;
	(void)json_bool(json_get(v, "binary"), &binary);
	if (binary != e->table[r->number].binary)
		return refuse(r, name, "its format is not the catalogue's");
	e->rec.bytes += m->bytes;
	e->rec.done++;
	r->tables++;
	if (r->only_read || r->skip)
		return 0;
	if (copyin_end(e->target, &arrived))
		return give_in(r);
	if (arrived != m->rows)
		return refuse(r, name, "other rows arrived than were dumped");
	if (!(id = part_id(r)))
		return no_memory();
	rc = ledger_add(e->target, id, "copy", m) ||
			     session_exec(e->target, "COMMIT")
		     ? -1
		     : 0;
	free(id);
	return rc ? rc : tablerecord_copied(e, (size_t)r->number);
}

static int
end_object(struct restore *r, const struct json_val *v)
{
	struct session *t = r->e.target;
	const char *comment = json_get_str(v, "comment");
	struct buf sql = BUF_INIT;
	char *id;
	int rc = 0;

	if (r->only_read || r->skip)
		return 0;
	if (comment) {
		if (buf_printf(&sql, "COMMENT ON LARGE OBJECT %" PRId64 " IS ",
			    r->number) ||
			ident_literal(&sql, comment))
			rc = no_memory();
		else
			rc = session_exec(t, buf_str(&sql));
	}
	buf_fini(&sql);
	if (rc || !(id = part_id(r)))
		return -1;
	rc = ledger_add(t, id, "lo", NULL) || session_exec(t, "COMMIT") ? -1
									: 0;
	free(id);
	return rc;
}

static int
take_end(struct restore *r, const char *name, const struct buf *data)
{
	struct json *doc = parse(r, name, data);
	int rc = -1;

	if (doc && check_stream(r, name, json_root(doc)) == 0)
		rc = *r->folder == 'd' ? end_table(r, name, json_root(doc))
				       : end_object(r, json_root(doc));
	json_free(doc);
	r->folder = NULL;
	return rc;
}

/* A member of "data/N/" or "lo/OID/". */
static int
take_part(struct restore *r, const char *folder, int64_t number,
	const char *name, const char *rest, const struct buf *data)
{
	if (!r->folder) {
		r->folder = folder;
		r->number = number;
		if (begin_part(r, name) && (r->bad || give_in(r)))
			return -1;
	}
	if (strcmp(r->folder, folder) != 0 || r->number != number)
		return refuse(r, name, "the one before it has no end");
	return strcmp(rest, "end.json") == 0 ? take_end(r, name, data)
					     : take_chunk(r, name, rest, data);
}

static int
take(struct restore *r, const char *name, const struct buf *data)
{
	const char *rest;
	int64_t number;

	if (archive_number(name, "data", &number, &rest))
		return take_part(r, "data", number, name, rest, data);
	if (archive_number(name, "lo", &number, &rest))
		return take_part(r, "lo", number, name, rest, data);
	if (strcmp(name, "archive.json") == 0 && !r->source)
		return take_head(r, name, data);
	if (strcmp(name, "schema.dump") == 0)
		return take_schema(r, name, data);
	if (strcmp(name, "catalog.json") == 0)
		return take_catalog(r, name, data);
	return refuse(r, name, "not a member of ours, or out of place");
}

/* All members, to the manifest. 0 or -1. */
static int
read_archive(struct restore *r)
{
	const struct buf *data;
	const char *name;
	int rc;

	if (!(r->stream = multiset_row_new()))
		return no_memory();
	r->bad = true;
	if (bundle_open(r->e.rec.env->in, r->e.rec.env->in_name, ARCHIVE_MOST,
		    &r->in))
		return -1;
	while ((rc = bundle_next(r->in, &name, &data)) > 0) {
		r->bad = false;
		if (take(r, name, data))
			return -1;
		r->bad = true;
	}
	if (rc == 0 && (!r->catalog_doc || r->folder ||
			       r->tables != (int64_t)r->e.catalog->n_tables))
		return refuse(r, "manifest.json", "some tables are not there");
	r->bad = rc != 0;
	return rc || r->refused ? -1 : 0;
}

/* The target's rows as they are stored. */
static int
read_back(struct restore *r, size_t table)
{
	struct engine *e = &r->e;
	struct engine_table *s = &e->table[table];
	struct copyout_piece piece;
	struct copyout *from;
	struct rowhash hash;
	struct buf sql = BUF_INIT;
	int rc = -1;

	if (rowhash_init(&hash, s->binary) ||
		copysql_out(&sql, &e->catalog->table[table], 0, 0, s->binary))
		no_memory();
	else if (copyout_start(e->target, buf_str(&sql), &from) == 0) {
		while ((rc = copyout_next(from, &piece)) > 0)
			rowhash_feed(&hash, &piece, &s->target);
		copyout_close(from);
	}
	rowhash_fini(&hash);
	buf_fini(&sql);
	if (rc)
		return -1;
	if (!is_multiset_equal(&s->source, &s->target)) {
		r->differing++;
		if (finish_forget(e, table))
			return -1;
	}
	return tablerecord_verified(e, table, 0);
}

static int
refresh(struct restore *r)
{
	struct engine *e = &r->e;
	const char *path =
		json_get_str(json_root(r->catalog_doc), "search_path");
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < e->catalog->n_matviews; i++)
		rc = plan_refresh_now(e->target, &e->catalog->matview[i],
			path && *path ? path : "pg_catalog");
	return rc;
}

static int
apply_settings(struct restore *r)
{
	struct engine *e = &r->e;
	const struct json_val *v;
	const char *comment;
	struct rows *db =
		session_query(e->target, "SELECT current_database()", 0, NULL);
	int rc = db ? 0 : -1;

	comment = json_get_str(json_root(r->catalog_doc), "comment");
	if (rc == 0 && comment)
		rc = dbcomment_write(e, comment);
	v = json_first(json_get(json_root(r->catalog_doc), "settings"));
	for (; rc == 0 && v; v = json_next(v)) {
		const char *role = json_get_str(v, "role");
		const char *setting = json_get_str(v, "setting");

		if (role && setting)
			rc = finish_setting(
				e, rows_str(db, 0, 0), role, setting);
	}
	rows_free(db);
	return rc;
}

static int
reload(struct restore *r)
{
	ledger_fini(&r->ledger);
	return ledger_load(r->e.target, &r->ledger);
}

/* Everything behind the data. 0 or -1. */
static int
complete(struct restore *r)
{
	struct engine *e = &r->e;
	struct schema *s = &r->schema;
	struct ledger *l = &r->ledger;
	size_t i;

	if (reload(r))
		return -1;
	for (i = 0; i < e->catalog->n_tables; i++)
		if (read_back(r, i))
			return -1;
	if (r->differing)
		return 0;
	return schema_stage(e, s, TOC_INDEX, "stage:index", l) ||
			       schema_stage(
				       e, s, TOC_ATTACH, "stage:attach", l) ||
			       schema_stage(e, s, TOC_FKEY, "stage:fkey", l) ||
			       schema_stage(
				       e, s, TOC_EARLY, "stage:early", l) ||
			       refresh(r) ||
			       schema_stage(e, s, TOC_LATE, "stage:late", l) ||
			       schema_stage(
				       e, s, TOC_EVENT, "stage:event", l) ||
			       apply_settings(r) || finish_set_sequences(e) ||
			       session_exec(e->target,
				       "SET client_min_messages = error; "
				       "ANALYZE") ||
			       ledger_drop(e->target)
		       ? -1
		       : 0;
}

/* The answer of a run that has no database. */
static int
only_read(const void *options, struct env *env)
{
	struct restore r;
	int rc;

	memset(&r, 0, sizeof(r));
	r.e.opt = options;
	r.e.rec.env = env;
	r.only_read = true;
	rc = read_archive(&r);
	if (rc == 0)
		msg_note("the archive is whole: %" PRId64 " tables", r.tables);
	bundle_close(r.in);
	multiset_row_free(r.stream);
	json_free(r.catalog_doc);
	free(r.source);
	engine_close(&r.e);
	return rc == 0 ? STATUS_OK : r.bad ? STATUS_MISUSE : STATUS_TEMPORARY;
}

static int
restore_all(struct restore *r)
{
	struct engine *e = &r->e;
	int status = engine_lock(e);

	if (status != STATUS_OK)
		return status;
	session_forget(e->target);
	if (read_archive(r)) {
		if (is_session_alive(e->target)) {
			if (r->folder && *r->folder == 'd' && !r->skip &&
				!r->only_read)
				copyin_abort(e->target, "the archive is bad");
			(void)session_try(e->target, "ROLLBACK");
		}
		return r->bad          ? STATUS_MISUSE
		       : e->rec.errors ? STATUS_NO
				       : engine_status(e);
	}
	if (complete(r))
		return engine_status(e);
	if (!r->differing)
		return STATUS_OK;
	msg_error("%" PRId64 " tables are not what the archive has: see the "
		  "records table.differs; run the same command again",
		r->differing);
	return STATUS_NO;
}

int
restore_run(const void *options, struct env *env)
{
	const struct pgcopy_options *opt = options;
	struct restore r;
	int status;

	if (opt->only_check)
		return only_read(options, env);
	memset(&r, 0, sizeof(r));
	status = engine_open_side(&r.e, options, env, "restore", false);
	if (status == STATUS_OK)
		status = restore_all(&r);
	status = engine_end(&r.e, status);
	bundle_close(r.in);
	multiset_row_free(r.stream);
	json_free(r.catalog_doc);
	schema_fini(&r.schema);
	ledger_fini(&r.ledger);
	free(r.source);
	engine_close(&r.e);
	return status;
}
