#include <string.h>

#include "buf.h"
#include "compare.h"
#include "diff.h"
#include "ends.h"
#include "etag.h"
#include "json.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "msg.h"
#include "object.h"
#include "pass.h"
#include "reading.h"
#include "recorder.h"
#include "remote.h"
#include "s3part.h"
#include "status.h"
#include "tigris.h"

enum { LOOKS = 100 };

/* How the objects were found to be equal; how many were not. */
struct comparing {
	struct ends *e;
	struct readings *read;
	const char *level;
	uint64_t objects, bytes, by_digest, by_journal, by_time, by_size;
	uint64_t differ, kept, looked;
	bool strict;
};

static void
put_side(struct jsonw *w, const char *name, const struct object *o)
{
	if (o == NULL)
		return;
	jsonw_object(w, name);
	jsonw_uint(w, "size", o->size);
	if (*o->etag != '\0')
		jsonw_str(w, "etag", o->etag);
	if (o->changed > 0)
		jsonw_int(w, "changed", o->changed);
	jsonw_close(w);
}

static int
differs(struct comparing *c, const struct object *o, const struct object *from,
	const struct object *to, const char *what)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	c->differ++;
	jsonw_record(&w, &b, "object.differs");
	jsonbytes_put(&w, "key", o->key, o->len);
	jsonw_str(&w, "what", what);
	put_side(&w, "source", from);
	put_side(&w, "target", to);
	return recorder_put(&c->e->rec, &w, &b, false) == -1 ? STATUS_TEMPORARY
							     : STATUS_OK;
}

static int
on_read(void *ctx, const struct object *from, const struct object *to,
	const char *what)
{
	struct comparing *c = ctx;

	if (what != NULL)
		return differs(c, from, from, to, what);
	c->by_digest++;
	return STATUS_OK;
}

/* Two that the listings show to be of one size. */
static int
same_size(struct comparing *c, const struct difference *x)
{
	bool reads = strcmp(c->level, "read") == 0;
	bool has_file = c->e->engine.from == NULL || c->e->engine.to == NULL;
	bool plain =
		etag_parts(x->from->etag) == 1 && etag_parts(x->to->etag) == 1;

	if (x->from->size == 0 && x->from->len > 0 &&
		x->from->key[x->from->len - 1] == '/') {
		c->by_size++;
		return STATUS_OK;
	}
	if (reads || (strcmp(c->level, "etag") == 0 && has_file))
		return readings_add(c->read, x->from, x->to, reads);
	if (x->kind == DIFF_SAME && x->proof == DIFF_BY_ETAG) {
		c->by_digest++;
		return STATUS_OK;
	}
	if (x->kind == DIFF_SAME && x->proof == DIFF_BY_LOG) {
		c->by_journal++;
		return STATUS_OK;
	}
	if (plain)
		return differs(c, x->from, x->from, x->to, "content");
	if (x->kind == DIFF_SAME) {
		c->by_time++;
		return STATUS_OK;
	}
	/* each copy was proven when it was made; clocks may disagree */
	if (!c->strict || x->is_unsure) {
		c->by_size++;
		return STATUS_OK;
	}
	return differs(c, x->from, x->from, x->to, "content");
}

/* Not in the target's listing. Where that lags behind, the object is there all
 * the same: the first few are asked for by name. */
static int
missing(struct comparing *c, const struct object *o)
{
	const struct remote_call call = {
		.verb = REMOTE_HEAD, .key = o->key, .len = o->len};
	struct remote *to = c->e->engine.to;
	struct remote_reply r;

	if (to == NULL || c->looked++ >= LOOKS)
		return differs(c, o, o, NULL, "missing");
	if (remote_wait(to, &call, &r) == -1)
		return STATUS_TEMPORARY;
	if (r.class != REMOTE_OK)
		return differs(c, o, o, NULL, "missing");
	if (r.size != o->size)
		return differs(c, o, o, NULL, "size");
	if (etag_parts(o->etag) != 0 && is_s3part_etag_equal(o->etag, r.etag))
		c->by_digest++;
	else
		c->by_size++;
	return STATUS_OK;
}

static int
on_each(void *ctx, const struct difference *x)
{
	struct comparing *c = ctx;

	if (x->kind == DIFF_EXTRA && !c->strict)
		return STATUS_OK;
	c->objects++;
	if (x->kind == DIFF_EXTRA)
		return differs(c, x->to, NULL, x->to, "extra");
	if (x->from->len == 0)
		return STATUS_OK;
	if (!c->strict && (x->kind == DIFF_NEWER || x->kind == DIFF_CHANGED) &&
		c->kept < c->e->kept) {
		c->kept++;
		return STATUS_OK;
	}
	c->bytes += x->from->size;
	if (x->kind == DIFF_MISSING)
		return missing(c, x->from);
	if (x->from->size != x->to->size)
		return differs(c, x->from, x->from, x->to, "size");
	return same_size(c, x);
}

static int
put_result(struct comparing *c)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "objects.verified");
	jsonw_str(&w, "level", c->level);
	jsonw_uint(&w, "objects", c->objects);
	jsonw_uint(&w, "bytes", c->bytes);
	jsonw_uint(&w, "by_digest", c->by_digest);
	jsonw_uint(&w, "by_journal", c->by_journal);
	jsonw_uint(&w, "by_time", c->by_time);
	jsonw_uint(&w, "by_size", c->by_size);
	jsonw_uint(&w, "differ", c->differ);
	jsonw_bool(&w, "equal", c->differ == 0 && c->e->rec.failed == 0);
	return recorder_put(&c->e->rec, &w, &b, true);
}

int
compare_all(struct ends *e, const char *level, bool strict)
{
	struct comparing c = {.e = e, .level = level, .strict = strict};
	struct pass pass = {.each = on_each, .ctx = &c};
	int status, last;

	c.read = readings_new(e, on_read, &c);
	if (c.read == NULL) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	status = pass_run(&pass, e);
	last = readings_free(c.read);
	if (status == STATUS_OK)
		status = last;
	if (status != STATUS_OK)
		return status;
	if (put_result(&c) == -1)
		return STATUS_TEMPORARY;
	if (c.differ > 0)
		msg_error("%llu of %llu objects differ",
			(unsigned long long)c.differ,
			(unsigned long long)c.objects);
	return c.differ > 0 ? STATUS_NO : ends_status(e);
}
