#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attrs.h"
#include "buf.h"
#include "clock.h"
#include "ends.h"
#include "env.h"
#include "mem.h"
#include "member.h"
#include "msg.h"
#include "object.h"
#include "remote.h"
#include "status.h"
#include "tarball.h"
#include "tigris.h"

/* Objects up to this size are fetched ahead; larger ones go through. */
#define AHEAD_MAX (UINT64_C(1) << 20)

/* One object on its way into the archive, in the order of the keys. */
struct slot {
	struct slot *next;
	struct exporting *x;
	struct object o;
	char *text;
	struct attrs attrs;
	struct buf data;
	uint64_t n;
	bool is_started, is_done, is_put;
	enum remote_class class;
	char *why;
};

struct exporting {
	struct ends *e;
	struct tarball_writer *tar;
	struct slot *first, *last;
	unsigned n;
	bool is_broken;
};

static void
slot_free(struct slot *s)
{
	attrs_fini(&s->attrs);
	buf_fini(&s->data);
	free(s->text);
	free(s->why);
	free(s);
}

/* Its header; once its own headers are here. 0 or -1. */
static int
put_header(struct slot *s)
{
	struct tarball_entry e;
	struct member m;
	int rc = -1;

	s->is_put = true;
	if (member_of(&s->o, &s->attrs, &m, &e) == -1) {
		msg_error("out of memory");
		return -1;
	}
	rc = tarball_put(s->x->tar, &e);
	member_fini(&m);
	return rc;
}

static int
on_data(void *ctx, const void *p, size_t n)
{
	struct slot *s = ctx;

	if (n > s->o.size - s->n)
		return -1;
	s->n += n;
	s->x->e->rec.bytes += n;
	if (s->o.size <= AHEAD_MAX)
		return buf_append(&s->data, p, n);
	if ((!s->is_put && put_header(s) == -1) ||
		tarball_write(s->x->tar, p, n) == -1) {
		s->x->is_broken = true;
		return -1;
	}
	return 0;
}

static void
on_done(void *ctx, const struct remote_reply *r)
{
	struct slot *s = ctx;

	s->is_done = true;
	s->class = r->class == REMOTE_OK && s->n != s->o.size
			   ? REMOTE_PRECONDITION
			   : r->class;
	if (r->message != NULL)
		s->why = mem_strdup(r->message);
}

static int
start(struct slot *s)
{
	const struct remote_call c = {.verb = REMOTE_GET,
		.key = s->o.key,
		.len = s->o.len,
		.if_match = *s->o.etag != '\0' ? s->o.etag : NULL,
		.got = &s->attrs,
		.data = on_data,
		.done = on_done,
		.ctx = s};

	s->is_started = true;
	return remote_start(s->x->e->engine.from, &c);
}

/* The first one is whole: into the archive with it, or a record why not. */
static int
settle(struct slot *s)
{
	struct exporting *x = s->x;
	struct engine *g = &x->e->engine;

	if (s->class == REMOTE_OK) {
		if (!s->is_put && put_header(s) == -1)
			return -1;
		if (s->data.len > 0 &&
			tarball_write(x->tar, s->data.data, s->data.len) == -1)
			return -1;
		x->e->rec.done++;
		return 0;
	}
	if (s->class == REMOTE_MISSING && !s->is_put) {
		engine_skipped(
			g, &s->o, NULL, "it is gone from the source by now");
		return 0;
	}
	if (s->class == REMOTE_STOPPED)
		g->stopped = STATUS_TEMPORARY;
	else
		engine_failed(g, &s->o, NULL, s->class != REMOTE_DENIED,
			s->class == REMOTE_PRECONDITION
				? "it has changed since it was listed"
			: s->why != NULL ? s->why
					 : "it could not be read");
	/* half of it is in the archive: nothing can follow */
	return s->is_put || g->stopped != 0 ? -1 : 0;
}

/* Takes what is whole, and waits for the first one. 0 or -1. */
static int
turn(struct exporting *x)
{
	struct slot *s = x->first;
	int rc;

	if (!s->is_started && start(s) == -1) {
		msg_error("out of memory");
		return -1;
	}
	while (!s->is_done)
		if (engine_turn(&x->e->engine, 1) == -1)
			return -1;
	rc = x->is_broken ? -1 : settle(s);
	x->first = s->next;
	if (x->first == NULL)
		x->last = NULL;
	x->n--;
	slot_free(s);
	return rc;
}

static struct slot *
slot_new(struct exporting *x, const struct object *o)
{
	struct slot *s = mem_zalloc(1, sizeof(*s));
	struct buf b = BUF_INIT;
	size_t at;

	if (s == NULL)
		return NULL;
	if (buf_append(&b, o->key, o->len) == -1 || buf_putc(&b, '\0') == -1 ||
		(at = b.len, buf_puts(&b, o->etag)) == -1) {
		buf_fini(&b);
		free(s);
		return NULL;
	}
	s->x = x;
	s->o = *o;
	s->text = buf_steal(&b);
	s->o.key = s->text;
	s->o.etag = s->text + at;
	s->o.class = "";
	return s;
}

static int
add(struct exporting *x, const struct object *o)
{
	struct engine *g = &x->e->engine;
	struct slot *s;

	while (x->n > 0 && x->n >= remotes_width(g->remotes))
		if (turn(x) == -1)
			return -1;
	s = slot_new(x, o);
	if (s == NULL) {
		msg_error("out of memory");
		return -1;
	}
	if (x->last != NULL)
		x->last->next = s;
	else
		x->first = s;
	x->last = s;
	x->n++;
	if (o->size <= AHEAD_MAX && start(s) == -1) {
		msg_error("out of memory");
		return -1;
	}
	return 0;
}

static int
export_all(struct exporting *x)
{
	struct ends *e = x->e;
	struct feed *f = ends_list(e, true, false);
	double now = clock_wall(e->env->clock);
	struct object o;
	int rc = -1, status = STATUS_TEMPORARY;

	if (f == NULL || tarball_create_plain(
				 e->env->out, "standard output", &x->tar) == -1)
		goto out;
	while ((rc = feed_next(f, &o)) == 1) {
		if (!is_selected(&e->selection, &o, now))
			continue;
		if (o.len == 0)
			engine_skipped(&e->engine, &o, NULL,
				"its key is the prefix itself, and nothing is "
				"left of it");
		else if (add(x, &o) == -1)
			break;
	}
	if (rc == -1)
		status = f->status;
	while (rc == 0 && x->first != NULL)
		if (turn(x) == -1)
			rc = -1;
	if (rc == 0) {
		rc = tarball_finish(x->tar);
		x->tar = NULL;
	}
	if (rc == 0)
		status = ends_status(e);
	else
		msg_error("the archive has no end: do not use it");
out:
	feed_close(f);
	return status;
}

int
export_run(const void *options, struct env *env)
{
	const struct tigris_options *o = options;
	struct exporting x;
	struct ends e;
	struct slot *s;
	int status;

	memset(&x, 0, sizeof(x));
	if (isatty(env->out)) {
		msg_error("the archive would go to the terminal: redirect "
			  "standard output to a file or a pipe");
		return STATUS_MISUSE;
	}
	if (o->from.place != NULL && *o->from.place != '\0' &&
		!is_ends_bucket(&o->from)) {
		msg_error("--from %s is a folder: pack it with tar",
			o->from.place);
		return STATUS_MISUSE;
	}
	status = ends_open(&e, o, env, "export", ENDS_FROM);
	e.rec.is_out_taken = true;
	if (status == STATUS_OK) {
		x.e = &e;
		status = export_all(&x);
	}
	tarball_abandon(x.tar);
	x.tar = NULL;
	status = ends_close(&e, status);
	while ((s = x.first) != NULL) {
		x.first = s->next;
		slot_free(s);
	}
	return status;
}
