#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "engine.h"
#include "env.h"
#include "etag.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "progress.h"
#include "recorder.h"
#include "remote.h"
#include "s3part.h"
#include "status.h"
#include "tigris.h"
#include "transfer.h"

#define MIB (UINT64_C(1) << 20)

/* What the process needs besides the pieces: the libraries, connections,
 * pages of listings. */
#define OVERHEAD (24 * MIB)

void
engine_init(struct engine *e)
{
	uint64_t all = e->opt->memory;

	e->memory = all > 2 * OVERHEAD ? all - OVERHEAD : all / 2;
}

static uint64_t
usual_part_size(const struct engine *e)
{
	uint64_t p = e->opt->part_size > 0 ? e->opt->part_size : 8 * MIB;

	/* two at once, so that one is sent while the next one comes */
	return p > e->memory / 2 && e->opt->part_size == 0 &&
			       e->memory / 2 >= 5 * MIB
		       ? e->memory / 2
		       : p;
}

/* Parts as the source's were made, so that the ETags agree; 0 if not. */
static uint64_t
same_part_size(const struct engine *e, const struct object *o)
{
	unsigned parts = etag_parts(o->etag);
	uint64_t p;

	if (parts < 2 || e->opt->part_size > 0 ||
		s3part_guess(o->size, parts - 1, 0, &p) != 1)
		return 0;
	return p >= S3PART_MIN && p <= e->memory / 2 ? p : 0;
}

uint64_t
engine_part_size(const struct engine *e, const struct object *o)
{
	uint64_t p = usual_part_size(e), same = same_part_size(e, o);
	uint64_t above =
		e->opt->multipart_above > 0 ? e->opt->multipart_above : p;

	if (same > 0 && o->size > same)
		return same;
	/* one that was sent whole keeps its ETag if it is sent whole again */
	if (e->opt->multipart_above == 0 && e->opt->part_size == 0 &&
		etag_parts(o->etag) == 1 && above < e->memory / 2)
		above = e->memory / 2;
	if (above > e->memory)
		above = e->memory;
	if (o->size <= above)
		return 0;
	/* larger than S3 allows: the target shall say so */
	return s3part_size(o->size, p, &p) == 0 ? p : S3PART_MAX;
}

static struct transfer *
next_that_wants(struct engine *e)
{
	struct transfer *t;
	uint64_t n;

	for (t = e->first; t != NULL; t = t->next)
		if (transfer_wants(t, &n) &&
			(e->used == 0 || e->used + n <= e->memory))
			return t;
	return NULL;
}

/* As many pieces as there is room for. */
static void
feed(struct engine *e)
{
	struct transfer *t;

	while (e->pieces < remotes_width(e->remotes) &&
		(t = next_that_wants(e)) != NULL)
		piece_begin(t);
}

int
engine_turn(struct engine *e, double seconds)
{
	if (e->stopped == 0)
		feed(e);
	if (remotes_poll(e->remotes, seconds) == -1) {
		e->stopped = STATUS_TEMPORARY;
		return -1;
	}
	progress_update(e->progress, 0, e->rec->bytes);
	progress_tick(e->progress);
	return 0;
}

/* Whether the work can begin now. */
static bool
is_room(const struct engine *e, const struct work *w)
{
	uint64_t p = engine_part_size(e, &w->object);
	uint64_t n = p > 0 ? p : w->object.size;

	if (e->n_transfers == 0)
		return true;
	if (e->n_transfers >= remotes_width(e->remotes) ||
		e->pieces >= remotes_width(e->remotes))
		return false;
	return e->to_dir != NULL || e->is_server_copy ||
	       e->used + n <= e->memory;
}

int
engine_submit(struct engine *e, const struct work *w)
{
	struct transfer *t;

	while (e->stopped == 0 && !is_room(e, w))
		if (engine_turn(e, 1) == -1)
			return -1;
	if (e->stopped != 0)
		return -1;
	t = transfer_new(e, w);
	if (t == NULL) {
		msg_error("out of memory");
		e->stopped = STATUS_TEMPORARY;
		return -1;
	}
	transfer_start(t);
	transfer_settle(t);
	feed(e);
	return e->stopped == 0 ? 0 : -1;
}

int
engine_drain(struct engine *e)
{
	while (e->n_transfers > 0 && e->stopped == 0)
		if (engine_turn(e, 1) == -1)
			return -1;
	return e->stopped == 0 ? 0 : -1;
}

void
engine_fini(struct engine *e)
{
	struct transfer *t, *next;
	double end = clock_mono(e->rec->env->clock) + 10;

	/* what was asked for gets its answer, as its parts are then known */
	while (e->n_transfers > 0 && clock_mono(e->rec->env->clock) < end) {
		for (t = e->first; t != NULL; t = next) {
			next = t->next;
			t->is_silent = true;
			transfer_fail(t, true, "stopped");
			transfer_settle(t);
		}
		if (e->n_transfers == 0 || remotes_poll(e->remotes, 1) == -1)
			break;
	}
	if (e->stopped == 0)
		e->stopped = STATUS_TEMPORARY;
}

/* Whether one of that key is on its way: of two, the last has to win. */
static bool
is_under_way(const struct engine *e, const struct object *o)
{
	const struct transfer *t;

	for (t = e->first; t != NULL; t = t->next)
		if (object_compare(&t->w.object, o) == 0)
			return true;
	return false;
}

struct transfer *
engine_push_begin(struct engine *e, const struct work *w, struct attrs *attrs,
	uint64_t part_size)
{
	struct transfer *t;

	while (e->stopped == 0 && e->n_transfers > 0 &&
		(e->n_transfers >= remotes_width(e->remotes) ||
			is_under_way(e, &w->object) ||
			e->used + (w->object.size < part_size ? w->object.size
							      : part_size) >
				e->memory))
		if (engine_turn(e, 1) == -1)
			return NULL;
	if (e->stopped != 0 || (t = transfer_new(e, w)) == NULL)
		return NULL;
	t->attrs = *attrs;
	memset(attrs, 0, sizeof(*attrs));
	t->has_attrs = t->is_pushed = true;
	t->part_size = part_size;
	t->how = "stream";
	t->busy++; /* the one who pushes */
	return t;
}

int
engine_push(struct transfer *t, char *p, size_t n, bool is_last)
{
	struct engine *e = t->e;
	int rc;

	while (e->stopped == 0 && e->used > 0 &&
		(e->used + n > e->memory ||
			e->pieces >= remotes_width(e->remotes)))
		if (engine_turn(e, 1) == -1)
			break;
	t->is_all_pushed = is_last;
	rc = e->stopped == 0 && !t->is_failed ? piece_pushed(t, p, n) : -1;
	if (rc == -1)
		free(p);
	if (is_last || rc == -1) {
		if (rc == -1)
			transfer_fail(t, true, "stopped");
		t->busy--;
		transfer_settle(t);
	}
	return rc;
}

void
engine_push_fail(struct transfer *t, const char *why)
{
	transfer_fail(t, false, "%s", why);
	t->busy--;
	transfer_settle(t);
}

void
engine_failed(struct engine *e, const struct object *o, const char *id,
	bool temporary, const char *message)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	e->rec->failed++;
	e->temporary += temporary;
	msg_error("%s: %s", o->key, message);
	jsonw_record(&w, &b, "object.failed");
	if (id != NULL)
		jsonw_str(&w, "id", id);
	object_put(&w, o);
	jsonw_str(&w, "message", message);
	jsonw_bool(&w, "temporary", temporary);
	if (recorder_put(e->rec, &w, &b, false) == -1)
		e->stopped = STATUS_TEMPORARY;
}

void
engine_skipped(struct engine *e, const struct object *o, const char *id,
	const char *why)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	e->rec->skipped++;
	jsonw_record(&w, &b, "object.skipped");
	if (id != NULL)
		jsonw_str(&w, "id", id);
	object_put(&w, o);
	jsonw_str(&w, "why", why);
	if (recorder_put(e->rec, &w, &b, false) == -1)
		e->stopped = STATUS_TEMPORARY;
}
