#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "chunk.h"
#include "clock.h"
#include "copying.h"
#include "env.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "keyfilter.h"
#include "keylist.h"
#include "manykeys.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "rediscopy.h"
#include "status.h"
#include "walls.h"

enum {
	CHECKPOINT_SECONDS = 1,
	ASIDE_SECONDS = 5,
	WINDOW = 4 << 20,
	TRIES = 20
};

int
copying_replay(void *ctx, const struct json *record)
{
	struct copying *c = ctx;

	return copylog_replay(&c->log, &c->e, record);
}

/* All keys before this cursor are on the target, or have been put aside: now
 * and then on record, but not while there are any that RESTORE does not take.
 * These may be all there are: they have no records of their own. */
static int
on_safe(void *ctx, const char *cursor)
{
	struct copying *c = ctx;
	struct copylog_point *p =
		copylog_point(&c->log, c->e.dbs.pair[c->pair].from);
	double now = clock_mono(c->e.env->clock);

	if (p == NULL)
		return -1;
	if (keylist_count(c->refused) > 0)
		return 0;
	snprintf(p->cursor, sizeof(p->cursor), "%s", cursor);
	if (c->e.journal == NULL || now - c->log.told < CHECKPOINT_SECONDS)
		return 0;
	c->log.told = now;
	/* the big ones since the last one go on record before it */
	if (copylog_aside(&c->e, c->pair, c->big, c->n_noted,
		    keylist_count(c->big)) == -1)
		return -1;
	c->n_noted = keylist_count(c->big);
	return copylog_checkpoint(&c->e, c->pair, cursor,
		c->total.copied + (c->live != NULL ? c->live->copied : 0));
}

static bool
is_wanted(void *ctx, const char *key, size_t len)
{
	struct copying *c = ctx;

	return is_keyfilter_wanted((void *)(uintptr_t)c->e.opt, key, len);
}

static int
target_key(void *ctx, const char *key, size_t len, const char **out,
	size_t *out_len)
{
	struct copying *c = ctx;

	if (keyfilter_target(c->e.opt, c->e.dbs.pair[c->pair].from, c->name,
		    key, len) == -1)
		return -1;
	*out = c->name->data;
	*out_len = c->name->len;
	return 0;
}

static void
on_tick(void *ctx)
{
	struct copying *c = ctx;

	if (c->live != NULL)
		progress_update(
			c->e.progress, 0, c->total.copied + c->live->copied);
	ends_tick(&c->e);
}

static void
tick_ends(void *ctx)
{
	struct copying *c = ctx;

	ends_tick(&c->e);
}

static void
on_chunk_tick(void *ctx, uint64_t bytes)
{
	struct copying *c = ctx;

	(void)bytes;
	ends_tick(&c->e);
	pace_keep(&c->pace, c->e.from.kv, c->e.env->clock, tick_ends, c);
}

int
copying_init(struct copying *c)
{
	static const struct buf empty = BUF_INIT;

	c->big = keylist_new();
	c->refused = keylist_new();
	c->left = keylist_new();
	if ((c->name = mem_alloc(sizeof(*c->name))) != NULL)
		*c->name = empty;
	if (copylog_init(&c->log) == 0 && c->big != NULL &&
		c->refused != NULL && c->left != NULL && c->name != NULL)
		return 0;
	msg_error("out of memory");
	return -1;
}

void
copying_fini(struct copying *c)
{
	keylist_free(c->big);
	keylist_free(c->refused);
	keylist_free(c->left);
	copylog_fini(&c->log);
	if (c->name != NULL)
		buf_fini(c->name);
	free(c->name);
}

static int
put_failed(struct copying *c, const char *key, size_t len, const char *why)
{
	return ends_put_failed(
		       &c->e, c->e.dbs.pair[c->pair].from, key, len, why) == -1
		       ? STATUS_TEMPORARY
		       : STATUS_NO;
}

static int
put_copied(struct copying *c, const char *key, size_t len,
	const struct chunk *k, bool moving, double seconds)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (k->lost_times > 0)
		(void)recorder_tell(&c->e.rec, "warning",
			"redis-field-expiry-lost",
			"take a target of Redis 7.4 or Valkey 9",
			"%llu fields of a hash expire, which the target does "
			"not know: they stay",
			(unsigned long long)k->lost_times);
	c->total.copied++;
	c->by_element++;
	c->total.bytes += k->bytes;
	c->moving += moving;
	jsonw_record(&w, &b, "key.copied");
	jsonw_int(&w, "db", c->e.dbs.pair[c->pair].from);
	jsonbytes_put(&w, "key", key, len);
	jsonw_str(&w, "kind", k->type);
	jsonw_uint(&w, "elements", k->elements);
	jsonw_uint(&w, "bytes", k->bytes);
	jsonw_bool(&w, "moving", moving);
	if (k->lost_times > 0)
		jsonw_uint(&w, "lost_field_expiries", k->lost_times);
	jsonw_num(&w, "seconds", seconds);
	return recorder_put(&c->e.rec, &w, &b, true) == -1 ? STATUS_TEMPORARY
							   : STATUS_OK;
}

int
copying_key(struct copying *c, const char *key, size_t len, uint64_t size)
{
	struct chunk_key names = {key, key, len, len};
	struct chunk k = {.from = &c->e.from,
		.to = &c->e.to,
		.k = &names,
		.run = c->e.run,
		.size = size,
		.keeps = c->pipe_options.policy == PIPE_SKIP,
		.window = WINDOW,
		.tick = on_chunk_tick,
		.ctx = c,
		.why = BUF_INIT};
	double begun = clock_mono(c->e.env->clock);
	enum chunk_result rc;
	int status = STATUS_OK;

	if (c->e.opt->prefix != NULL &&
		target_key(c, key, len, &names.target, &names.target_len) == -1)
		return STATUS_TEMPORARY;
	pace_skip(&c->pace, c->e.from.kv);
	rc = chunk_copy(&k);
	switch (rc) {
	case CHUNK_COPIED:
	case CHUNK_MOVING:
		status = put_copied(c, key, len, &k, rc == CHUNK_MOVING,
			clock_mono(c->e.env->clock) - begun);
		break;
	case CHUNK_VANISHED:
		c->total.vanished++;
		if (c->vanished != NULL &&
			keylist_add(c->vanished, key, len, 0, NULL) == -1)
			status = STATUS_TEMPORARY;
		break;
	case CHUNK_KEPT:
		c->total.skipped++;
		break;
	case CHUNK_UNKNOWN:
		status = put_failed(c, key, len,
			"a type that cannot be read element by element");
		break;
	case CHUNK_REFUSED:
		status = put_failed(c, key, len, buf_str(&k.why));
		break;
	case CHUNK_LOST:
		status = STATUS_TEMPORARY;
		break;
	}
	buf_fini(&k.why);
	return status;
}

/* The keys of a list, each in chunks; a lost connection is made anew. Those
 * that fail go on record, as no cursor will lead to them again. */
static int
copy_list(struct copying *c, struct keylist *list)
{
	int status, tries = 0;
	bool failed = false;
	size_t i, noted;

	for (i = 0; i < keylist_count(list);) {
		struct keylist_item k = keylist_get(list, i);

		status = copying_key(c, k.key, k.len, k.size);
		if (status == STATUS_TEMPORARY && tries++ < TRIES) {
			if ((status = ends_again(&c->e)) != STATUS_OK)
				return status;
			continue;
		}
		if (status == STATUS_TEMPORARY)
			return status;
		noted = i++;
		if (status == STATUS_NO && c->pipe_options.safe != NULL &&
			c->e.journal != NULL &&
			copylog_aside(&c->e, c->pair, list, noted, i) == -1)
			return STATUS_TEMPORARY;
		failed = failed || status == STATUS_NO;
	}
	keylist_clear(list);
	return failed ? STATUS_NO : STATUS_OK;
}

/* Small keys that RESTORE does not take: many at a time, and those that are out
 * of the ordinary one by one. */
static int
copy_refused(struct copying *c)
{
	struct manykeys m = {.from = &c->e.from,
		.to = &c->e.to,
		.run = c->e.run,
		.keeps = c->pipe_options.policy == PIPE_SKIP,
		.replaces = strcmp(c->e.opt->policy, "fail") != 0,
		.list = c->refused,
		.target_key = c->pipe_options.target_key,
		.tick = on_tick,
		.ctx = c,
		.left = c->left,
		.vanished = c->vanished};
	int status = STATUS_OK, tries = 0;
	size_t at = 0, n;

	while (status == STATUS_OK && at < keylist_count(c->refused)) {
		status = manykeys_copy(&m, at, &n);
		if (status == STATUS_OK)
			at += n;
		else if (tries++ < TRIES)
			status = ends_again(&c->e);
	}
	c->total.copied += m.copied;
	c->total.bytes += m.bytes;
	c->total.skipped += m.skipped;
	c->total.vanished += m.n_vanished;
	c->by_element += m.copied;
	if (status == STATUS_OK)
		keylist_clear(c->refused);
	else
		keylist_clear(c->left);
	return status == STATUS_OK ? copy_list(c, c->left) : status;
}

static void
add_counts(struct pipe_counts *sum, const struct pipe_counts *n)
{
	sum->seen += n->seen;
	sum->copied += n->copied;
	sum->bytes += n->bytes;
	sum->skipped += n->skipped;
	sum->expired += n->expired;
	sum->vanished += n->vanished;
	sum->filtered += n->filtered;
	sum->yielded += n->yielded;
}

/* The keys put aside; each that fails has its record. */
static int
copy_aside(struct copying *c)
{
	int refused = copy_refused(c), big;

	if (refused != STATUS_OK && refused != STATUS_NO)
		return refused;
	big = copy_list(c, c->big);
	c->n_noted = 0;
	return big != STATUS_OK ? big : refused;
}

static bool
is_full(void *ctx)
{
	struct copying *c = ctx;
	double now = clock_mono(c->e.env->clock);

	/* a single one does not keep the cursor back for ever */
	return is_keylist_full(c->big) || is_keylist_full(c->refused) ||
	       (keylist_count(c->refused) > 0 &&
		       now - c->aside_since > ASIDE_SECONDS);
}

/* Whether a server was started anew since this was last asked: it scans in
 * another order, or may have lost what it had been given, in other databases,
 * too. */
static bool
is_anew(struct copying *c)
{
	bool from = side_moved(&c->e.from), to = side_moved(&c->e.to);

	c->is_lost = c->is_lost || (to && c->pair > 0);
	return from || to;
}

/* In the middle of a database: all before the cursor has arrived but for what
 * was put aside. The big ones wait for the end if they are few. */
static int
work_off(struct copying *c, struct copylog_point *p, const char *cursor)
{
	int64_t failed = c->e.rec.failed;
	int status;

	/* whatever was before: the scan has gone through */
	(void)is_anew(c);
	status = is_keylist_full(c->big) ? copy_aside(c) : copy_refused(c);
	c->aside_since = clock_mono(c->e.env->clock);
	/* they do not keep the others back */
	if (status == STATUS_NO && c->e.rec.failed > failed) {
		c->has_failed = true;
		status = STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	if (is_anew(c))
		snprintf(p->cursor, sizeof(p->cursor), "0");
	else if (on_safe(c, cursor) == -1)
		return STATUS_TEMPORARY;
	return STATUS_OK;
}

/* The small keys of one database, from where an earlier run was. */
static int
copy_small(struct copying *c, struct copylog_point *p)
{
	struct pipe pipe = {.opt = &c->pipe_options,
		.from = &c->e.from,
		.to = &c->e.to,
		.clock = c->e.env->clock,
		.stamp = c->stamp,
		.big = c->big,
		.refused = c->refused};
	int status, tries = 0;
	int64_t n = side_keys(&c->e.from);
	char cursor[24];

	progress_start(c->e.progress, 0, "keys", (uint64_t)(n > 0 ? n : 0));
	c->live = &pipe.counts; /* cppcheck-suppress autoVariables */
	for (;;) {
		snprintf(cursor, sizeof(cursor), "%s", p->cursor);
		status = pipe_run(&pipe, cursor);
		add_counts(&c->total, &pipe.counts);
		memset(&pipe.counts, 0, sizeof(pipe.counts));
		if (status == STATUS_OK && pipe.is_paused &&
			(status = work_off(c, p, pipe.cursor)) == STATUS_OK)
			continue;
		if (status != STATUS_TEMPORARY || tries++ >= TRIES)
			break;
		msg_note("going on from the last keys that are safe");
		/* the cursor leads to them again */
		keylist_clear(c->refused);
		if ((status = ends_again(&c->e)) != STATUS_OK)
			break;
		if (is_anew(c))
			snprintf(p->cursor, sizeof(p->cursor), "0");
	}
	c->live = NULL;
	progress_finish(c->e.progress, 0);
	return status;
}

static int
put_database(struct copying *c, const struct pipe_counts *n, double seconds)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "keys.copied");
	jsonw_int(&w, "db", c->e.dbs.pair[c->pair].from);
	jsonw_int(&w, "target_db", c->e.dbs.pair[c->pair].to);
	jsonw_str(&w, "source_run", c->e.from.server.run_id);
	jsonw_str(&w, "target_run", c->e.to.server.run_id);
	jsonw_uint(&w, "seen", n->seen);
	jsonw_uint(&w, "keys", n->copied);
	jsonw_uint(&w, "by_element", c->by_element);
	jsonw_uint(&w, "bytes", n->bytes);
	jsonw_uint(&w, "skipped", n->skipped);
	jsonw_uint(&w, "vanished", n->vanished);
	jsonw_uint(&w, "filtered", n->filtered);
	jsonw_uint(&w, "yielded", n->yielded);
	jsonw_num(&w, "seconds", seconds);
	return recorder_put(&c->e.rec, &w, &b, true);
}

/* Where to begin: where an earlier run was, if both servers are the same. */
static void
find_beginning(struct copying *c, struct copylog_point *p)
{
	const char *from = c->e.from.server.run_id;
	const char *to = c->e.to.server.run_id;

	if (p->cursor[0] == '\0' || p->source_run[0] == '\0' ||
		strcmp(p->source_run, from) != 0 ||
		strcmp(p->target_run, to) != 0)
		snprintf(p->cursor, sizeof(p->cursor), "0");
}

static int
copy_database(struct copying *c)
{
	struct copylog_point *p =
		copylog_point(&c->log, c->e.dbs.pair[c->pair].from);
	struct pipe_counts sum = c->total;
	double begun = clock_mono(c->e.env->clock);
	int status;

	if (p == NULL || ends_select(&c->e, c->pair) == -1)
		return STATUS_TEMPORARY;
	/* one that has been emptied since has to have them again */
	if (side_keys(&c->e.to) == 0) {
		p->is_done = false;
		snprintf(p->cursor, sizeof(p->cursor), "0");
	}
	if (p->is_done) {
		msg_note("database %d was copied by an earlier run: what has "
			 "changed since is moved by sync",
			p->db);
		return STATUS_OK;
	}
	find_beginning(c, p);
	memset(&c->total, 0, sizeof(c->total));
	c->n_noted = 0;
	c->by_element = 0;
	c->has_failed = false;
	c->aside_since = begun;
	if (copylog_recall(&c->log, p->db, c->big) == -1)
		return STATUS_TEMPORARY;
	status = walls_probe(c);
	if (status == STATUS_TEMPORARY &&
		(status = ends_again(&c->e)) == STATUS_OK)
		status = walls_probe(c);
	if (status == STATUS_OK)
		status = copy_small(c, p);
	if (status == STATUS_OK)
		status = copy_aside(c);
	if (status == STATUS_OK && c->has_failed)
		status = STATUS_NO;
	if (status == STATUS_OK &&
		put_database(c, &c->total,
			clock_mono(c->e.env->clock) - begun) == -1)
		status = STATUS_TEMPORARY;
	add_counts(&sum, &c->total);
	c->total = sum;
	return status;
}

void
copying_prepare(struct copying *c)
{
	const struct rediscopy_options *o = c->e.opt;
	size_t i;

	/* who takes no payloads at all is not sent any */
	for (i = 0; i < PIPE_TYPES && !is_side_able(&c->e.to, SIDE_RESTORE);
		i++)
		c->stamp[i] = -1;
	c->pipe_options.match = keyfilter_match(o);
	c->pipe_options.type = o->type;
	c->pipe_options.policy =
		strcmp(o->policy, "skip") == 0 ? PIPE_SKIP : PIPE_REPLACE;
	c->pipe_options.big = o->big;
	c->pipe_options.window = WINDOW;
	pace_init(&c->pace, o->rate, clock_mono(c->e.env->clock));
	c->pipe_options.byte_rate = o->rate;
	c->pipe_options.command_rate = (uint64_t)o->commands;
	c->pipe_options.is_wanted = is_wanted;
	c->pipe_options.target_key = o->prefix != NULL ? target_key : NULL;
	c->pipe_options.tick = on_tick;
	c->pipe_options.ctx = c;
}

int
copying_keys(struct copying *c, const struct keylist *list)
{
	struct pipe pipe = {.opt = &c->pipe_options,
		.from = &c->e.from,
		.to = &c->e.to,
		.clock = c->e.env->clock,
		.stamp = c->stamp,
		.big = c->big,
		.refused = c->refused,
		.vanished = c->vanished};
	int status, tries = 0;

	/* the pipe would wait for something to come */
	if (keylist_count(list) == 0)
		return STATUS_OK;
	for (;;) {
		memset(&pipe.counts, 0, sizeof(pipe.counts));
		status = pipe_list(&pipe, list);
		if (status != STATUS_TEMPORARY || tries++ >= TRIES)
			break;
		if ((status = ends_again(&c->e)) != STATUS_OK)
			return status;
		keylist_clear(c->big);
		keylist_clear(c->refused);
		if (c->vanished != NULL)
			keylist_clear(c->vanished);
	}
	add_counts(&c->total, &pipe.counts);
	return status == STATUS_OK ? copy_aside(c) : status;
}

static int
copy_databases(struct copying *c)
{
	int status = STATUS_OK, one;
	int64_t failed;

	for (c->pair = 0; c->pair < c->e.dbs.n; c->pair++) {
		failed = c->e.rec.failed;
		one = copy_database(c);
		if (one != STATUS_OK)
			status = one;
		/* keys that failed do not keep the other databases back */
		if (one != STATUS_OK && c->e.rec.failed == failed)
			break;
	}
	return status;
}

/* All that was copied may be lost: on record as still to be copied. 0 or -1. */
static int
take_back(struct copying *c)
{
	struct copylog_point *p;
	size_t i;

	msg_note("the target was started anew: all is to be copied again");
	c->is_lost = false;
	for (i = 0; i < c->e.dbs.n; i++) {
		if ((p = copylog_point(&c->log, c->e.dbs.pair[i].from)) == NULL)
			return -1;
		p->is_done = false;
		p->source_run[0] = '\0';
		if (copylog_checkpoint(&c->e, i, "0", 0) == -1)
			return -1;
	}
	return 0;
}

int
copying_run(struct copying *c)
{
	int64_t failed = c->e.rec.failed;
	int status, tries = 0;

	copying_prepare(c);
	c->pipe_options.safe = on_safe;
	c->pipe_options.is_full = is_full;
	for (;;) {
		status = copy_databases(c);
		c->is_lost = side_moved(&c->e.to) || c->is_lost;
		if (!c->is_lost)
			break;
		if (take_back(c) == -1 ||
			(status != STATUS_OK && status != STATUS_NO) ||
			tries++ >= TRIES) {
			status = STATUS_TEMPORARY;
			break;
		}
		c->e.rec.failed = failed;
	}
	c->e.rec.done = (int64_t)c->total.copied;
	c->e.rec.skipped = (int64_t)c->total.skipped;
	c->e.rec.bytes = c->total.bytes;
	return status;
}
