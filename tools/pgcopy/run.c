#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "conninfo.h"
#include "env.h"
#include "fd.h"
#include "ident.h"
#include "json.h"
#include "jsonl.h"
#include "jsonw.h"
#include "ledger.h"
#include "mem.h"
#include "msg.h"
#include "multiset.h"
#include "opt.h"
#include "options.h"
#include "part.h"
#include "pgcopy.h"
#include "session.h"
#include "status.h"
#include "worker.h"

static int
set_encoding(struct session *s, const char *name)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (!name)
		return 0;
	if (buf_puts(&b, "SET client_encoding = ") == 0 &&
		ident_literal(&b, name) == 0)
		rc = session_exec(s, buf_str(&b));
	buf_fini(&b);
	return rc;
}

static int
open_session(struct worker *w, const struct conninfo *c, const char *what,
	struct session **s, bool *temporary)
{
	enum session_error err;

	session_close(*s);
	*s = NULL;
	if (session_open(c, what, s, &err)) {
		*temporary = err == SESSION_TEMPORARY;
		return -1;
	}
	/* SQL_ASCII says nothing of the bytes: the target must check them in
	 * its own encoding, or it would store what is no text there */
	if (c == w->to && w->encoding && strcmp(w->encoding, "SQL_ASCII") == 0)
		return 0;
	if (set_encoding(*s, w->encoding)) {
		*temporary = false;
		return -1;
	}
	return 0;
}

int
worker_source(struct worker *w, bool *temporary)
{
	struct buf b = BUF_INIT;
	int rc = -1;

	if (is_session_alive(w->source))
		return 0;
	if (open_session(w, w->from, "source", &w->source, temporary))
		return -1;
	if (session_exec(w->source,
		    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
		goto out;
	if (w->snapshot && (buf_puts(&b, "SET TRANSACTION SNAPSHOT ") ||
				   ident_literal(&b, w->snapshot) ||
				   session_exec(w->source, buf_str(&b))))
		goto out;
	rc = 0;
out:
	if (rc) {
		*temporary = session_error(w->source) == SESSION_TEMPORARY;
		session_close(w->source);
		w->source = NULL;
	}
	buf_fini(&b);
	return rc;
}

int
worker_target(struct worker *w, bool *temporary)
{
	if (is_session_alive(w->target))
		return 0;
	if (open_session(w, w->to, "target", &w->target, temporary))
		return -1;
	/* the last transaction of a run is synchronous and flushes them all */
	if (session_exec(w->target, "SET synchronous_commit = off"))
		return -1;
	if (w->opt->memory)
		return session_execf(w->target,
			"SET maintenance_work_mem = '%s'", w->opt->memory);
	return 0;
}

void
worker_progress(struct worker *w, const char *id, const struct multiset *m)
{
	struct buf b = BUF_INIT;
	struct jsonw j;
	double now = clock_mono(w->clock);

	if (now - w->told < 0.25)
		return;
	w->told = now;
	jsonw_record(&j, &b, "progress");
	jsonw_str(&j, "part", id);
	jsonw_uint(&j, "bytes", m->bytes);
	jsonw_uint(&j, "rows", m->rows);
	jsonw_stamp(&j, clock_wall(w->clock));
	if (jsonw_end_record(&j) == 0)
		(void)fd_write_all(w->out, b.data, b.len);
	buf_fini(&b);
}

/* A transaction of statements on the target with its ledger row. */
static int
sql_part(struct worker *w, const struct part *p)
{
	struct multiset m = MULTISET_INIT;
	int done = ledger_get(w->target, p->id, &m);

	if (done)
		return done < 0 ? -1 : 0;
	if (session_exec(w->target, "BEGIN") ||
		session_exec(w->target, p->before) ||
		ledger_add(w->target, p->id, p->kind, NULL) ||
		session_exec(w->target, "COMMIT"))
		return -1;
	return 0;
}

static int
dispatch(struct worker *w, const struct part *p, struct multiset *m)
{
	if (strcmp(p->kind, "copy") == 0)
		return streampart_copy(w, p, m);
	if (strcmp(p->kind, "hash") == 0)
		return streampart_hash(w, p, m);
	if (strcmp(p->kind, "lo") == 0)
		return lopart_copy(w, p, m);
	if (strcmp(p->kind, "lohash") == 0)
		return lopart_hash(w, p, m);
	if (strcmp(p->kind, "diff") == 0)
		return diffpart_run(w, p, m);
	if (strcmp(p->kind, "sql") == 0)
		return sql_part(w, p);
	return session_exec(w->target, p->before);
}

static bool
needs(const struct part *p, const char *side)
{
	if (strcmp(p->kind, "copy") == 0 || strcmp(p->kind, "lo") == 0 ||
		strcmp(p->kind, "diff") == 0)
		return true;
	return strcmp(p->side ? p->side : "target", side) == 0;
}

/* The session that a failure began with: when the source fails, what the
 * target says of it is our own doing. A source that was given up because of
 * the target is broken, but has no error. */
static const struct session *
culprit(const struct worker *w)
{
	return w->source && session_error(w->source) != SESSION_FINE
		       ? w->source
		       : w->target;
}

static void
put_failure(
	struct buf *b, const struct worker *w, const char *id, bool temporary)
{
	const struct session *s = culprit(w);
	struct jsonw j;

	jsonw_record(&j, b, "part.failed");
	jsonw_str(&j, "part", id);
	jsonw_str(&j, "message",
		s && *session_message(s) ? session_message(s)
		: *msg_last()            ? msg_last()
					 : "it could not be done");
	if (s && *session_sqlstate(s))
		jsonw_str(&j, "sqlstate", session_sqlstate(s));
	jsonw_bool(&j, "temporary", temporary);
	(void)jsonw_end_record(&j);
}

static void
put_done(struct buf *b, const char *id, const struct multiset *m,
	double seconds, double at)
{
	char hex[MULTISET_HEX + 1];
	struct jsonw j;

	multiset_format(m, hex);
	jsonw_record(&j, b, "part.done");
	jsonw_str(&j, "part", id);
	jsonw_num(&j, "seconds", seconds);
	jsonw_uint(&j, "rows", m->rows);
	jsonw_uint(&j, "bytes", m->bytes);
	jsonw_str(&j, "digest", hex);
	jsonw_time(&j, "at", at);
	(void)jsonw_end_record(&j);
}

static bool
is_temporary(const struct session *s)
{
	return s &&
	       (!is_session_alive(s) || session_error(s) == SESSION_TEMPORARY);
}

/* After a failure: both sessions are as new, whatever state they were in. */
static void
recover(struct worker *w)
{
	session_close(w->source);
	w->source = NULL;
	if (w->target && (!is_session_alive(w->target) ||
				 session_try(w->target, "ROLLBACK"))) {
		session_close(w->target);
		w->target = NULL;
	}
}

/* Changes what the sessions are opened for, to what the part says. */
static int
turn_to(struct worker *w, char **now, const char *wanted)
{
	if (!wanted || (*now && strcmp(*now, wanted) == 0))
		return 0;
	free(*now);
	if (!(*now = mem_strdup(wanted))) {
		msg_error("out of memory");
		return -1;
	}
	session_close(w->source);
	w->source = NULL;
	session_close(w->target);
	w->target = NULL;
	return 0;
}

/* Does one part and writes its last record. 0, or -1: the worker must end. */
static int
work(struct worker *w, const struct part *p)
{
	struct multiset m = MULTISET_INIT;
	struct buf b = BUF_INIT;
	double begin = clock_mono(w->clock);
	bool temporary = false;
	int rc = 0;

	w->told = begin;
	if (w->source)
		session_forget(w->source);
	if (w->target)
		session_forget(w->target);
	rc = turn_to(w, &w->snapshot, p->snapshot) ||
			     turn_to(w, &w->encoding, p->encoding)
		     ? -1
		     : 0;
	if (rc == 0 && needs(p, "source"))
		rc = worker_source(w, &temporary);
	if (rc == 0 && needs(p, "target"))
		rc = worker_target(w, &temporary);
	/* a source that was read when the target went away has an error too */
	if (rc == 0 && (rc = dispatch(w, p, &m)))
		temporary = is_temporary(culprit(w)) ||
			    (w->target && !is_session_alive(w->target));
	if (rc) {
		w->failed++;
		put_failure(&b, w, p->id, temporary);
		recover(w);
	} else {
		put_done(&b, p->id, &m, clock_mono(w->clock) - begin,
			clock_wall(w->clock));
	}
	rc = b.len ? fd_write_all(w->out, b.data, b.len) : -1;
	buf_fini(&b);
	return rc;
}

/* Records of other types go by untouched. */
static int
pass(const struct worker *w, const struct jsonl *in)
{
	size_t n;
	const char *line = jsonl_text(in, &n);

	return fd_write_all(w->out, line, n) || fd_write_all(w->out, "\n", 1);
}

int
run_run(const void *options, struct env *env)
{
	const struct pgcopy_options *opt = options;
	struct worker w = {.opt = opt, .clock = env->clock, .out = env->out};
	struct jsonl *in = NULL;
	struct json *doc;
	struct part p;
	int rc, status = STATUS_MISUSE;

	msg_set_verbose(opt->verbose);
	if (!opt->from || !opt->to) {
		msg_error("--from and --to are needed");
		return STATUS_MISUSE;
	}
	if (options_connect(opt, true, &w.from) ||
		options_connect(opt, false, &w.to))
		goto out;
	if (!(in = jsonl_open(env->in, env->in_name, JSONL_MAX_LINE))) {
		msg_error("out of memory");
		goto out;
	}
	if (turn_to(&w, &w.snapshot, opt->snapshot) ||
		turn_to(&w, &w.encoding, opt->encoding))
		goto out;
	ratelimit_init(&w.limit, opt->rate, clock_mono(env->clock));
	while ((rc = jsonl_next(in, &doc)) > 0) {
		const struct json_val *v = json_root(doc);

		if (strcmp(json_get_str(v, "type"), "part") == 0)
			rc = part_read(v, &p) ? -1 : work(&w, &p) ? -2 : 0;
		else
			rc = pass(&w, in) ? -2 : 0;
		json_free(doc);
		if (rc)
			break;
	}
	status = rc == -2   ? STATUS_TEMPORARY
		 : rc       ? STATUS_MISUSE
		 : w.failed ? STATUS_NO
			    : STATUS_OK;
out:
	jsonl_close(in);
	session_close(w.source);
	session_close(w.target);
	conninfo_free(w.from);
	conninfo_free(w.to);
	free(w.snapshot);
	free(w.encoding);
	return status;
}
