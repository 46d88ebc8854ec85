#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "engine.h"
#include "env.h"
#include "etag.h"
#include "folder.h"
#include "jsonw.h"
#include "mem.h"
#include "msg.h"
#include "recorder.h"
#include "remote.h"
#include "status.h"
#include "tigris.h"
#include "transfer.h"

enum { TRIES = 3 };

/* A copy of the work, with its strings in one piece of memory. */
static int
keep_work(struct transfer *t, const struct work *w)
{
	const struct object *o = &w->object;
	const char *from[4] = {o->etag, o->class, o->link, w->over};
	const char **to[4] = {&t->w.object.etag, &t->w.object.class,
		&t->w.object.link, &t->w.over};
	struct buf b = BUF_INIT;
	size_t at[4] = {0}, i;

	t->w = *w;
	if (buf_append(&b, o->key, o->len) == -1 || buf_putc(&b, '\0') == -1)
		goto fail;
	for (i = 0; i < 4; i++) {
		at[i] = b.len;
		if (from[i] != NULL && (buf_puts(&b, from[i]) == -1 ||
					       buf_putc(&b, '\0') == -1))
			goto fail;
	}
	t->text = buf_steal(&b);
	t->w.object.key = t->text;
	for (i = 0; i < 4; i++)
		if (from[i] != NULL)
			*to[i] = t->text + at[i];
	return 0;

fail:
	buf_fini(&b);
	return -1;
}

struct transfer *
transfer_new(struct engine *e, const struct work *w)
{
	struct transfer *t = mem_zalloc(1, sizeof(*t));

	if (t == NULL || keep_work(t, w) == -1) {
		free(t);
		return NULL;
	}
	t->e = e;
	t->fd = -1;
	t->next_part = 1;
	t->begun = clock_mono(e->rec->env->clock);
	t->prev = e->last;
	if (e->last != NULL)
		e->last->next = t;
	else
		e->first = t;
	e->last = t;
	e->n_transfers++;
	return t;
}

static void
transfer_free(struct transfer *t)
{
	struct engine *e = t->e;
	struct piece *p;

	while ((p = t->waiting) != NULL) {
		t->waiting = p->next;
		piece_free(p);
	}
	if (t->held != NULL)
		piece_free(t->held);
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		e->first = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	else
		e->last = t->prev;
	e->n_transfers--;
	if (t->fd != -1)
		close(t->fd);
	folder_drop(t->file, t->is_temporary);
	etag_sum_free(t->sum);
	attrs_fini(&t->attrs);
	free(t->upload.upload_id);
	free(t->tags);
	free(t->md5);
	free(t->is_done);
	free(t->why);
	free(t->text);
	free(t);
}

int
transfer_parts(struct transfer *t, unsigned n)
{
	unsigned cap = t->cap > 0 ? t->cap : 16;
	char(*md5)[33];
	bool *done;

	while (cap < n)
		cap *= 2;
	if (n <= t->cap)
		return 0;
	md5 = mem_resize(t->md5, cap, sizeof(*md5));
	if (md5 != NULL)
		t->md5 = md5;
	done = mem_resize(t->is_done, cap, sizeof(*done));
	if (done != NULL)
		t->is_done = done;
	if (md5 == NULL || done == NULL) {
		transfer_fail(t, true, "out of memory");
		return -1;
	}
	memset(done + t->cap, 0, (cap - t->cap) * sizeof(*done));
	t->cap = cap;
	return 0;
}

void
transfer_start(struct transfer *t)
{
	struct engine *e = t->e;

	if (t->w.kind == WORK_DELETE) {
		remove_start(t);
		return;
	}
	if (e->to_dir != NULL) {
		tofolder_start(t);
		return;
	}
	if (e->is_server_copy) {
		bycopy_start(t);
		return;
	}
	t->how = "stream";
	t->wants_acl = e->opt->acl && e->from != NULL;
	t->part_size = engine_part_size(e, &t->w.object);
	if (t->part_size == 0)
		return;
	if (t->part_size > e->memory) {
		transfer_fail(t, false,
			"its parts have to be %llu MiB each, to be no more "
			"than 10,000: allow more --max-memory",
			(unsigned long long)(t->part_size >> 20));
		return;
	}
	t->how = "parts";
	t->n_parts = (unsigned)((t->w.object.size + t->part_size - 1) /
				t->part_size);
	if (transfer_parts(t, t->n_parts) == 0 && e->ledger != NULL &&
		ledger_find(e->ledger, t->w.id) != NULL)
		upload_open(t);
}

bool
transfer_wants(const struct transfer *t, uint64_t *n)
{
	const struct object *o = &t->w.object;
	uint64_t at;

	if (t->is_over || t->is_failed || t->is_pushed || t->how == NULL ||
		(strcmp(t->how, "stream") != 0 && strcmp(t->how, "parts") != 0))
		return false;
	if (t->part_size == 0) {
		*n = o->size;
		return t->next_part == 1 && t->busy == 0;
	}
	/* the first tells the headers that the upload is begun with */
	if (!t->is_gate_open && (t->next_part > 1 || t->busy > 0))
		return false;
	if (t->next_part > t->n_parts)
		return false;
	at = (t->next_part - 1) * t->part_size;
	*n = o->size - at < t->part_size ? o->size - at : t->part_size;
	return true;
}

void
transfer_call(struct transfer *t, struct remote *r, const struct remote_call *c)
{
	if (remote_start(r, c) == -1)
		transfer_fail(t, true, "out of memory");
	else
		t->busy++;
}

void
transfer_back(struct transfer *t)
{
	t->busy--;
}

void
transfer_settle(struct transfer *t)
{
	if (t->busy > 0 || !(t->is_over || t->is_failed))
		return;
	if (t->is_failed && !t->is_given_up) {
		t->is_given_up = true;
		upload_give_up(t);
		if (t->busy > 0)
			return;
	}
	if (t->is_failed && !t->is_silent)
		engine_failed(t->e, &t->w.object, t->w.id, t->is_temporary,
			t->why != NULL ? t->why : "out of memory");
	transfer_free(t);
}

void
transfer_fail(struct transfer *t, bool temporary, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list ap;

	if (t->is_failed || t->is_over)
		return;
	t->is_failed = true;
	t->is_temporary = temporary;
	va_start(ap, fmt);
	if (buf_vprintf(&b, fmt, ap) == 0)
		t->why = buf_steal(&b);
	va_end(ap);
	buf_fini(&b);
}

void
transfer_fail_reply(
	struct transfer *t, const char *what, const struct remote_reply *r)
{
	bool temporary = r->class == REMOTE_TEMPORARY ||
			 r->class == REMOTE_STOPPED ||
			 r->class == REMOTE_CANCELLED;

	/* one message for all has been said */
	if (r->class == REMOTE_STOPPED) {
		t->is_silent = true;
		t->e->stopped = STATUS_TEMPORARY;
	}
	transfer_fail(t, temporary, "%s: %s", what,
		r->message != NULL && *r->message != '\0' ? r->message
							  : "refused");
}

void
transfer_skip(struct transfer *t, const char *why)
{
	if (t->is_failed || t->is_over)
		return;
	t->is_over = true;
	engine_skipped(t->e, &t->w.object, t->w.id, why);
}

void
transfer_same(struct transfer *t, const char *version)
{
	struct recorder *r = t->e->rec;
	struct buf b = BUF_INIT;
	struct jsonw w;

	if (t->is_failed || t->is_over)
		return;
	t->is_over = true;
	r->skipped++;
	jsonw_record(&w, &b, "object.skipped");
	jsonw_str(&w, "id", t->w.id);
	object_put(&w, &t->w.object);
	jsonw_str(&w, "target_version", version);
	jsonw_str(&w, "why", "the target has the same bytes");
	if (recorder_put(r, &w, &b, false) == -1)
		t->e->stopped = STATUS_TEMPORARY;
}

void
transfer_copied(struct transfer *t, const char *version, const char *proof)
{
	struct recorder *r = t->e->rec;
	const struct ledger_copy c = {.object = &t->w.object,
		.id = t->w.id,
		.version = version,
		.sha256 = t->sha256,
		.proof = proof,
		.how = t->how,
		.part_size = t->part_size,
		.seconds = clock_mono(r->env->clock) - t->begun};

	if (t->is_failed || t->is_over)
		return;
	t->is_over = true;
	r->done++;
	if (ledger_copied(r, &c) == -1)
		t->e->stopped = STATUS_TEMPORARY;
}

/* The source's new version, to begin again with. */
static void
on_looked(void *ctx, const struct remote_reply *r)
{
	struct transfer *t = ctx;
	struct buf b = BUF_INIT;
	struct object o = t->w.object;
	struct work w;
	char *old = t->text;

	transfer_back(t);
	if (r->class == REMOTE_MISSING) {
		transfer_skip(t, "it is gone from the source by now");
	} else if (r->class != REMOTE_OK) {
		transfer_fail_reply(t, "the source", r);
	} else if (!t->is_failed) {
		o.size = r->size;
		o.etag = r->etag;
		o.changed = r->changed;
		if (work_init(&w, WORK_COPY, &o, t->w.over) == -1 ||
			keep_work(t, &w) == -1) {
			transfer_fail(t, true, "out of memory");
		} else {
			free(old);
			t->next_part = 1;
			t->n_done = t->n_parts = 0;
			t->has_attrs = false;
			attrs_fini(&t->attrs);
			transfer_start(t);
		}
	}
	buf_fini(&b);
	transfer_settle(t);
}

void
transfer_again(struct transfer *t)
{
	const struct remote_call c = {.verb = REMOTE_HEAD,
		.key = t->w.object.key,
		.len = t->w.object.len,
		.done = on_looked,
		.ctx = t};

	/* with parts of the old version on the target it is not worth it */
	if (++t->tries > TRIES || t->upload.upload_id != NULL ||
		t->file != NULL || t->is_failed)
		transfer_fail(t, true,
			"it has changed on the source while it was copied: "
			"run again");
	else
		transfer_call(t, t->e->from, &c);
}
