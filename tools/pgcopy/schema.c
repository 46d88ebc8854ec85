#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "engine.h"
#include "extension.h"
#include "fd.h"
#include "filter.h"
#include "jsonw.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "outline.h"
#include "pgcopy.h"
#include "schema.h"
#include "session.h"
#include "str.h"
#include "tmpfile.h"

/* The SQL of one stage, appended. 0 or -1. */
static int
script(const struct schema *s, enum toc_stage stage, struct buf *out)
{
	struct buf list = BUF_INIT;
	int n = toc_put(&s->toc, stage, &list), rc = 0;

	if (n < 0)
		msg_error("out of memory");
	if (n)
		rc = n < 0 ? -1
			   : pgtools_script(&s->tools, tmpfile_name(s->archive),
				     &list, s->flags, out);
	buf_fini(&list);
	return rc;
}

/* Digests the lines that are not comments, which name versions and owners. */
static void
hash_lines(struct multiset_row *row, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		if (n && strncmp(text, "--", 2) != 0 && text[0] != '\\')
			multiset_row_update(row, text, n);
		text += n + (text[n] == '\n');
	}
}

static int
hash_schema(struct schema *s)
{
	static const enum toc_stage stages[] = {TOC_SCHEMA, TOC_EXTENSION,
		TOC_BEFORE, TOC_INDEX, TOC_ATTACH, TOC_FKEY, TOC_EARLY,
		TOC_LATE, TOC_EVENT};
	struct multiset_row *row = multiset_row_new();
	struct multiset m = MULTISET_INIT;
	struct buf outline = BUF_INIT;
	size_t i;
	int rc = row ? 0 : -1;

	for (i = 0; rc == 0 && i < sizeof(stages) / sizeof(stages[0]); i++) {
		struct buf b = BUF_INIT;

		if ((rc = script(s, stages[i], &b)) == 0)
			hash_lines(row, buf_str(&b));
		if (rc == 0)
			rc = outline_put(&outline, buf_str(&b));
		buf_fini(&b);
	}
	if (rc == 0 && buf_puts(&outline, "") == 0)
		rc = (s->outline = buf_steal(&outline)) ? 0 : -1;
	buf_fini(&outline);
	if (rc == 0) {
		multiset_row_end(row, &m);
		s->hash = mem_alloc(MULTISET_HEX + 1);
		if (s->hash)
			multiset_format(&m, s->hash);
		else
			rc = -1;
	}
	multiset_row_free(row);
	return rc;
}

static int
hash_bytes(struct schema *s, const void *p, size_t n)
{
	struct multiset_row *row = multiset_row_new();
	struct multiset m = MULTISET_INIT;

	if (!row) {
		msg_error("out of memory");
		return -1;
	}
	multiset_row_update(row, p, n);
	multiset_row_end(row, &m);
	multiset_format(&m, s->hash);
	multiset_row_free(row);
	return 0;
}

/* Whether an index of ours becomes the constraint with this OID. */
static bool
is_of_index(const struct catalog *c, uint32_t oid)
{
	size_t i;

	for (i = 0; i < c->n_indexes; i++)
		if (c->index[i].constraint_oid == oid)
			return true;
	return false;
}

/* Constraints behind the data that no index makes: NOT NULL ... NOT VALID. */
static void
keep_constraints(const struct catalog *c, struct toc *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->entry[i].desc, "CONSTRAINT") == 0 &&
			!is_of_index(c, t->entry[i].oid))
			t->entry[i].stage = TOC_LATE;
}

/* Whether the entry is the publication, or one of its tables, by its line:
 * "PUBLICATION - name owner", "PUBLICATION TABLE schema name table owner".
 * Names are not quoted there, any of them may have blanks: for want of a
 * source. */
static bool
is_called(const struct toc_entry *t, const char *name)
{
	bool table = strcmp(t->desc, "PUBLICATION TABLE") == 0;
	struct buf line = BUF_INIT, of = BUF_INIT;
	bool yes;

	yes = buf_append(&line, t->line, t->len) == 0 &&
	      buf_printf(&of, table ? " %s " : " PUBLICATION - %s ", name) ==
		      0 &&
	      strstr(buf_str(&line), buf_str(&of));
	buf_fini(&line);
	buf_fini(&of);
	return yes;
}

/* Our own publication is the source's affair. 0 or -1. */
static int
leave_publication(struct engine *e, struct toc *t)
{
	const char *params[1] = {e->opt->slot};
	struct rows *r = NULL;
	size_t i;
	int k;

	if (e->source &&
		!(r = session_query(e->source,
			  "SELECT 'PUBLICATION', oid FROM pg_publication WHERE"
			  " pubname = $1 UNION ALL SELECT 'PUBLICATION TABLE',"
			  " r.oid FROM pg_publication_rel r JOIN pg_publication"
			  " p ON p.oid = r.prpubid WHERE p.pubname = $1",
			  1, params)))
		return -1;
	for (i = 0; i < t->n; i++) {
		struct toc_entry *x = &t->entry[i];
		bool ours = false;

		if (strcmp(x->desc, "PUBLICATION") != 0 &&
			strcmp(x->desc, "PUBLICATION TABLE") != 0)
			continue;
		for (k = 0; r && !ours && k < rows_count(r); k++)
			ours = x->oid == (uint32_t)rows_int(r, k, 1) &&
			       strcmp(x->desc, rows_str(r, k, 0)) == 0;
		if (r ? ours : is_called(x, e->opt->slot))
			x->stage = TOC_DATA;
	}
	rows_free(r);
	return 0;
}

/* A place for the archive that goes away with the process. */
static int
open_archive(struct schema *s)
{
	const char *dir = getenv("TMPDIR");
	struct buf path = BUF_INIT;

	if (buf_printf(&path, "%s/pgcopy-schema", dir && *dir ? dir : "/tmp"))
		msg_error("out of memory");
	else
		s->archive = tmpfile_open(buf_str(&path), 0600);
	buf_fini(&path);
	return s->archive ? 0 : -1;
}

/* The contents of the dump that is in its place. 0 or -1. */
static int
take_contents(struct engine *e, struct schema *s)
{
	struct buf list = BUF_INIT;
	unsigned bad;
	int rc = -1;

	if (pgtools_list(&s->tools, tmpfile_name(s->archive), &list))
		goto out;
	if (toc_parse(buf_str(&list), &s->toc, &bad)) {
		msg_error(
			"pg_restore --list: line %u cannot be understood", bad);
		goto out;
	}
	if (e->source)
		keep_constraints(e->catalog, &s->toc);
	if (e->opt->slot && leave_publication(e, &s->toc))
		goto out;
	rc = hash_schema(s);
out:
	buf_fini(&list);
	return rc;
}

static void
begin(const struct engine *e, struct schema *s)
{
	memset(s, 0, sizeof(*s));
	s->flags = (e->opt->owner ? PGTOOLS_OWNER : 0) |
		   (e->opt->acl ? PGTOOLS_ACL : 0);
}

/* Of a dump into an archive nobody knows the target. */
static int
target_major(const struct engine *e, int otherwise)
{
	return e->target ? session_version(e->target) / 10000 : otherwise;
}

int
schema_dump(struct engine *e, struct schema *s)
{
	static const char quote_all[] = "--quote-all-identifiers";
	struct buf more = BUF_INIT;
	int rc = -1;

	begin(e, s);
	if (filter_put_args(e->opt, &more) ||
		(is_engine_quoting(e) &&
			buf_append(&more, quote_all, sizeof(quote_all))))
		msg_error("out of memory");
	else if (pgtools_find(session_version(e->source) / 10000,
			 target_major(e, session_version(e->source) / 10000),
			 &s->tools) == 0 &&
		 open_archive(s) == 0 &&
		 (rc = pgtools_dump(&s->tools, e->from, e->source, e->snapshot,
			  tmpfile_name(s->archive), &more)) == 0)
		rc = take_contents(e, s);
	/* a retry may help */
	e->temporary = e->temporary || rc == -2;
	buf_fini(&more);
	return rc ? -1 : 0;
}

int
schema_read(struct engine *e, struct schema *s, int version, const void *p,
	size_t n)
{
	begin(e, s);
	if (pgtools_find(version, target_major(e, version), &s->tools) ||
		open_archive(s))
		return -1;
	if (fd_write_all(tmpfile_fd(s->archive), p, n)) {
		msg_errno("%s", tmpfile_name(s->archive));
		return -1;
	}
	/* each byte counts: it may have come altered the first time */
	return take_contents(e, s) || hash_bytes(s, p, n) ? -1 : 0;
}

void
schema_fini(struct schema *s)
{
	pgtools_fini(&s->tools);
	toc_fini(&s->toc);
	tmpfile_abort(s->archive);
	free(s->hash);
	free(s->outline);
	memset(s, 0, sizeof(*s));
}

/* What a script may have set for the session is taken back. */
static int
pin_again(struct session *t)
{
	return session_exec(t,
		"SET search_path = ''; SET row_security = off;"
		"SET default_tablespace = ''; SET check_function_bodies = off");
}

/* A schema may be there for an extension's sake, or be everybody's. */
static int
allow_existing(struct buf *sql)
{
	static const char create[] = "\nCREATE SCHEMA ";
	struct buf out = BUF_INIT;
	const char *p = buf_str(sql), *q;
	int rc = 0;

	for (; rc == 0 && (q = strstr(p, create)); p = q + sizeof(create) - 1)
		rc = buf_append(&out, p, (size_t)(q - p)) ||
		     buf_puts(&out, create) || buf_puts(&out, "IF NOT EXISTS ");
	if (rc == 0)
		rc = buf_puts(&out, p);
	if (rc) {
		msg_error("out of memory");
		buf_fini(&out);
		return -1;
	}
	buf_fini(sql);
	*sql = out;
	return 0;
}

int
schema_restore(struct engine *e, struct schema *s)
{
	struct session *t = e->target;
	struct buf schemas = BUF_INIT, before = BUF_INIT;
	size_t i;
	int rc = -1;

	if (script(s, TOC_SCHEMA, &schemas) || allow_existing(&schemas) ||
		script(s, TOC_BEFORE, &before) || session_exec(t, "BEGIN") ||
		session_exec(t, buf_str(&schemas)) || pin_again(t))
		goto out;
	for (i = 0; i < e->catalog->n_extensions; i++)
		if (extension_create(e, &e->catalog->extension[i]))
			goto out;
	if (session_exec(t, buf_str(&before)) || pin_again(t) ||
		ledger_set_schema(t, s->hash, s->outline) ||
		session_exec(t, "COMMIT"))
		goto out;
	rc = 0;
out:
	if (rc && is_session_alive(t))
		(void)session_try(t, "ROLLBACK");
	buf_fini(&schemas);
	buf_fini(&before);
	return rc;
}

/* Only a superuser makes event triggers: without them all else is whole. */
static int
run_events(struct engine *e, const char *sql)
{
	struct session *t = e->target;

	if (session_exec(t, "SAVEPOINT event"))
		return -1;
	if (session_try(t, sql) == 0)
		return session_exec(t, "RELEASE SAVEPOINT event");
	if (!is_session_alive(t) ||
		session_exec(t, "ROLLBACK TO SAVEPOINT event"))
		return -1;
	return engine_tell(e, "warning", "event-trigger-left-out",
		"have a superuser create them if the application needs them",
		"event triggers are not on the target: %s", session_message(t));
}

static int
run_script(struct engine *e, enum toc_stage stage, const struct buf *sql)
{
	if (sql->len == 0)
		return 0;
	return stage == TOC_EVENT ? run_events(e, buf_str(sql))
				  : session_exec(e->target, buf_str(sql));
}

int
schema_stage(struct engine *e, struct schema *s, enum toc_stage stage,
	const char *id, const struct ledger *l)
{
	struct session *t = e->target;
	struct buf sql = BUF_INIT;
	int rc = -1;

	if (ledger_find(l, id))
		return 0;
	if (script(s, stage, &sql) || session_exec(t, "BEGIN") ||
		run_script(e, stage, &sql) || pin_again(t) ||
		ledger_add(t, id, "script", NULL) || session_exec(t, "COMMIT"))
		goto out;
	rc = 0;
out:
	if (rc && is_session_alive(t))
		(void)session_try(t, "ROLLBACK");
	buf_fini(&sql);
	return rc;
}

int
schema_has(const struct schema *s, enum toc_stage stage)
{
	size_t i;

	for (i = 0; i < s->toc.n; i++)
		if (s->toc.entry[i].stage == stage)
			return 1;
	return 0;
}
