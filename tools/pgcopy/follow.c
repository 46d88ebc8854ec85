#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "catalog.h"
#include "clock.h"
#include "engine.h"
#include "env.h"
#include "finish.h"
#include "followapply.h"
#include "followguard.h"
#include "followslot.h"
#include "followstate.h"
#include "jsonw.h"
#include "msg.h"
#include "objects.h"
#include "pgcopy.h"
#include "pgoutput.h"
#include "replication.h"
#include "session.h"
#include "status.h"

enum { TRIES = 20 };
#define TELL_EVERY 5.0    /* seconds between records of the lag */
#define CONFIRM_EVERY 3.0 /* ... and words to the server */
#define EPOCH_2000 946684800.0

/* One run of `pgcopy follow`. */
struct follow {
	struct engine e;
	const char *slot;
	struct session *stream;
	struct followapply *apply;
	struct pgoutput message;
	uint64_t end;    /* of the server's log */
	uint64_t passed; /* by the stream: all before it has come */
	uint64_t until;  /* stop when the target has everything before, or 0 */
	double told, confirmed;
	int64_t changes; /* of connections that are over */
	int tries;
	bool careful; /* each transaction is committed by itself */
};

/* What the target has everything before. */
static uint64_t
position(const struct follow *f)
{
	uint64_t lsn = followapply_lsn(f->apply);

	/* between transactions all that the stream has passed is there */
	return is_followapply_idle(f->apply) && f->passed > lsn ? f->passed
								: lsn;
}

static int
put_lsn(struct jsonw *w, const char *key, uint64_t lsn)
{
	struct buf b = BUF_INIT;
	int rc = replication_put_lsn(&b, lsn);

	if (rc == 0)
		jsonw_str(w, key, buf_str(&b));
	buf_fini(&b);
	return rc;
}

static int
tell(struct follow *f, const char *type)
{
	struct engine *e = &f->e;
	uint64_t at = position(f);
	double now = clock_wall(e->rec.env->clock);
	int64_t time = followapply_time(f->apply);
	double behind = now - EPOCH_2000 - (double)time / 1e6;
	struct buf b = BUF_INIT;
	struct jsonw w;

	f->told = clock_mono(e->rec.env->clock);
	jsonw_record(&w, &b, type);
	jsonw_str(&w, "slot", f->slot);
	(void)put_lsn(&w, "lsn", at);
	jsonw_uint(&w, "bytes", f->end > at ? f->end - at : 0);
	jsonw_num(
		&w, "seconds", f->end > at && time && behind > 0 ? behind : 0);
	jsonw_int(&w, "changes", f->changes + followapply_changes(f->apply));
	jsonw_time(&w, "at", now);
	return engine_put(e, &w, &b, false);
}

static int
tell_drift(struct follow *f)
{
	return engine_finding(&f->e, "error", "schema-drifted",
		followapply_why(f->apply),
		"make the same change on the target and run follow again: it "
		"goes on from here");
}

/* The server's position now; the stream must pass it. 0 or -1. */
static int
set_goal(struct follow *f)
{
	struct rows *r;

	if (!f->e.opt->until_caught_up || f->until)
		return 0;
	r = session_query(
		f->e.source, "SELECT pg_current_wal_flush_lsn()", 0, NULL);
	if (!r)
		return -1;
	f->until = replication_lsn(rows_str(r, 0, 0));
	rows_free(r);
	return f->until ? 0 : -1;
}

static int
reopen(const struct conninfo *c, const char *what, struct session **s)
{
	enum session_error err;

	if (is_session_alive(*s) && session_try(*s, "ROLLBACK") == 0)
		return STATUS_OK;
	session_close(*s);
	*s = NULL;
	if (session_open(c, what, s, &err))
		return err == SESSION_TEMPORARY ? STATUS_TEMPORARY : STATUS_NO;
	return STATUS_OK;
}

/* Sessions, state and stream for one more try. An exit status. */
static int
connect_all(struct follow *f)
{
	struct engine *e = &f->e;
	enum session_error err;
	uint64_t lsn, confirmed;
	int64_t errors = e->rec.errors;
	int found, status;

	if ((status = reopen(e->from, "source", &e->source)) != STATUS_OK ||
		(status = reopen(e->to, "target", &e->target)) != STATUS_OK)
		return status;
	if (followslot_wait(e, e->source, f->slot)) {
		/* a reader that has not gone by now stays */
		if (e->rec.errors > errors)
			f->tries = TRIES;
		return engine_status(e);
	}
	/* the slot before the target: another follower moves it second */
	if (followguard_encoding(e) ||
		followguard_confirmed(e->source, f->slot, &confirmed) ||
		(found = followstate_load(e, f->slot, &lsn)) < 0 || set_goal(f))
		return engine_status(e);
	if (!found) {
		msg_error("the target knows no slot %s of this source: begin "
			  "with pgcopy copy --follow",
			f->slot);
		return STATUS_MISUSE;
	}
	if (followguard_slot(e, f->slot, confirmed, lsn) ||
		followguard_publication(e, f->slot))
		return engine_status(e);
	if (e->rec.errors > errors)
		return STATUS_NO;
	if (session_open_replication(e->from, "source", &f->stream, &err))
		return err == SESSION_TEMPORARY ? STATUS_TEMPORARY : STATUS_NO;
	f->end = f->passed = lsn;
	if (!(f->apply = followapply_new(e->target, f->slot, lsn)))
		return STATUS_TEMPORARY;
	if (replication_start(f->stream, f->slot, f->slot, lsn))
		/* a slot that another has taken meanwhile: 55006 */
		return session_error(f->stream) == SESSION_TEMPORARY
			       ? STATUS_TEMPORARY
			       : STATUS_NO;
	return STATUS_OK;
}

static void
disconnect(struct follow *f)
{
	if (f->apply)
		f->changes += followapply_changes(f->apply);
	followapply_free(f->apply);
	f->apply = NULL;
	session_close(f->stream);
	f->stream = NULL;
}

/* A failure of one of the three sessions: may it pass? */
static int
status_of(const struct follow *f)
{
	if (!is_session_alive(f->stream) ||
		session_error(f->stream) == SESSION_TEMPORARY ||
		is_followapply_overtaken(f->apply))
		return STATUS_TEMPORARY;
	return engine_status(&f->e);
}

static int
on_message(struct follow *f, const char *data, size_t n)
{
	enum followapply_result rc;

	if (pgoutput_parse(&f->message, data, n)) {
		msg_error("source: a message that is none of pgoutput's");
		return STATUS_NO;
	}
	rc = followapply_message(f->apply, &f->message);
	if (rc == FOLLOWAPPLY_OK)
		rc = followapply_flush(f->apply, f->careful);
	if (rc == FOLLOWAPPLY_DRIFT && !f->careful &&
		is_followapply_open(f->apply)) {
		/* what was done before the schema changed must be there when it
		 * changes on the target, too */
		f->careful = true;
		return STATUS_TEMPORARY;
	}
	if (rc == FOLLOWAPPLY_DRIFT)
		return tell_drift(f) ? STATUS_TEMPORARY : STATUS_NO;
	return rc == FOLLOWAPPLY_OK ? STATUS_OK : status_of(f);
}

/* The regular words to the server and to whoever reads us. */
static int
keep_up(struct follow *f, bool caught)
{
	double now = clock_mono(f->e.rec.env->clock);

	if (now - f->confirmed >= CONFIRM_EVERY || caught) {
		if (followapply_store(f->apply, position(f)) != FOLLOWAPPLY_OK)
			return status_of(f);
		if (replication_confirm(f->stream, position(f), !caught))
			return STATUS_TEMPORARY;
		f->confirmed = now;
	}
	if (now - f->told >= TELL_EVERY && tell(f, "follow.lag"))
		return STATUS_TEMPORARY;
	return STATUS_OK;
}

/* Reads and applies until the goal or a failure. */
static int
stream(struct follow *f)
{
	const char *data;
	uint64_t end;
	size_t n;
	int rc, status;

	if (replication_confirm(f->stream, followapply_lsn(f->apply), 1))
		return STATUS_TEMPORARY;
	for (;;) {
		bool open = !is_followapply_idle(f->apply);

		rc = replication_next(
			f->stream, open ? 0 : 0.5, &data, &n, &end);
		if (rc < 0)
			return STATUS_TEMPORARY;
		if (rc > 0 && end > f->end)
			f->end = end;
		/* with data comes the end of the log, not of the stream */
		if (rc == 2 && end > f->passed)
			f->passed = end;
		if (rc == 1) {
			f->tries = 0;
			status = on_message(f, data, n);
			if (status != STATUS_OK)
				return status;
		} else if (followapply_flush(f->apply, true) !=
			   FOLLOWAPPLY_OK) {
			return status_of(f);
		}
		if (rc == 0 && !is_followapply_idle(f->apply))
			clock_sleep(f->e.rec.env->clock, 0.005);
		if (f->until && position(f) >= f->until)
			return keep_up(f, true);
		if ((status = keep_up(f, false)) != STATUS_OK)
			return status;
	}
}

/* What the stream does not bring, after the rest has come: views are made
 * anew, and what is missing is said. An exit status. */
static int
conclude(struct follow *f)
{
	struct engine *e = &f->e;

	if (tell(f, "follow.caught"))
		return STATUS_TEMPORARY;
	if (catalog_load(e->source, &e->catalog) || finish_sequences(e) ||
		finish_refresh(e, NULL) || followstate_conclude(e, f->slot) ||
		followguard_publication(e, f->slot) ||
		followguard_tables(e, f->slot) ||
		objects_compare(e, "changes of these are not in the stream: "
				   "bring them with pgcopy sync"))
		return engine_status(e);
	return e->rec.errors ? STATUS_NO : STATUS_OK;
}

static int
follow_all(struct follow *f)
{
	int status;

	for (;;) {
		status = connect_all(f);
		if (status == STATUS_OK && !f->tries && !f->changes &&
			tell(f, "follow.started"))
			status = STATUS_TEMPORARY;
		if (status == STATUS_OK)
			status = stream(f);
		if (status == STATUS_OK)
			status = conclude(f);
		if (status != STATUS_TEMPORARY || ++f->tries > TRIES)
			break;
		disconnect(f);
		msg_note("trying again (%d of %d)", f->tries, (int)TRIES);
		clock_sleep(f->e.rec.env->clock,
			f->tries < 10 ? 0.2 * f->tries : 5);
	}
	f->e.rec.done = f->changes;
	if (f->apply)
		f->e.rec.done += followapply_changes(f->apply);
	disconnect(f);
	return status;
}

int
follow_run(const void *options, struct env *env)
{
	const struct pgcopy_options *opt = options;
	struct follow f;
	int status;

	memset(&f, 0, sizeof(f));
	f.slot = opt->slot;
	if (!is_followstate_name(f.slot)) {
		msg_error("%s cannot be a slot's name: a-z, 0-9 and _ only",
			f.slot);
		return STATUS_MISUSE;
	}
	status = engine_open(&f.e, options, env, "follow");
	/* a transaction that stays open would keep dead rows from VACUUM */
	if (status == STATUS_OK && session_exec(f.e.source, "ROLLBACK"))
		status = engine_status(&f.e);
	if (status == STATUS_OK && opt->drop)
		status = followstate_drop(&f.e, f.slot) ? engine_status(&f.e)
							: STATUS_OK;
	else if (status == STATUS_OK)
		status = follow_all(&f);
	status = engine_end(&f.e, status);
	pgoutput_fini(&f.message);
	engine_close(&f.e);
	return status;
}
