#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "compare.h"
#include "diff.h"
#include "ends.h"
#include "env.h"
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
#include "spill.h"
#include "status.h"
#include "tigris.h"

enum { LOOKS = 100, SPILL = 4 << 20 };

/* How the objects were found to be equal; how many were not. */
struct comparing {
	struct ends *e;
	struct readings *read;
	struct spill *found; /* records of differences, by key */
	const char *level;
	uint64_t objects, bytes, by_digest, by_journal, by_time, by_size;
	uint64_t differ, kept, looked, unlisted;
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

/* Kept back until all is seen: a listing out of order makes them void. */
static int
differs(struct comparing *c, const struct object *o, const struct object *from,
	const struct object *to, const char *what)
{
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc = -1;

	c->differ++;
	jsonw_record(&w, &b, "object.differs");
	jsonbytes_put(&w, "key", o->key, o->len);
	jsonw_str(&w, "what", what);
	put_side(&w, "source", from);
	put_side(&w, "target", to);
	jsonw_stamp(&w, clock_wall(c->e->env->clock));
	if (jsonw_end_record(&w) == 0)
		rc = spill_add(c->found, o->key, o->len, b.data, b.len);
	buf_fini(&b);
	return rc == -1 ? STATUS_TEMPORARY : STATUS_OK;
}

static int
tell_all(struct comparing *c)
{
	const char *key, *p;
	size_t klen, n;
	struct buf b = BUF_INIT;
	int rc = spill_sort(c->found);

	while (rc == 0 && (rc = spill_next(c->found, &key, &klen, &p, &n)) == 1)
		rc = buf_append(&b, p, n) == -1 ||
				     recorder_emit(&c->e->rec, &b, false) == -1
			     ? -1
			     : 0;
	buf_fini(&b);
	return rc;
}

static void
on_again(void *ctx)
{
	struct comparing *c = ctx;

	/* what is being read is told of before it is forgotten */
	(void)readings_wait(c->read);
	spill_free(c->found);
	c->found = spill_new(SPILL);
	c->objects = c->bytes = c->by_digest = c->by_journal = 0;
	c->by_time = c->by_size = c->differ = c->kept = c->unlisted = 0;
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
	/* as many parts, and not the same: other parts, or other bytes */
	if (strcmp(c->level, "etag") == 0 && etag_parts(x->from->etag) > 1 &&
		etag_parts(x->from->etag) == etag_parts(x->to->etag))
		return readings_add(c->read, x->from, x->to, true);
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
	struct remote_reply r = {.status = 0};

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
	else if (etag_parts(o->etag) == 1 && etag_parts(r.etag) == 1)
		return differs(c, o, o, NULL, "content");
	else
		c->by_size++;
	c->unlisted++;
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
	jsonw_str(&w, "source", c->e->source);
	jsonw_str(&w, "target", c->e->target);
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

/* What makes "equal" worth less than it sounds. */
static void
warn(struct comparing *c)
{
	if (c->objects == 0)
		(void)recorder_tell(&c->e->rec, "warning", "s3-nothing",
			"look at --from, --to and the patterns",
			"nothing was compared: neither end has such an "
			"object");
	if (c->unlisted > 0)
		(void)recorder_tell(&c->e->rec, "warning", "s3-unlisted",
			"verify again later; before a shadow bucket is "
			"removed, its objects have to be in the target itself",
			"%llu objects are told by the target when asked for, "
			"but it does not list them: its listing lags behind, "
			"or they are in its shadow bucket only",
			(unsigned long long)c->unlisted);
}

int
compare_all(struct ends *e, const char *level, bool strict)
{
	struct comparing c = {.e = e, .level = level, .strict = strict};
	struct pass pass = {.each = on_each, .again = on_again, .ctx = &c};
	int status = STATUS_TEMPORARY, last;

	c.found = spill_new(SPILL);
	c.read = readings_new(e, on_read, &c);
	if (c.read == NULL || c.found == NULL) {
		msg_error("out of memory");
		free(c.read);
		goto out;
	}
	status = pass_run(&pass, e);
	last = readings_free(c.read);
	if (status == STATUS_OK)
		status = last;
	if (status == STATUS_OK &&
		(c.found == NULL || tell_all(&c) == -1 || put_result(&c) == -1))
		status = STATUS_TEMPORARY;
	if (status == STATUS_OK)
		warn(&c);
	if (status == STATUS_OK && c.differ > 0) {
		msg_error("%llu of %llu objects differ",
			(unsigned long long)c.differ,
			(unsigned long long)c.objects);
		status = STATUS_NO;
	}
	if (status == STATUS_OK)
		status = ends_status(e);
out:
	spill_free(c.found);
	return status;
}
