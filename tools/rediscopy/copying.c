#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "buf.h"
#include "chunk.h"
#include "clock.h"
#include "copying.h"
#include "env.h"
#include "json.h"
#include "jsonw.h"
#include "keyfilter.h"
#include "keylist.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "rediscopy.h"
#include "status.h"
#include "str.h"

enum { CHECKPOINT_SECONDS = 1, WINDOW = 4 << 20, TRIES = 20 };

static struct copying_point *
point_of(struct copying *c, int db)
{
	struct copying_point *grown;
	size_t i;

	for (i = 0; i < c->n_points; i++)
		if (c->point[i].db == db)
			return &c->point[i];
	grown = mem_resize(c->point, c->n_points + 1, sizeof(*grown));
	if (grown == NULL)
		return NULL;
	c->point = grown;
	memset(&grown[c->n_points], 0, sizeof(*grown));
	grown[c->n_points].db = db;
	return &grown[c->n_points++];
}

/* A key that an earlier run has put aside, or then copied. 0 or -1. */
static int
replay_key(struct copying *c, const struct json_val *r, int db, bool copied)
{
	const char *key = json_get_str(r, "key");
	const char *encoded = json_get_str(r, "key_base64");
	struct buf b = BUF_INIT;
	int rc = 0;

	if (key != NULL)
		rc = buf_puts(&b, key);
	else if (encoded != NULL)
		rc = base64_decode(&b, encoded);
	if (rc == 0)
		rc = keylist_add(copied ? c->copied : c->aside, buf_str(&b),
			b.len, (uint64_t)db, NULL);
	buf_fini(&b);
	return rc;
}

static bool
is_listed(const struct keylist *l, const struct keylist_item *k)
{
	size_t i;

	for (i = 0; i < keylist_count(l); i++) {
		struct keylist_item x = keylist_get(l, i);

		if (x.size == k->size && x.len == k->len &&
			memcmp(x.key, k->key, k->len) == 0)
			return true;
	}
	return false;
}

/* What earlier runs have put aside and not copied is still to be copied. */
static int
recall(struct copying *c, int db)
{
	size_t i;

	for (i = 0; i < keylist_count(c->aside); i++) {
		struct keylist_item k = keylist_get(c->aside, i);

		if (k.size == (uint64_t)db && !is_listed(c->copied, &k) &&
			keylist_add(c->big, k.key, k.len, 0, NULL) == -1)
			return -1;
	}
	c->n_noted = keylist_count(c->big);
	return 0;
}

int
copying_replay(void *ctx, const struct json *record)
{
	struct copying *c = ctx;
	const struct json_val *r = json_root(record);
	const char *type = json_get_str(r, "type");
	const char *cursor = json_get_str(r, "cursor");
	const char *run = json_get_str(r, "source_run");
	struct copying_point *p;
	int64_t db;

	static const char *const ours[] = {"keys.checkpoint", "keys.copied",
		"key.aside", "key.copied", NULL};

	if (!is_str_one_of(type, ours) ||
		json_int(json_get(r, "db"), 0, INT32_MAX, &db) == -1)
		return 0;
	if (str_starts(type, "key."))
		return replay_key(
			c, r, (int)db, strcmp(type, "key.copied") == 0);
	if ((p = point_of(c, (int)db)) == NULL)
		return -1;
	p->is_done = strcmp(type, "keys.copied") == 0;
	snprintf(p->cursor, sizeof(p->cursor), "%s",
		cursor != NULL ? cursor : "0");
	snprintf(p->source_run, sizeof(p->source_run), "%s",
		run != NULL ? run : "");
	return 0;
}

/* The keys put aside since the last checkpoint go on record before it. */
static int
note_aside(struct copying *c, const struct keylist *l, size_t *noted)
{
	int rc = 0;

	for (; rc == 0 && *noted < keylist_count(l); ++*noted) {
		struct keylist_item k = keylist_get(l, *noted);
		struct buf b = BUF_INIT;
		struct jsonw w;

		jsonw_record(&w, &b, "key.aside");
		jsonw_int(&w, "db", c->e.dbs.pair[c->pair].from);
		ends_put_key(&w, "key", k.key, k.len);
		rc = recorder_put(&c->e.rec, &w, &b, false);
	}
	return rc;
}

/* All keys before this cursor are on the target: now and then on record. */
static int
on_safe(void *ctx, const char *cursor)
{
	struct copying *c = ctx;
	struct copying_point *p = point_of(c, c->e.dbs.pair[c->pair].from);
	double now = clock_mono(c->e.env->clock);
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (p == NULL)
		return -1;
	snprintf(p->cursor, sizeof(p->cursor), "%s", cursor);
	if (c->e.journal == NULL || now - c->told < CHECKPOINT_SECONDS)
		return 0;
	c->told = now;
	if (note_aside(c, c->big, &c->n_noted) == -1 ||
		note_aside(c, c->refused, &c->n_noted_refused) == -1)
		return -1;
	jsonw_record(&w, &b, "keys.checkpoint");
	jsonw_int(&w, "db", c->e.dbs.pair[c->pair].from);
	jsonw_str(&w, "cursor", cursor);
	jsonw_str(&w, "source_run", c->e.from.server.run_id);
	jsonw_uint(&w, "keys", c->total.copied);
	return recorder_put(&c->e.rec, &w, &b, true);
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

	if (keyfilter_target(c->e.opt, c->name, key, len) == -1)
		return -1;
	*out = c->name->data;
	*out_len = c->name->len;
	return 0;
}

static void
on_tick(void *ctx)
{
	struct copying *c = ctx;

	progress_tick(c->e.progress);
}

int
copying_init(struct copying *c)
{
	static const struct buf empty = BUF_INIT;

	c->big = keylist_new();
	c->refused = keylist_new();
	c->aside = keylist_new();
	c->copied = keylist_new();
	if ((c->name = mem_alloc(sizeof(*c->name))) != NULL)
		*c->name = empty;
	if (c->big != NULL && c->refused != NULL && c->aside != NULL &&
		c->copied != NULL && c->name != NULL)
		return 0;
	msg_error("out of memory");
	return -1;
}

void
copying_fini(struct copying *c)
{
	keylist_free(c->big);
	keylist_free(c->refused);
	keylist_free(c->aside);
	keylist_free(c->copied);
	if (c->name != NULL)
		buf_fini(c->name);
	free(c->name);
	free(c->point);
}

static int
put_failed(struct copying *c, const char *key, size_t len, const char *why)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	c->e.rec.failed++;
	jsonw_record(&w, &b, "key.failed");
	jsonw_int(&w, "db", c->e.dbs.pair[c->pair].from);
	ends_put_key(&w, "key", key, len);
	jsonw_str(&w, "reason", why);
	return recorder_put(&c->e.rec, &w, &b, true) == -1 ? STATUS_TEMPORARY
							   : STATUS_NO;
}

static int
put_copied(struct copying *c, const char *key, size_t len,
	const struct chunk *k, bool moving, double seconds)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	c->total.copied++;
	c->total.bytes += k->bytes;
	c->moving += moving;
	jsonw_record(&w, &b, "key.copied");
	jsonw_int(&w, "db", c->e.dbs.pair[c->pair].from);
	ends_put_key(&w, "key", key, len);
	jsonw_str(&w, "kind", k->type);
	jsonw_uint(&w, "elements", k->elements);
	jsonw_uint(&w, "bytes", k->bytes);
	jsonw_bool(&w, "moving", moving);
	jsonw_num(&w, "seconds", seconds);
	return recorder_put(&c->e.rec, &w, &b, true) == -1 ? STATUS_TEMPORARY
							   : STATUS_OK;
}

int
copying_key(struct copying *c, const char *key, size_t len)
{
	struct chunk_key names = {key, key, len, len};
	struct chunk k = {.from = &c->e.from,
		.to = &c->e.to,
		.k = &names,
		.run = c->e.run,
		.window = WINDOW,
		.why = BUF_INIT};
	double begun = clock_mono(c->e.env->clock);
	enum chunk_result rc;
	int status = STATUS_OK;

	if (c->e.opt->prefix != NULL &&
		target_key(c, key, len, &names.target, &names.target_len) == -1)
		return STATUS_TEMPORARY;
	rc = chunk_copy(&k);
	switch (rc) {
	case CHUNK_COPIED:
	case CHUNK_MOVING:
		status = put_copied(c, key, len, &k, rc == CHUNK_MOVING,
			clock_mono(c->e.env->clock) - begun);
		break;
	case CHUNK_VANISHED:
		c->total.vanished++;
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

/* The keys of a list, each in chunks; a lost connection is made anew. */
static int
copy_list(struct copying *c, struct keylist *list)
{
	int status, tries = 0;
	bool failed = false;
	size_t i;

	for (i = 0; i < keylist_count(list);) {
		struct keylist_item k = keylist_get(list, i);

		status = copying_key(c, k.key, k.len);
		if (status == STATUS_TEMPORARY && tries++ < TRIES) {
			if ((status = ends_again(&c->e)) != STATUS_OK)
				return status;
			continue;
		}
		if (status == STATUS_TEMPORARY)
			return status;
		failed = failed || status == STATUS_NO;
		i++;
	}
	keylist_clear(list);
	return failed ? STATUS_NO : STATUS_OK;
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
}

/* The small keys of one database, from where an earlier run was. */
static int
copy_small(struct copying *c, struct copying_point *p)
{
	struct pipe pipe = {.opt = &c->pipe_options,
		.from = &c->e.from,
		.to = &c->e.to,
		.clock = c->e.env->clock,
		.stamp = c->stamp,
		.big = c->big,
		.refused = c->refused};
	int status, tries = 0;
	char cursor[24];

	for (;;) {
		snprintf(cursor, sizeof(cursor), "%s", p->cursor);
		memset(&pipe.counts, 0, sizeof(pipe.counts));
		status = pipe_run(&pipe, cursor);
		add_counts(&c->total, &pipe.counts);
		if (status != STATUS_TEMPORARY || tries++ >= TRIES)
			return status;
		msg_note("going on from the last keys that are safe");
		if ((status = ends_again(&c->e)) != STATUS_OK)
			return status;
		/* a server that was started anew scans in another order */
		if (side_moved(&c->e.from))
			snprintf(p->cursor, sizeof(p->cursor), "0");
	}
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
	jsonw_uint(&w, "seen", n->seen);
	jsonw_uint(&w, "keys", n->copied);
	jsonw_uint(&w, "bytes", n->bytes);
	jsonw_uint(&w, "skipped", n->skipped);
	jsonw_uint(&w, "vanished", n->vanished);
	jsonw_uint(&w, "filtered", n->filtered);
	jsonw_num(&w, "seconds", seconds);
	return recorder_put(&c->e.rec, &w, &b, true);
}

static int
copy_database(struct copying *c)
{
	struct copying_point *p = point_of(c, c->e.dbs.pair[c->pair].from);
	struct pipe_counts sum = c->total;
	double begun = clock_mono(c->e.env->clock);
	bool failed;
	int status;

	if (p == NULL || ends_select(&c->e, c->pair) == -1)
		return STATUS_TEMPORARY;
	if (p->is_done)
		return STATUS_OK;
	if (p->cursor[0] == '\0' ||
		strcmp(p->source_run, c->e.from.server.run_id) != 0 ||
		p->source_run[0] == '\0')
		snprintf(p->cursor, sizeof(p->cursor), "0");
	memset(&c->total, 0, sizeof(c->total));
	c->n_noted_refused = 0;
	if (recall(c, p->db) == -1)
		return STATUS_TEMPORARY;
	status = copy_small(c, p);
	if (status == STATUS_OK)
		status = copy_list(c, c->big);
	failed = status == STATUS_NO;
	if (status == STATUS_OK || failed)
		status = copy_list(c, c->refused);
	if (status == STATUS_OK && failed)
		status = STATUS_NO;
	if (status == STATUS_OK &&
		put_database(c, &c->total,
			clock_mono(c->e.env->clock) - begun) == -1)
		status = STATUS_TEMPORARY;
	add_counts(&sum, &c->total);
	c->total = sum;
	return status;
}

int
copying_run(struct copying *c)
{
	const struct rediscopy_options *o = c->e.opt;
	int status = STATUS_OK, one;

	c->pipe_options.match = keyfilter_match(o);
	c->pipe_options.type = o->type;
	c->pipe_options.policy =
		strcmp(o->policy, "skip") == 0 ? PIPE_SKIP : PIPE_REPLACE;
	c->pipe_options.big = o->big;
	c->pipe_options.window = WINDOW;
	c->pipe_options.byte_rate = o->rate;
	c->pipe_options.command_rate = (uint64_t)o->commands;
	c->pipe_options.is_wanted = is_wanted;
	c->pipe_options.target_key = o->prefix != NULL ? target_key : NULL;
	c->pipe_options.safe = on_safe;
	c->pipe_options.tick = on_tick;
	c->pipe_options.ctx = c;
	for (c->pair = 0; c->pair < c->e.dbs.n; c->pair++) {
		one = copy_database(c);
		if (one == STATUS_NO && c->e.rec.failed > 0)
			status = STATUS_NO; /* the others all the same */
		else if (one != STATUS_OK)
			return one;
	}
	c->e.rec.done = (int64_t)c->total.copied;
	c->e.rec.skipped = (int64_t)c->total.skipped;
	c->e.rec.bytes = c->total.bytes;
	return status;
}
