#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "catalog.h"
#include "check.h"
#include "clock.h"
#include "conninfo.h"
#include "engine.h"
#include "env.h"
#include "fd.h"
#include "filter.h"
#include "ident.h"
#include "journal.h"
#include "json.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "opt.h"
#include "options.h"
#include "pgcopy.h"
#include "progress.h"
#include "record.h"
#include "recorder.h"
#include "session.h"
#include "status.h"

/* MB that all index builds together get at most. */
enum { MEMORY_LIMIT = 2048 };

/* How long a killed run's last statement may take to end on the server. */
enum { LOCK_SECONDS = 20 };

static int64_t
default_jobs(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 8 ? 8 : n;
}

bool
is_engine_quoting(const struct engine *e)
{
	return !e->source || !e->target ||
	       session_version(e->source) / 10000 !=
		       session_version(e->target) / 10000;
}

static int
open_sessions(struct engine *e)
{
	enum session_error err;

	if (session_open(e->from, "source", &e->source, &err) ||
		session_open(e->to, "target", &e->target, &err))
		return err == SESSION_TEMPORARY ? STATUS_TEMPORARY
						: STATUS_MISUSE;
	if (session_exec(e->source,
		    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
		return STATUS_TEMPORARY;
	return STATUS_OK;
}

/* What of an earlier run's journal matters. */
static int
on_replay(void *ctx, const struct json *record)
{
	struct engine *e = ctx;

	if (strcmp(json_get_str(json_root(record), "type"), "copy.completed") ==
		0)
		e->completed = true;
	return 0;
}

static void
begin(struct engine *e, const struct pgcopy_options *opt, struct env *env,
	const char *verb)
{
	memset(e, 0, sizeof(*e));
	e->opt = opt;
	msg_set_verbose(opt->verbose);
	recorder_init(&e->rec, env, "pgcopy", verb);
	e->rec.skipped = -1;
}

int
engine_open(struct engine *e, const struct pgcopy_options *opt, struct env *env,
	const char *verb)
{
	int status;

	begin(e, opt, env, verb);
	e->jobs_wanted = opt->jobs ? opt->jobs : default_jobs();
	if (!opt->from || !opt->to) {
		msg_error("--from and --to are needed: see pgcopy %s --help",
			verb);
		return STATUS_MISUSE;
	}
	if (options_connect(opt, true, &e->from) ||
		options_connect(opt, false, &e->to))
		return STATUS_MISUSE;
	if (strcmp(conninfo_identity(e->from), conninfo_identity(e->to)) == 0) {
		msg_error("source and target are the same database: %s",
			conninfo_identity(e->to));
		return STATUS_MISUSE;
	}
	if (opt->journal && !(e->rec.journal = journal_open(opt->journal,
				      "pgcopy", conninfo_identity(e->from),
				      conninfo_identity(e->to), on_replay, e)))
		return STATUS_MISUSE;
	if ((status = open_sessions(e)) != STATUS_OK)
		return status;
	e->progress = progress_open(STDERR_FILENO, env->clock, true);
	return STATUS_OK;
}

int
engine_open_side(struct engine *e, const struct pgcopy_options *opt,
	struct env *env, const char *verb, bool source)
{
	const char *locator = source ? opt->from : opt->to;
	const char *what = source ? "source" : "target";
	struct conninfo **c = source ? &e->from : &e->to;
	enum session_error err;

	begin(e, opt, env, verb);
	e->jobs_wanted = 1;
	if (!locator) {
		msg_error("--%s is needed: see pgcopy %s --help",
			source ? "from" : "to", verb);
		return STATUS_MISUSE;
	}
	if (options_connect(opt, source, c))
		return STATUS_MISUSE;
	if (opt->journal &&
		!(e->rec.journal = journal_open(opt->journal, "pgcopy",
			  source ? conninfo_identity(*c) : "archive",
			  source ? "archive" : conninfo_identity(*c), on_replay,
			  e)))
		return STATUS_MISUSE;
	if (session_open(*c, what, source ? &e->source : &e->target, &err))
		return err == SESSION_TEMPORARY ? STATUS_TEMPORARY
						: STATUS_MISUSE;
	if (source && session_exec(e->source,
			      "BEGIN ISOLATION LEVEL REPEATABLE READ READ "
			      "ONLY"))
		return STATUS_TEMPORARY;
	e->progress = progress_open(STDERR_FILENO, env->clock, true);
	return STATUS_OK;
}

static void
free_tables(struct engine *e)
{
	size_t i;

	for (i = 0; i < e->n_tables; i++)
		split_fini(&e->table[i].split);
	free(e->table);
	e->table = NULL;
	e->n_tables = 0;
}

void
engine_close(struct engine *e)
{
	progress_close(e->progress);
	session_close(e->source);
	session_close(e->target);
	conninfo_free(e->from);
	conninfo_free(e->to);
	catalog_free(e->catalog);
	jobs_fini(&e->jobs);
	free_tables(e);
	free(e->snapshot);
	(void)journal_close(e->rec.journal);
}

/* What memory the target has is not told; its shared buffers are a quarter of
 * it as a rule, and all builds together get twice those. */
int
engine_fit(struct engine *e)
{
	struct rows *r = session_query(e->target,
		"SELECT pg_size_bytes(current_setting('shared_buffers'))"
		" / 1048576",
		0, NULL);
	int64_t fit;

	if (!r)
		return -1;
	e->target_memory = 2 * rows_int(r, 0, 0);
	rows_free(r);
	if (e->target_memory > MEMORY_LIMIT)
		e->target_memory = MEMORY_LIMIT;
	fit = jobs_fit(e->target_memory, e->jobs_wanted);
	if (e->opt->jobs || fit == e->jobs_wanted)
		return 0;
	e->jobs_wanted = fit;
	return engine_tell(e, "note", "jobs-lowered",
		"--jobs N uses more, each with less memory for its indexes",
		"%lld jobs: the target's shared_buffers let %lld MB be used "
		"for building indexes",
		(long long)fit, (long long)e->target_memory);
}

int
engine_lock(struct engine *e)
{
	double end = clock_mono(e->rec.env->clock) + LOCK_SECONDS;
	bool waiting = false;

	for (;;) {
		struct rows *r = session_query(e->target,
			"SELECT pg_try_advisory_lock(1634304620, 1)", 0, NULL);
		bool is_ours = r && rows_bool(r, 0, 0);

		if (!r)
			return engine_status(e);
		rows_free(r);
		if (is_ours)
			return STATUS_OK;
		if (clock_mono(e->rec.env->clock) > end)
			break;
		if (!waiting)
			msg_note("another run is at work on the target: "
				 "waiting for its end");
		waiting = true;
		clock_sleep(e->rec.env->clock, 0.1);
	}
	(void)engine_finding(e, "error", "target-busy",
		"another pgcopy is at work on the target",
		"wait for its end, or end it");
	return STATUS_TEMPORARY;
}

int
engine_unlock(struct engine *e)
{
	return session_exec(
		e->target, "SELECT pg_advisory_unlock(1634304620, 1)");
}

int
engine_export(struct engine *e)
{
	struct rows *r = session_query(
		e->source, "SELECT pg_export_snapshot()", 0, NULL);
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc = -1;

	if (!r)
		return -1;
	if (!(e->snapshot = mem_strdup(rows_str(r, 0, 0)))) {
		msg_error("out of memory");
		goto out;
	}
	jsonw_record(&w, &b, "snapshot.exported");
	jsonw_str(&w, "source", conninfo_identity(e->from));
	if (e->to)
		jsonw_str(&w, "target", conninfo_identity(e->to));
	jsonw_str(&w, "snapshot", e->snapshot);
	rc = engine_put(e, &w, &b, false);
out:
	rows_free(r);
	return rc;
}

int
engine_renew(struct engine *e)
{
	free(e->snapshot);
	e->snapshot = NULL;
	return session_exec(e->source,
		"ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

int
engine_import(struct engine *e, const char *snapshot)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (buf_puts(&b, "ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ"
			 " ONLY; SET TRANSACTION SNAPSHOT ") ||
		ident_literal(&b, snapshot))
		msg_error("out of memory");
	else if (session_try(e->source, buf_str(&b)) == 0)
		rc = 1;
	else if (is_session_alive(e->source))
		rc = engine_renew(e) ? -1 : 0;
	buf_fini(&b);
	return rc;
}

/* Keys whose other end is left out are, too: said once, of the source. */
static int
tell_left_out(struct engine *e, const struct catalog *c, size_t all)
{
	return all > c->n_fkeys
		       ? engine_tell(e, "note", "foreign-keys-left-out", NULL,
				 "%zu foreign keys belong or refer to "
				 "tables that are left out",
				 all - c->n_fkeys)
		       : 0;
}

int
engine_quote(const struct engine *e, struct session *s, bool on)
{
	if (!is_engine_quoting(e))
		return 0;
	return session_exec(s, on ? "SET quote_all_identifiers = on"
				  : "SET quote_all_identifiers = off");
}

int
engine_load(struct engine *e, struct session *s, struct catalog **c)
{
	int64_t errors = e->rec.errors;
	size_t fkeys;

	if (check_reserved(e, s) || e->rec.errors > errors ||
		engine_quote(e, s, true) || catalog_load(s, c))
		return -1;
	if (engine_quote(e, s, false)) {
		catalog_free(*c);
		*c = NULL;
		return -1;
	}
	fkeys = (*c)->n_fkeys;
	filter_catalog(e->opt, *c);
	return s == e->source ? tell_left_out(e, *c, fkeys) : 0;
}

int
engine_tables(struct engine *e)
{
	bool text = strcmp(e->opt->format, "text") == 0 ||
		    (e->source && e->target &&
			    strcmp(session_encoding(e->source),
				    session_encoding(e->target)) != 0);
	size_t i;

	free_tables(e);
	e->table = mem_zalloc(e->catalog->n_tables + 1, sizeof(*e->table));
	if (!e->table) {
		msg_error("out of memory");
		return -1;
	}
	e->n_tables = e->catalog->n_tables;
	for (i = 0; i < e->catalog->n_tables; i++) {
		const struct catalog_table *t = &e->catalog->table[i];

		e->table[i].binary = t->is_binary && !text;
		e->table[i].is_empty =
			is_filter_empty(e->opt, t->schema, t->name);
	}
	return 0;
}

/* A session that is lost, or whose last failure may pass. */
static bool
has_passing_failure(const struct session *s)
{
	return s &&
	       (!is_session_alive(s) || session_error(s) == SESSION_TEMPORARY);
}

int
engine_status(const struct engine *e)
{
	return e->temporary || has_passing_failure(e->source) ||
			       has_passing_failure(e->target)
		       ? STATUS_TEMPORARY
		       : STATUS_NO;
}

/* Whoever reads us may be there another time. */
static int
keep_temporary(struct engine *e, int rc)
{
	e->temporary = e->temporary || rc == -1;
	return rc;
}

int
engine_emit(struct engine *e, struct buf *b, bool sync)
{
	return keep_temporary(e, recorder_emit(&e->rec, b, sync));
}

int
engine_put(struct engine *e, struct jsonw *w, struct buf *b, bool sync)
{
	return keep_temporary(e, recorder_put(&e->rec, w, b, sync));
}

int
engine_finding(struct engine *e, const char *level, const char *rule,
	const char *message, const char *fix)
{
	int rc = recorder_tell(&e->rec, level, rule, fix, "%s", message);

	e->is_told = e->is_told || e->rec.errors > 0;
	return keep_temporary(e, rc);
}

int
engine_tell(struct engine *e, const char *level, const char *rule,
	const char *fix, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = buf_vprintf(&b, fmt, ap);
	va_end(ap);
	if (rc)
		msg_error("out of memory");
	else
		rc = engine_finding(e, level, rule, buf_str(&b), fix);
	buf_fini(&b);
	return rc;
}

/* What the last error was, where no record has said it: people have been told
 * already. 0 or -1. */
static int
tell_stopped(struct engine *e)
{
	struct finding f = {.level = "error",
		.rule = "stopped",
		.message = *msg_last() ? msg_last() : "out of memory",
		.fix = "see the messages on standard error",
		.at = clock_wall(e->rec.env->clock)};
	struct buf b = BUF_INIT;
	int rc = finding_put(&b, &f) || engine_emit(e, &b, false) ? -1 : 0;

	e->rec.findings++;
	buf_fini(&b);
	return rc;
}

int
engine_end(struct engine *e, int status)
{
	if (status == STATUS_NO && !e->is_told && tell_stopped(e) == -1)
		status = STATUS_TEMPORARY;
	/* before the sessions were open there was no run to sum up */
	return e->target || e->source ? recorder_end(&e->rec, status) : status;
}
