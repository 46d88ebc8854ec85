#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "jsonw.h"
#include "keyarchive.h"
#include "keydigest.h"
#include "keyframe.h"
#include "keylist.h"
#include "keyscan.h"
#include "kvaddr.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "rediscopy.h"
#include "status.h"
#include "tmpfile.h"

/* Keys read at a time, and the memory that they may have together. */
enum { MANY = 500, TOGETHER = 4 << 20 };

struct dump {
	struct ends e;
	struct keyarchive_out *out;
	struct tmpfile *file; /* --output, else NULL */
	struct keyscan scan;
	size_t pair;
	uint64_t total, dumped, bytes; /* but total of a database */
	bool is_failed; /* some could not be read: each has its record */
};

/* A key that is read. */
struct slot {
	struct dump *d;
	struct keydigest digest;
	struct keydigest_tap tap;
	struct buf frames;
	bool is_streamed; /* a big one's go on at once */
	bool is_open, failed;
};

static int
no_memory(void)
{
	msg_error("out of memory");
	return STATUS_TEMPORARY;
}

static void
note(struct slot *s, int rc)
{
	if (rc == -1 && !s->failed)
		(void)no_memory();
	s->failed = s->failed || rc == -1;
	if (!s->failed && s->is_streamed) {
		s->d->bytes += s->frames.len;
		s->failed = keyarchive_add(s->d->out, &s->frames) == -1;
	}
}

static void
on_begin(void *ctx)
{
	struct slot *s = ctx;
	const struct keydigest *k = &s->digest;

	if (!s->is_streamed)
		buf_clear(&s->frames);
	else if (s->is_open)
		note(s, keyframe_put_drop(&s->frames));
	s->is_open = true;
	note(s, keyframe_put_key(&s->frames, s->d->e.dbs.pair[s->d->pair].from,
			k->key, k->len, k->type, k->expires));
}

static void
on_elements(void *ctx, const struct kvreply *const *item, size_t n)
{
	struct slot *s = ctx;

	note(s, keyframe_put_elements(&s->frames, item, n));
}

static void
on_time(void *ctx, const char *field, size_t len, int64_t at)
{
	struct slot *s = ctx;

	note(s, keyframe_put_time(&s->frames, field, len, at));
}

static void
on_meta(void *ctx, struct streammeta *m)
{
	struct slot *s = ctx;

	note(s, keyframe_put_meta(&s->frames, m));
}

static int
begin_slot(struct slot *s, struct dump *d, size_t i, bool is_streamed)
{
	static const struct keydigest_tap tap = {
		on_begin, on_elements, on_time, on_meta, NULL};
	struct keylist_item k = keylist_get(d->scan.keys, i);

	memset(s, 0, sizeof(*s));
	s->d = d;
	s->is_streamed = is_streamed;
	s->tap = tap;
	s->tap.ctx = s;
	if (keydigest_begin(&s->digest, &d->e.from, k.key, k.len) == -1)
		return -1;
	s->digest.has_times = is_side_able(&d->e.from, SIDE_HASH_TTL);
	s->digest.tap = &s->tap;
	return 0;
}

static int
put_failed(struct dump *d, const struct keydigest *k, const char *why)
{
	d->is_failed = true;
	return ends_put_failed(
		&d->e, d->e.dbs.pair[d->pair].from, k->key, k->len, why);
}

/* A key has been read, or not. An exit status. */
static int
end_slot(struct slot *s)
{
	struct dump *d = s->d;
	struct keydigest *k = &s->digest;
	bool holds = strcmp(k->type, "string") == 0 ||
		     strcmp(k->type, "stream") == 0;
	const char *why = k->is_unreadable ? "a type that cannot be read "
					     "element by element"
			  : k->failed ? "it cannot be read, or changes all "
					"the time"
				      : NULL;

	if (s->failed)
		return STATUS_TEMPORARY;
	/* gone, or emptied, while it was read */
	if (strcmp(k->type, "none") == 0 ||
		(why == NULL && !holds && k->elements == 0) || why != NULL) {
		if (s->is_streamed && s->is_open)
			note(s, keyframe_put_drop(&s->frames));
		if (why != NULL && put_failed(d, k, why) == -1)
			return STATUS_TEMPORARY;
		return s->failed ? STATUS_TEMPORARY : STATUS_OK;
	}
	if (keyframe_put_end(&s->frames, k->elements, &k->sum, &k->time_sum) ==
		-1)
		return no_memory();
	d->bytes += s->frames.len;
	d->dumped++;
	return keyarchive_add(d->out, &s->frames) == -1 ? STATUS_TEMPORARY
							: STATUS_OK;
}

static void
on_tick(void *ctx)
{
	ends_tick(ctx);
}

/* Reads them, all at once. 0 or -1. */
static int
read_slots(struct dump *d, struct slot *slot, size_t n)
{
	const struct keydigest_many all = {&slot->digest, sizeof(*slot), n,
		&d->e.from.kv, 1, on_tick, &d->e};

	return keydigest_read(&all);
}

/* Keys from ${i} on, as many as may be read together: ${*n}. */
static int
dump_some(struct dump *d, size_t i, size_t *n)
{
	size_t k, most = keylist_count(d->scan.keys) - i;
	uint64_t sum = 0;
	struct slot *slot;
	int status = STATUS_OK;

	/* where sizes are not told, one after the other */
	for (*n = 0; *n < most && *n < MANY; ++*n) {
		if (d->scan.size[i + *n] > d->e.opt->big)
			break;
		if ((sum += d->scan.size[i + *n]) > TOGETHER)
			break;
	}
	if (*n == 0)
		*n = 1;
	if ((slot = mem_zalloc(*n, sizeof(*slot))) == NULL)
		return no_memory();
	for (k = 0; status == STATUS_OK && k < *n; k++)
		if (begin_slot(&slot[k], d, i + k,
			    d->scan.size[i + k] > d->e.opt->big) == -1)
			status = no_memory();
	if (status == STATUS_OK && read_slots(d, slot, *n) == -1)
		status = STATUS_TEMPORARY;
	for (k = 0; k < *n; k++) {
		if (status == STATUS_OK)
			status = end_slot(&slot[k]);
		if (slot[k].d != NULL)
			keydigest_fini(&slot[k].digest);
		buf_fini(&slot[k].frames);
	}
	free(slot);
	return status;
}

static int
put_database(struct dump *d, double seconds)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "keys.dumped");
	jsonw_int(&w, "db", d->e.dbs.pair[d->pair].from);
	jsonw_uint(&w, "keys", d->dumped);
	jsonw_uint(&w, "bytes", d->bytes);
	jsonw_uint(&w, "filtered", d->scan.filtered);
	jsonw_num(&w, "seconds", seconds);
	return recorder_put(&d->e.rec, &w, &b, true);
}

static int
dump_database(struct dump *d)
{
	double begun = clock_mono(d->e.env->clock);
	size_t i, n;
	int status;

	d->dumped = d->bytes = 0;
	if (side_select(&d->e.from, d->e.dbs.pair[d->pair].from) == -1)
		return STATUS_TEMPORARY;
	if (keyscan_init(&d->scan, &d->e.from, d->e.opt) == -1)
		return no_memory();
	progress_start(d->e.progress, 0, "keys",
		(uint64_t)(d->e.from.server.keys > 0 ? d->e.from.server.keys
						     : 0));
	do {
		status = keyscan_next(&d->scan);
		for (i = 0;
			status == STATUS_OK && i < keylist_count(d->scan.keys);
			i += n) {
			status = dump_some(d, i, &n);
			progress_update(d->e.progress, 0, d->total + d->dumped);
		}
	} while (status == STATUS_OK && !d->scan.is_done);
	progress_finish(d->e.progress, 0);
	d->total += d->dumped;
	d->e.rec.done += (int64_t)d->dumped;
	d->e.rec.bytes += d->bytes;
	if (status == STATUS_OK &&
		put_database(d, clock_mono(d->e.env->clock) - begun) == -1)
		status = STATUS_TEMPORARY;
	keyscan_fini(&d->scan);
	return status;
}

/* Libraries of functions, where all keys are asked for. An exit status. */
static int
dump_functions(struct dump *d)
{
	const struct rediscopy_options *o = d->e.opt;
	const struct kvreply *r, *name, *code;
	struct buf b = BUF_INIT;
	size_t i;
	int rc = 0;

	if (o->matches.n + o->excludes.n > 0 || o->type != NULL || o->dbs.n > 0)
		return STATUS_OK;
	r = kv_call(d->e.from.kv, "FUNCTION", "LIST", "WITHCODE", NULL);
	if (r == NULL)
		return STATUS_TEMPORARY;
	for (i = 0; rc == 0 && is_kvreply(r, KVREPLY_ARRAY) && i < r->n; i++) {
		name = kvreply_pair(r->item[i], "library_name");
		code = kvreply_pair(r->item[i], "library_code");
		if (is_kvreply(name, KVREPLY_STRING) &&
			is_kvreply(code, KVREPLY_STRING))
			rc = keyframe_put_function(
				&b, name->str, code->str, code->len);
	}
	if (rc == 0)
		rc = keyarchive_add(d->out, &b);
	buf_fini(&b);
	return rc == 0 ? STATUS_OK : STATUS_TEMPORARY;
}

/* The record of the archive's head. 0 or -1. */
static int
put_head(struct dump *d, struct buf *b)
{
	static const char *const names[] = {[SIDE_REDIS] = "redis",
		[SIDE_VALKEY] = "valkey",
		[SIDE_UPSTASH] = "upstash",
		[SIDE_OTHER] = "other"};
	unsigned char id[16];
	struct buf hex = BUF_INIT;
	struct jsonw w;
	size_t i;
	int rc = 0;

	if (getentropy(id, sizeof(id)) == -1) {
		msg_errno("random bytes");
		return -1;
	}
	for (i = 0; rc == 0 && i < sizeof(id); i++)
		rc = buf_printf(&hex, "%02x", id[i]);
	jsonw_record(&w, b, "keys.archive");
	jsonw_int(&w, "version", KEYARCHIVE_VERSION);
	jsonw_str(&w, "id", buf_str(&hex));
	jsonw_str(&w, "server", names[d->e.from.server.flavor]);
	jsonw_str(&w, "server_version", d->e.from.server.version_text);
	jsonw_time(&w, "at", clock_wall(d->e.env->clock));
	jsonw_array(&w, "dbs");
	for (i = 0; i < d->e.dbs.n; i++)
		jsonw_int(&w, NULL, d->e.dbs.pair[i].from);
	jsonw_close(&w);
	buf_fini(&hex);
	return rc == 0 && jsonw_end_record(&w) == 0 ? 0 : -1;
}

static int
open_output(struct dump *d)
{
	const char *path = d->e.opt->output;
	struct buf head = BUF_INIT;
	int rc = -1, fd = d->e.env->out;

	if (path != NULL) {
		d->file = tmpfile_open_nameless(path, 0600);
		if (d->file == NULL)
			return errno == ENOSPC || errno == EDQUOT
				       ? STATUS_TEMPORARY
				       : STATUS_MISUSE;
		fd = tmpfile_fd(d->file);
	}
	if (put_head(d, &head) == 0)
		rc = keyarchive_create(fd,
			path != NULL ? path : "standard output",
			d->e.opt->level > 0 ? (int)d->e.opt->level : 3, &head,
			&d->out);
	buf_fini(&head);
	return rc == 0 ? STATUS_OK : STATUS_TEMPORARY;
}

static int
close_output(struct dump *d)
{
	struct keyarchive_out *out = d->out;
	struct tmpfile *file = d->file;

	d->out = NULL;
	if (keyarchive_finish(out, d->total) == -1)
		return STATUS_TEMPORARY;
	d->file = NULL;
	if (file != NULL && tmpfile_commit(file) == -1)
		return STATUS_TEMPORARY;
	return STATUS_OK;
}

static int
dump_all(struct dump *d)
{
	int status = open_output(d);

	if (status == STATUS_OK)
		status = dump_functions(d);
	for (d->pair = 0; status == STATUS_OK && d->pair < d->e.dbs.n;
		d->pair++)
		status = dump_database(d);
	if (status == STATUS_OK)
		status = close_output(d);
	return status == STATUS_OK && d->is_failed ? STATUS_NO : status;
}

int
dump_run(const void *options, struct env *env)
{
	const struct rediscopy_options *o = options;
	struct dump d;
	int status;

	if (o->output == NULL && isatty(env->out)) {
		msg_error("the archive would go to the terminal: give "
			  "--output, or redirect standard output");
		return STATUS_MISUSE;
	}
	memset(&d, 0, sizeof(d));
	status = ends_open_one(&d.e, o, env, "dump", true);
	d.e.rec.is_out_taken = o->output == NULL;
	if (status == STATUS_OK)
		status = ends_open_journal(
			&d.e, kvaddr_identity(d.e.from.addr), "archive", NULL);
	if (status == STATUS_OK)
		status = dump_all(&d);
	status = ends_end(&d.e, status);
	keyarchive_abandon(d.out);
	tmpfile_abort(d.file);
	keyscan_fini(&d.scan);
	ends_close(&d.e);
	return status;
}
