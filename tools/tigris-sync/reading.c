#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "ends.h"
#include "etag.h"
#include "folder.h"
#include "hash.h"
#include "mem.h"
#include "msg.h"
#include "object.h"
#include "reading.h"
#include "remote.h"
#include "s3part.h"
#include "status.h"

/* One side of one object. */
struct side {
	struct reading *r;
	struct object o;
	struct hash *sha256;
	struct etag_sum *sum; /* of a file */
	uint64_t n;
	char hex[HASH_MAX_HEX], etag[ETAG_SIZE];
	bool is_read;
	const char *why; /* what is not to be compared, or NULL */
};

struct reading {
	struct readings *all;
	struct side from, to;
	char *text;
	bool both;
	unsigned busy;
};

struct readings {
	struct ends *e;
	int (*told)(void *ctx, const struct object *from,
		const struct object *to, const char *what);
	void *ctx;
	unsigned n;
	int status;
};

struct readings *
readings_new(struct ends *e,
	int (*told)(void *ctx, const struct object *from,
		const struct object *to, const char *what),
	void *ctx)
{
	struct readings *r = mem_zalloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->e = e;
	r->told = told;
	r->ctx = ctx;
	return r;
}

static void
side_fini(struct side *s)
{
	hash_free(s->sha256);
	etag_sum_free(s->sum);
}

/* What the two sides are: "content" where digests differ. NULL: equal. */
static const char *
judge(const struct reading *x)
{
	const struct side *a = &x->from, *b = &x->to;

	if (a->why != NULL || b->why != NULL)
		return "not comparable";
	if (a->is_read && b->is_read)
		return a->n == b->n && strcmp(a->hex, b->hex) == 0 ? NULL
								   : "content";
	/* a file against the bucket's ETag */
	if (a->is_read)
		return is_s3part_etag_equal(a->etag, b->o.etag) ? NULL
								: "content";
	return is_s3part_etag_equal(b->etag, a->o.etag) ? NULL : "content";
}

static void
finish(struct reading *x)
{
	struct readings *all = x->all;
	const char *what = judge(x);
	int status;

	if (x->from.why != NULL || x->to.why != NULL)
		engine_failed(&all->e->engine, &x->from.o, NULL, true,
			x->from.why != NULL ? x->from.why : x->to.why);
	status = all->told(all->ctx, &x->from.o, &x->to.o, what);
	if (all->status == STATUS_OK)
		all->status = status;
	all->n--;
	side_fini(&x->from);
	side_fini(&x->to);
	free(x->text);
	free(x);
}

static int
take(struct side *s, const void *p, size_t n)
{
	s->n += n;
	hash_update(s->sha256, p, n);
	s->r->all->e->rec.bytes += n;
	return s->sum != NULL ? etag_sum_add(s->sum, p, n) : 0;
}

static int
on_data(void *ctx, const void *p, size_t n)
{
	return take(ctx, p, n);
}

static void
end_side(struct side *s)
{
	s->is_read = true;
	hash_end(s->sha256, s->hex);
	if (s->sum != NULL && etag_sum_end(s->sum, s->etag) == -1)
		s->why = "out of memory";
}

static void
on_got(void *ctx, const struct remote_reply *reply)
{
	struct side *s = ctx;
	struct reading *x = s->r;

	if (reply->class == REMOTE_STOPPED)
		x->all->e->engine.stopped = STATUS_TEMPORARY;
	if (reply->class == REMOTE_OK)
		end_side(s);
	else
		s->why = reply->class == REMOTE_MISSING ||
					 reply->class == REMOTE_PRECONDITION
				 ? "it has changed since it was listed"
				 : "it could not be read";
	if (--x->busy == 0)
		finish(x);
}

static void
read_file(struct side *s, struct folder *f)
{
	char *window = mem_alloc(1 << 18);
	int fd = s->o.link == NULL ? folder_read(f, s->o.key, s->o.len) : -1;
	ssize_t n = -1;

	if (window == NULL || (fd == -1 && s->o.link == NULL)) {
		s->why = "the file could not be read";
	} else if (s->o.link == NULL) {
		while ((n = read(fd, window, 1 << 18)) > 0)
			if (take(s, window, (size_t)n) == -1)
				break;
		if (n != 0)
			s->why = "the file could not be read";
	}
	if (fd != -1)
		close(fd);
	free(window);
	if (s->why == NULL)
		end_side(s);
}

static void
start_side(struct side *s, struct remote *r, struct folder *f)
{
	const struct remote_call c = {.verb = REMOTE_GET,
		.key = s->o.key,
		.len = s->o.len,
		.if_match = *s->o.etag != '\0' ? s->o.etag : NULL,
		.data = on_data,
		.done = on_got,
		.ctx = s};

	if (r == NULL)
		read_file(s, f);
	else if (s->r->both && remote_start(r, &c) == 0)
		s->r->busy++;
	else if (s->r->both)
		s->why = "out of memory";
}

/* Copies of both objects, with their strings behind each other. */
static int
keep(struct reading *x, const struct object *from, const struct object *to)
{
	struct buf b = BUF_INIT;
	size_t at[3];
	bool ok;

	ok = buf_append(&b, from->key, from->len) == 0 &&
	     buf_putc(&b, '\0') == 0;
	at[0] = b.len;
	ok = ok && buf_puts(&b, from->etag) == 0 && buf_putc(&b, '\0') == 0;
	at[1] = b.len;
	ok = ok && buf_puts(&b, to->etag) == 0 && buf_putc(&b, '\0') == 0;
	at[2] = b.len;
	x->from.o = *from;
	x->to.o = *to;
	if (!ok) {
		buf_fini(&b);
		return -1;
	}
	x->text = buf_steal(&b);
	x->from.o.key = x->to.o.key = x->text;
	x->from.o.etag = x->text + at[0];
	x->to.o.etag = x->text + at[1];
	(void)at[2];
	x->from.o.class = x->to.o.class = "";
	x->from.o.link = from->link != NULL ? "" : NULL;
	x->to.o.link = to->link != NULL ? "" : NULL;
	return 0;
}

static int
wait_for_room(struct readings *r)
{
	struct engine *g = &r->e->engine;

	while (r->n > 0 && r->n * 2 >= remotes_width(g->remotes))
		if (engine_turn(g, 1) == -1)
			return STATUS_TEMPORARY;
	return g->stopped != 0 ? g->stopped : r->status;
}

int
readings_add(struct readings *r, const struct object *from,
	const struct object *to, bool both)
{
	struct engine *g = &r->e->engine;
	struct reading *x;
	int status = wait_for_room(r);

	if (status != STATUS_OK)
		return status;
	x = mem_zalloc(1, sizeof(*x));
	if (x == NULL || keep(x, from, to) == -1) {
		free(x);
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	x->all = r;
	x->both = both;
	x->from.r = x->to.r = x;
	x->from.sha256 = hash_new(HASH_SHA256);
	x->to.sha256 = hash_new(HASH_SHA256);
	if (g->from == NULL)
		x->from.sum = etag_sum_new(etag_part_size(to->etag, to->size));
	if (g->to == NULL)
		x->to.sum =
			etag_sum_new(etag_part_size(from->etag, from->size));
	r->n++;
	if (x->from.sha256 == NULL || x->to.sha256 == NULL ||
		(g->from == NULL && x->from.sum == NULL) ||
		(g->to == NULL && x->to.sum == NULL)) {
		x->from.why = "out of memory";
	} else {
		x->busy++;
		start_side(&x->from, g->from, g->from_dir);
		start_side(&x->to, g->to, g->to_dir);
		x->busy--;
	}
	if (x->busy == 0)
		finish(x);
	return r->status;
}

int
readings_wait(struct readings *r)
{
	int status = STATUS_OK;

	while (status == STATUS_OK && r->n > 0)
		if (engine_turn(&r->e->engine, 1) == -1)
			status = STATUS_TEMPORARY;
	if (status == STATUS_OK)
		status = r->e->engine.stopped != 0 ? r->e->engine.stopped
						   : r->status;
	return status;
}

int
readings_free(struct readings *r)
{
	int status = readings_wait(r);

	free(r);
	return status;
}
