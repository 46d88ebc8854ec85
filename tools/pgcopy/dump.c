#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive.h"
#include "buf.h"
#include "bundle.h"
#include "catalog.h"
#include "copyout.h"
#include "copysql.h"
#include "dbcomment.h"
#include "engine.h"
#include "env.h"
#include "fd.h"
#include "finish.h"
#include "jsonw.h"
#include "largeobject.h"
#include "msg.h"
#include "multiset.h"
#include "pgcopy.h"
#include "rowhash.h"
#include "schema.h"
#include "session.h"
#include "status.h"
#include "tablerecord.h"
#include "tmpfile.h"

/* One run of `pgcopy dump`. */
struct dump {
	struct engine e;
	struct schema schema;
	struct bundle_out *out;
	uint32_t *oids;
	size_t n_oids;
};

/* A member that grows up to ARCHIVE_CHUNK before it is written. */
struct chunks {
	struct dump *d;
	const char *folder;
	int64_t number, count;
	struct buf data;
	struct multiset_row *stream; /* over the bytes as they are */
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return -1;
}

/* What cannot be written may find its place another time. */
static int
put_member(struct dump *d, const char *name, const void *p, size_t n)
{
	if (bundle_put(d->out, name, p, n) == 0)
		return 0;
	d->e.temporary = true;
	return -1;
}

static int
write_chunk(struct chunks *c)
{
	struct buf name = BUF_INIT;
	int rc = -1;

	if (!c->data.len)
		return 0;
	if (buf_printf(&name, "%s/%" PRId64 "/%08" PRId64, c->folder, c->number,
		    ++c->count))
		no_memory();
	else
		rc = put_member(
			c->d, buf_str(&name), c->data.data, c->data.len);
	c->data.len = 0;
	buf_fini(&name);
	return rc;
}

static int
put_bytes(struct chunks *c, const char *p, size_t n)
{
	while (n > 0) {
		size_t room = ARCHIVE_CHUNK - c->data.len;
		size_t k = n < room ? n : room;

		if (buf_append(&c->data, p, k))
			return no_memory();
		multiset_row_update(c->stream, p, k);
		p += k;
		n -= k;
		if (c->data.len == ARCHIVE_CHUNK && write_chunk(c))
			return -1;
	}
	return 0;
}

static int
put_record(struct dump *d, const char *name, struct jsonw *w, struct buf *b)
{
	int rc = jsonw_end_record(w) ? no_memory()
				     : put_member(d, name, b->data, b->len);

	buf_fini(b);
	return rc;
}

/* What tells how the members of a folder went: "data/3/end.json". */
static int
put_end(struct chunks *c, struct jsonw *w, struct buf *b)
{
	char hex[MULTISET_HEX + 1];
	struct multiset m = MULTISET_INIT;
	struct buf name = BUF_INIT;
	int rc;

	multiset_row_end(c->stream, &m);
	multiset_format(&m, hex);
	jsonw_str(w, "stream", hex);
	if (buf_printf(&name, "%s/%" PRId64 "/end.json", c->folder, c->number))
		rc = no_memory();
	else
		rc = put_record(c->d, buf_str(&name), w, b);
	buf_fini(&name);
	return rc;
}

static int
stream_rows(struct chunks *c, const char *sql, struct rowhash *hash,
	struct multiset *m)
{
	struct copyout *from;
	struct copyout_piece piece;
	int rc;

	if (copyout_start(c->d->e.source, sql, &from))
		return -1;
	while ((rc = copyout_next(from, &piece)) > 0) {
		rowhash_feed(hash, &piece, m);
		if (put_bytes(c, piece.data, piece.len)) {
			rc = -1;
			break;
		}
	}
	copyout_close(from);
	return rc ? -1 : write_chunk(c);
}

static int
dump_table(struct dump *d, size_t table)
{
	struct engine *e = &d->e;
	const struct catalog_table *t = &e->catalog->table[table];
	struct engine_table *s = &e->table[table];
	struct chunks c = {.d = d,
		.folder = "data",
		.number = (int64_t)table,
		.stream = multiset_row_new()};
	struct buf sql = BUF_INIT, b = BUF_INIT;
	struct rowhash hash;
	char hex[MULTISET_HEX + 1];
	struct jsonw w;
	int rc = -1;

	if (rowhash_init(&hash, s->binary) || !c.stream ||
		copysql_out(&sql, t, 0, 0, s->binary))
		no_memory();
	else if (stream_rows(&c, buf_str(&sql), &hash, &s->source) == 0)
		rc = 0;
	if (rc == 0) {
		multiset_format(&s->source, hex);
		jsonw_record(&w, &b, "archive.table");
		jsonw_str(&w, "schema", t->schema);
		jsonw_str(&w, "table", t->name);
		jsonw_bool(&w, "binary", s->binary);
		jsonw_uint(&w, "rows", s->source.rows);
		jsonw_uint(&w, "bytes", s->source.bytes);
		jsonw_str(&w, "digest", hex);
		rc = put_end(&c, &w, &b);
	}
	e->rec.done++;
	e->rec.bytes += s->source.bytes;
	rowhash_fini(&hash);
	multiset_row_free(c.stream);
	buf_fini(&c.data);
	buf_fini(&sql);
	return rc ? rc : tablerecord_copied(e, table);
}

static int
on_slice(void *ctx, int64_t offset, const void *p, size_t n)
{
	(void)offset;
	return put_bytes(ctx, p, n);
}

static int
dump_object(struct dump *d, uint32_t oid)
{
	struct chunks c = {.d = d,
		.folder = "lo",
		.number = oid,
		.stream = multiset_row_new()};
	struct buf b = BUF_INIT;
	const char *params[1];
	struct buf text = BUF_INIT;
	struct rows *r = NULL;
	struct jsonw w;
	int rc = -1;

	if (!c.stream || buf_printf(&text, "%u", oid)) {
		no_memory();
		goto out;
	}
	params[0] = buf_str(&text);
	if (largeobject_read(d->e.source, oid, on_slice, &c) ||
		write_chunk(&c) ||
		!(r = session_query(d->e.source,
			  "SELECT obj_description($1::oid, 'pg_largeobject')",
			  1, params)))
		goto out;
	jsonw_record(&w, &b, "archive.object");
	jsonw_uint(&w, "oid", oid);
	if (!is_rows_null(r, 0, 0))
		jsonw_str(&w, "comment", rows_str(r, 0, 0));
	rc = put_end(&c, &w, &b);
out:
	rows_free(r);
	multiset_row_free(c.stream);
	buf_fini(&c.data);
	buf_fini(&text);
	return rc;
}

static int
dump_head(struct dump *d)
{
	struct rows *r = session_query(
		d->e.source, "SELECT gen_random_uuid()::text", 0, NULL);
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc;

	if (!r)
		return -1;
	jsonw_record(&w, &b, "archive.opened");
	jsonw_int(&w, "version", ARCHIVE_VERSION);
	jsonw_str(&w, "id", rows_str(r, 0, 0));
	jsonw_str(&w, "encoding", session_encoding(d->e.source));
	jsonw_int(&w, "server", session_version(d->e.source));
	jsonw_int(&w, "pg_dump", d->schema.tools.version);
	rc = put_record(d, "archive.json", &w, &b);
	rows_free(r);
	return rc;
}

static int
dump_schema(struct dump *d)
{
	const char *path = tmpfile_name(d->schema.archive);
	struct buf b = BUF_INIT;
	int rc = -1;

	/* the archive's reader takes no larger member */
	if (fd_read_file(path, 64 << 20, &b))
		msg_errno("%s", path);
	else
		rc = put_member(d, "schema.dump", b.data, b.len);
	buf_fini(&b);
	return rc;
}

static int
dump_catalog(struct dump *d)
{
	struct engine *e = &d->e;
	struct rows *r = finish_read_settings(e->source);
	char *path = finish_search_path(e), *comment = NULL;
	struct buf b = BUF_INIT;
	struct jsonw w;
	int i, rc = -1;

	if (r && path && dbcomment_read(e->source, &comment) == 0) {
		archive_put_catalog(&w, &b, e->catalog);
		jsonw_str(&w, "search_path", path);
		if (comment)
			jsonw_str(&w, "comment", comment);
		jsonw_array(&w, "settings");
		for (i = 0; i < rows_count(r); i++) {
			jsonw_object(&w, NULL);
			jsonw_str(&w, "role", rows_str(r, i, 0));
			jsonw_str(&w, "setting", rows_str(r, i, 1));
			jsonw_close(&w);
		}
		jsonw_close(&w);
		rc = put_record(d, "catalog.json", &w, &b);
	}
	rows_free(r);
	free(path);
	free(comment);
	return rc;
}

static int
dump_all(struct dump *d)
{
	struct engine *e = &d->e;
	size_t i;

	if (engine_load(e, e->source, &e->catalog) || engine_export(e) ||
		engine_tables(e) || schema_dump(e, &d->schema) ||
		finish_oids(e->source, &d->oids, &d->n_oids))
		return engine_status(e);
	if (bundle_create(e->rec.env->out, "standard output",
		    e->opt->level ? (int)e->opt->level : 3, &d->out))
		return STATUS_TEMPORARY;
	/* in definitions every name is quoted, but not in values (regclass) */
	if (dump_head(d) || dump_schema(d) || dump_catalog(d) ||
		session_exec(e->source, "SET quote_all_identifiers = off"))
		return engine_status(e);
	for (i = 0; i < e->catalog->n_tables; i++)
		if (dump_table(d, i))
			return engine_status(e);
	for (i = 0; i < d->n_oids; i++)
		if (dump_object(d, d->oids[i]))
			return engine_status(e);
	if (bundle_finish(d->out)) {
		d->out = NULL;
		return STATUS_TEMPORARY;
	}
	d->out = NULL;
	return STATUS_OK;
}

int
dump_run(const void *options, struct env *env)
{
	struct dump d;
	int status;

	if (isatty(env->out)) {
		msg_error("the archive would go to the terminal: redirect "
			  "standard output to a file or a pipe");
		return STATUS_MISUSE;
	}
	memset(&d, 0, sizeof(d));
	status = engine_open_side(&d.e, options, env, "dump", true);
	d.e.rec.is_out_taken = true;
	if (status == STATUS_OK)
		status = dump_all(&d);
	status = engine_end(&d.e, status);
	bundle_abandon(d.out);
	schema_fini(&d.schema);
	free(d.oids);
	engine_close(&d.e);
	return status;
}
