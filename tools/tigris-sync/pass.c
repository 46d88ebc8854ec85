#include "pass.h"
#include "clock.h"
#include "diff.h"
#include "ends.h"
#include "env.h"
#include "folder.h"
#include "journal.h"
#include "msg.h"
#include "object.h"
#include "sorter.h"
#include "status.h"
#include "tigris.h"

void
pass_count(struct pass *p, const char *key, unsigned long len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	unsigned long i;

	for (i = 0; i < len; i++) {
		h ^= (unsigned char)key[i];
		h *= UINT64_C(0x100000001b3);
	}
	/* keys come in order or not: a sum does not care */
	h ^= h >> 29;
	p->digest += h * UINT64_C(0x9e3779b97f4a7c15);
	p->n++;
}

/* Whether the key is meant, and what it shows is no doing of ours. */
static bool
is_meant(struct ends *e, const struct difference *x, double now)
{
	const struct object *o = x->from != NULL ? x->from : x->to;

	/* an unfinished file of ours in a folder; in a bucket it is a key */
	if ((x->from != NULL ? e->engine.from : e->engine.to) == NULL &&
		is_folder_temporary(o->key))
		return false;
	/* a folder is no object that the target has too much */
	if (x->kind == DIFF_EXTRA && e->engine.to == NULL && o->len > 0 &&
		o->key[o->len - 1] == '/')
		return false;
	return x->from != NULL ? is_selected(&e->selection, o, now)
			       : is_selected_key(&e->selection, o);
}

static int
walk_both(struct pass *p, struct ends *e, struct feed *from, struct feed *to,
	bool *is_disordered)
{
	struct sorter *known =
		is_journal_resumed(e->journal) ? e->ledger.copied : NULL;
	double now = clock_wall(e->env->clock);
	struct difference x;
	struct diff d;
	int rc, status = STATUS_OK;

	if (diff_init(&d, from, to, known) == -1) {
		msg_error("out of memory");
		return STATUS_TEMPORARY;
	}
	p->n = p->digest = 0;
	while ((rc = diff_next(&d, &x)) == 1) {
		if (x.from != NULL)
			pass_count(p, x.from->key, x.from->len);
		if (is_meant(e, &x, now) &&
			(status = p->each(p->ctx, &x)) != STATUS_OK)
			break;
	}
	*is_disordered = rc == -1 && d.is_disordered;
	if (rc == -1 && status == STATUS_OK)
		status = d.status != 0 ? d.status : STATUS_TEMPORARY;
	diff_fini(&d);
	return status;
}

int
pass_run(struct pass *p, struct ends *e)
{
	bool is_disordered = false;
	int status = STATUS_TEMPORARY;
	struct feed *from = ends_list(e, true, false), *to = NULL;

	if (from != NULL)
		to = ends_list(e, false, true);
	if (to != NULL)
		status = walk_both(p, e, from, to, &is_disordered);
	feed_close(from);
	feed_close(to);
	if (!is_disordered)
		return status;
	msg_note("a listing is not in the order of its keys: both are sorted "
		 "here first");
	if (p->again != NULL)
		p->again(p->ctx);
	status = STATUS_TEMPORARY;
	to = NULL;
	from = ends_sorted(e, true);
	if (from != NULL)
		to = ends_sorted(e, false);
	if (to != NULL)
		status = walk_both(p, e, from, to, &is_disordered);
	feed_close(from);
	feed_close(to);
	return status;
}
