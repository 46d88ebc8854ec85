#include <string.h>

#include "buf.h"
#include "choose.h"
#include "diff.h"
#include "ends.h"
#include "msg.h"
#include "str.h"
#include "tigris.h"

/* Why a file's name cannot be a key, or NULL. */
static const char *
no_key(const struct ends *e, const struct object *o)
{
	size_t bad;

	if (e->engine.from != NULL)
		return NULL;
	if (utf8_check(o->key, o->len, &bad) == -1)
		return "the name is no UTF-8, which keys have to be: rename it";
	return o->len > 1024 ? "the path is longer than 1,024 bytes, which "
			       "keys may not be"
			     : NULL;
}

int
choose_work(struct ends *e, const struct difference *x, struct work *w,
	struct buf *version)
{
	const char *overwrite = e->opt->overwrite, *over = NULL, *why;

	if (x->kind == DIFF_SAME || x->kind == DIFF_EXTRA)
		return 0;
	if (x->from->len == 0) {
		engine_skipped(&e->engine, x->from, NULL,
			"its key is the prefix itself, and nothing is left "
			"of it");
		return 0;
	}
	why = no_key(e, x->from);
	if (why != NULL) {
		engine_failed(&e->engine, x->from, NULL, false, why);
		return 0;
	}
	if (x->kind == DIFF_NEWER && strcmp(overwrite, "always") != 0) {
		e->kept++;
		engine_skipped(&e->engine, x->from, NULL,
			"the target's is newer (--overwrite always replaces "
			"it)");
		return 0;
	}
	if (x->kind == DIFF_CHANGED && strcmp(overwrite, "never") == 0) {
		e->kept++;
		engine_skipped(&e->engine, x->from, NULL,
			"the target has it (--overwrite never)");
		return 0;
	}
	buf_clear(version);
	if (x->to != NULL && *x->to->etag != '\0') {
		if (buf_puts(version, x->to->etag) == -1)
			goto no_memory;
		over = buf_str(version);
	}
	if (work_init(w, WORK_COPY, x->from, over) == -1)
		goto no_memory;
	w->is_any = x->to != NULL && over == NULL;
	return 1;

no_memory:
	msg_error("out of memory");
	return -1;
}
