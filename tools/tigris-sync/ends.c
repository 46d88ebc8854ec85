#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "folder.h"
#include "journal.h"
#include "mem.h"
#include "msg.h"
#include "object.h"
#include "progress.h"
#include "remote.h"
#include "sorter.h"
#include "status.h"
#include "str.h"
#include "tigris.h"
#include "walk.h"

bool
is_ends_bucket(const struct tigris_end *end)
{
	return end->place != NULL && str_starts(end->place, "s3:");
}

/* Options that only a bucket has. */
static int
check_end(const struct tigris_end *end, const char *what)
{
	if (end->place == NULL) {
		msg_error("--%s is needed: s3:BUCKET[/PREFIX], or a folder",
			what);
		return -1;
	}
	if (*end->place == '\0') {
		msg_error("--%s is empty: give s3:BUCKET[/PREFIX], or a folder",
			what);
		return -1;
	}
	if (strstr(end->place, "://") != NULL && !is_ends_bucket(end)) {
		msg_error("--%s %s: give s3:BUCKET[/PREFIX], and the address "
			  "with --%s-endpoint",
			what, end->place, what);
		return -1;
	}
	if (!is_ends_bucket(end) &&
		(end->env != NULL || end->env_file != NULL ||
			end->endpoint != NULL || end->region != NULL ||
			strcmp(end->style, "auto") != 0 || end->pin != NULL ||
			end->ca != NULL || end->insecure)) {
		msg_error("--%s %s is a folder: the options of buckets are not "
			  "for it (a bucket is s3:BUCKET)",
			what, end->place);
		return -1;
	}
	return 0;
}

static char *
folder_name(const char *path)
{
	char *real = realpath(path, NULL);
	struct buf b = BUF_INIT;

	if (buf_printf(&b, "folder:%s", real != NULL ? real : path) == -1)
		buf_fini(&b);
	free(real);
	return buf_steal(&b);
}

static int
open_end(struct ends *e, bool is_source, bool writes)
{
	const struct tigris_end *end = is_source ? &e->opt->from : &e->opt->to;
	struct engine *g = &e->engine;
	char **name = is_source ? &e->source : &e->target;
	struct remote **bucket = is_source ? &g->from : &g->to;
	struct folder **folder = is_source ? &g->from_dir : &g->to_dir;
	int status;

	if (is_ends_bucket(end)) {
		status = remote_open(g->remotes,
			is_source ? "source" : "target", end, bucket);
		if (status != STATUS_OK)
			return status;
		*name = mem_strdup(remote_identity(*bucket));
	} else {
		if (is_source && access(end->place, R_OK | X_OK) == -1) {
			msg_errno("%s", end->place);
			return STATUS_MISUSE;
		}
		if (is_source || writes || access(end->place, F_OK) == 0) {
			*folder = folder_open(end->place, writes);
			if (*folder == NULL)
				return STATUS_MISUSE;
		}
		*name = folder_name(end->place);
	}
	if (*name != NULL)
		return STATUS_OK;
	msg_error("out of memory");
	return STATUS_TEMPORARY;
}

static int
select_objects(struct ends *e)
{
	const struct tigris_options *o = e->opt;

	e->selection.include = o->include;
	e->selection.exclude = o->exclude;
	e->selection.min_size = o->min_size;
	e->selection.max_size = o->max_size;
	e->selection.min_age = o->min_age;
	e->selection.max_age = o->max_age;
	if (o->max_size > 0 && o->max_size < o->min_size) {
		msg_error("--max-size is less than --min-size: no object is "
			  "both");
		return -1;
	}
	return o->shard != NULL ? select_shard(o->shard, &e->selection) : 0;
}

static int
on_replay(void *ctx, const struct json *record)
{
	return ledger_replay(&((struct ends *)ctx)->ledger, record);
}

static int
open_journal(struct ends *e)
{
	if (ledger_init(&e->ledger, e->opt->memory / 8) == -1) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	e->engine.ledger = &e->ledger;
	if (e->opt->journal != NULL) {
		e->journal = journal_open(e->opt->journal, "tigris-sync",
			e->source != NULL ? e->source : "stdin",
			e->target != NULL ? e->target : "none", on_replay, e);
		if (e->journal == NULL)
			return errno == EINVAL ? STATUS_MISUSE
					       : STATUS_TEMPORARY;
		e->rec.journal = e->journal;
	}
	return sorter_done(e->ledger.copied) == -1 ? STATUS_TEMPORARY
						   : STATUS_OK;
}

/* Two ends that cannot go together. */
static int
check_pair(struct ends *e, unsigned what)
{
	struct engine *g = &e->engine;
	const char *a = e->source, *b = e->target;

	if (!(what & ENDS_FROM) || !(what & ENDS_TO))
		return STATUS_OK;
	if (g->from == NULL && g->to == NULL) {
		msg_error("both ends are folders: one has to be a bucket");
		return STATUS_MISUSE;
	}
	if (g->from != NULL && g->to != NULL) {
		g->is_server_copy =
			is_remote_same(g->from, g->to) && !e->opt->acl;
		if (!is_remote_overlapping(g->from, g->to))
			return STATUS_OK;
		msg_error("source and target overlap: %s and %s", a, b);
		return STATUS_MISUSE;
	}
	return STATUS_OK;
}

int
ends_open(struct ends *e, const struct tigris_options *opt, struct env *env,
	const char *verb, unsigned what)
{
	int status;

	memset(e, 0, sizeof(*e));
	e->opt = opt;
	e->env = env;
	msg_set_verbose(opt->verbose);
	recorder_init(&e->rec, env, "tigris-sync", verb);
	if (((what & ENDS_FROM) && check_end(&opt->from, "from") == -1) ||
		((what & ENDS_TO) && check_end(&opt->to, "to") == -1) ||
		select_objects(e) == -1)
		return STATUS_MISUSE;
	if ((!(what & ENDS_FROM) && opt->from.place != NULL) ||
		(!(what & ENDS_TO) && opt->to.place != NULL)) {
		msg_error("%s has no --%s", verb,
			what & ENDS_FROM ? "to" : "from");
		return STATUS_MISUSE;
	}
	e->engine.opt = opt;
	e->engine.rec = &e->rec;
	e->engine.remotes = remotes_new(opt, env->clock);
	if (e->engine.remotes == NULL)
		return STATUS_TEMPORARY;
	status = what & ENDS_FROM ? open_end(e, true, false) : STATUS_OK;
	if (status == STATUS_OK && (what & ENDS_TO))
		status = open_end(e, false, (what & ENDS_WRITE) != 0);
	if (status == STATUS_OK)
		status = check_pair(e, what);
	if (status == STATUS_OK)
		status = open_journal(e);
	if (status != STATUS_OK)
		return status;
	engine_init(&e->engine);
	e->engine.progress = progress_open(STDERR_FILENO, env->clock, true);
	progress_start(e->engine.progress, 0, verb, 0);
	e->is_open = true;
	return STATUS_OK;
}

int
ends_close(struct ends *e, int status)
{
	struct engine *g = &e->engine;

	/* all that is on its way ends before what it writes to does */
	if (e->is_open)
		engine_fini(g);
	remote_close(g->from);
	remote_close(g->to);
	remotes_free(g->remotes);
	if (folder_close(g->to_dir) == -1 && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	(void)folder_close(g->from_dir);
	progress_close(g->progress);
	if (e->is_open)
		status = recorder_end(&e->rec, status);
	if (journal_close(e->journal) == -1 && status == STATUS_OK)
		status = STATUS_TEMPORARY;
	ledger_fini(&e->ledger);
	free(e->source);
	free(e->target);
	memset(e, 0, sizeof(*e));
	return status;
}

int
ends_status(const struct ends *e)
{
	if (e->engine.stopped != 0)
		return e->engine.stopped;
	if (e->rec.failed > 0)
		return e->rec.failed == e->engine.temporary ? STATUS_TEMPORARY
							    : STATUS_NO;
	return e->rec.errors > 0 ? STATUS_NO : STATUS_OK;
}

/* A file that is no object: it is said, and is a failure if it ought to be. */
static void
on_odd(void *ctx, const char *path, const char *what, bool is_error)
{
	struct ends *e = ctx;
	struct object o = {
		.key = path, .len = strlen(path), .etag = "", .class = ""};

	if (is_error) {
		e->is_incomplete = true;
		engine_failed(&e->engine, &o, NULL, false, what);
	} else {
		engine_skipped(&e->engine, &o, NULL, what);
	}
}

struct feed *
ends_list(struct ends *e, bool is_source, bool as_target)
{
	struct remote *r = is_source ? e->engine.from : e->engine.to;
	const char *place = is_source ? e->opt->from.place : e->opt->to.place;
	const struct walk_options o = {.all_folders = as_target,
		.memory = (size_t)e->opt->memory / 8,
		.odd = as_target ? NULL : on_odd,
		.ctx = e};

	return r != NULL ? remote_list(r) : walk_open(place, &o, as_target);
}

struct feed *
ends_sorted(struct ends *e, bool is_source)
{
	struct sorter *s = sorter_new((size_t)e->opt->memory / 8);
	struct feed *f = s != NULL ? ends_list(e, is_source, !is_source) : NULL;
	struct object o;
	int rc = -1;

	if (f != NULL) {
		while ((rc = feed_next(f, &o)) == 1)
			if (sorter_add(s, &o, NULL) == -1) {
				rc = -1;
				break;
			}
		feed_close(f);
	}
	if (rc == 0 && sorter_done(s) == 0)
		return sorter_feed(s);
	sorter_free(s);
	return NULL;
}
