#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "diff.h"
#include "etag.h"
#include "mem.h"
#include "msg.h"
#include "s3part.h"
#include "sorter.h"
#include "status.h"

#define SECOND INT64_C(1000000000)

int
diff_init(struct diff *d, struct feed *from, struct feed *to,
	struct sorter *known)
{
	memset(d, 0, sizeof(*d));
	d->from = from;
	d->to = to;
	d->known = known;
	d->last_a = mem_zalloc(2, sizeof(*d->last_a));
	if (d->last_a == NULL)
		return -1;
	d->last_b = d->last_a + 1;
	return 0;
}

void
diff_fini(struct diff *d)
{
	if (d->last_a == NULL)
		return;
	buf_fini(d->last_a);
	buf_fini(d->last_b);
	free(d->last_a);
	memset(d, 0, sizeof(*d));
}

/* The next object of one side, behind the one before it. 1, 0 or -1. */
static int
step(struct diff *d, struct feed *f, struct object *o, struct buf *last)
{
	struct object before = {.key = buf_str(last), .len = last->len};
	int rc = feed_next(f, o);

	if (rc == -1)
		d->status = f->status;
	if (rc != 1)
		return rc;
	if (d->begun && last->data != NULL && object_compare(&before, o) >= 0) {
		d->is_disordered = true;
		return -1;
	}
	buf_clear(last);
	if (buf_append(last, o->key, o->len) == -1) {
		msg_error("out of memory");
		d->status = STATUS_TEMPORARY;
		return -1;
	}
	return 1;
}

static int
step_known(struct diff *d)
{
	d->has_k = d->known != NULL ? sorter_next(d->known, &d->k, &d->version)
				    : 0;
	if (d->has_k == -1)
		d->status = STATUS_TEMPORARY;
	return d->has_k;
}

void
diff_judge(const struct object *from, const struct object *to,
	const struct object *known, const char *version, struct difference *x)
{
	unsigned shape = etag_parts(from->etag);
	bool is_log, is_ours;

	x->from = from;
	x->to = to;
	x->is_unsure = false;
	x->kind = DIFF_SAME;
	x->proof = DIFF_BY_ETAG;
	if (from->size == to->size && shape != 0 &&
		is_s3part_etag_equal(from->etag, to->etag))
		return;
	is_ours = known != NULL && version != NULL &&
		  is_object_version(to, version);
	is_log =
		known != NULL && from->size == known->size &&
		(*from->etag != '\0' ? strcmp(from->etag, known->etag) == 0
				     : from->mtime == known->mtime &&
					       from->changed == known->changed);
	x->proof = DIFF_BY_LOG;
	if (is_log && is_ours && from->size == to->size)
		return;
	x->proof = DIFF_BY_TIME;
	/* two plain MD5 that differ say that the contents do */
	if (from->size == to->size && known == NULL &&
		(shape != 1 || etag_parts(to->etag) != 1)) {
		/* many servers tell whole seconds */
		x->is_unsure = from->changed / SECOND == to->changed / SECOND;
		if (from->changed <= to->changed && !x->is_unsure)
			return;
		x->kind = DIFF_CHANGED;
		return;
	}
	/* what we have written, and nobody since, is the older one whatever
	 * the clocks say */
	x->kind = is_ours || from->changed > to->changed ? DIFF_CHANGED
							 : DIFF_NEWER;
}

int
diff_next(struct diff *d, struct difference *x)
{
	int c;

	/* the objects of the last call are still the feeds' until now */
	if (!d->begun || d->has_a == 2)
		d->has_a = step(d, d->from, &d->a, d->last_a);
	if (d->has_a != -1 && (!d->begun || d->has_b == 2))
		d->has_b = step(d, d->to, &d->b, d->last_b);
	if (!d->begun && d->has_a != -1 && d->has_b != -1)
		(void)step_known(d);
	d->begun = true;
	if (d->has_a == -1 || d->has_b == -1 || d->has_k == -1)
		return -1;
	if (d->has_a == 0 && d->has_b == 0)
		return 0;
	memset(x, 0, sizeof(*x));
	c = d->has_a == 0   ? 1
	    : d->has_b == 0 ? -1
			    : object_compare(&d->a, &d->b);
	if (c > 0) {
		x->kind = DIFF_EXTRA;
		x->to = &d->b;
		d->has_b = 2;
		return 1;
	}
	while (d->has_k == 1 && object_compare(&d->k, &d->a) < 0)
		if (step_known(d) == -1)
			return -1;
	d->has_a = 2;
	if (c < 0) {
		x->kind = DIFF_MISSING;
		x->from = &d->a;
		return 1;
	}
	d->has_b = 2;
	if (d->has_k == 1 && object_compare(&d->k, &d->a) == 0)
		diff_judge(&d->a, &d->b, &d->k, d->version, x);
	else
		diff_judge(&d->a, &d->b, NULL, NULL, x);
	return 1;
}
