#include <string.h>

#include "buf.h"
#include "clock.h"
#include "copyin.h"
#include "copyout.h"
#include "ledger.h"
#include "msg.h"
#include "multiset.h"
#include "part.h"
#include "pgcopy.h"
#include "rowhash.h"
#include "session.h"
#include "worker.h"

/* Output is gathered to messages of this size. */
enum { BATCH = 64 * 1024 };

static int
flush(struct session *to, struct buf *batch)
{
	int rc = batch->len ? copyin_put(to, batch->data, batch->len) : 0;

	batch->len = 0;
	return rc;
}

static int
forward(struct session *to, struct buf *batch, const struct copyout_piece *p)
{
	bool large = p->len >= BATCH / 2;

	/* what was gathered goes before a piece that is sent as it is */
	if ((large || batch->len + p->len > BATCH) && flush(to, batch))
		return -1;
	if (large)
		return copyin_put(to, p->data, p->len);
	return buf_append(batch, p->data, p->len);
}

/* Keeps to the rate: both servers wait meanwhile. */
static void
pause_for(struct worker *w, size_t n)
{
	double wait;

	if (!w->opt->rate)
		return;
	wait = ratelimit_take(&w->limit, n, clock_mono(w->clock));
	if (wait > 0)
		clock_sleep(w->clock, wait);
}

/* Streams the source into the target's open COPY, hashing. 0 or -1. */
static int
pump(struct worker *w, const struct part *p, struct copyout *from,
	struct multiset *m)
{
	struct copyout_piece piece;
	struct rowhash hash;
	struct buf batch = BUF_INIT;
	int rc;

	if (rowhash_init(&hash, p->binary) || buf_reserve(&batch, BATCH)) {
		msg_error("out of memory");
		rc = -1;
		goto out;
	}
	while ((rc = copyout_next(from, &piece)) > 0) {
		rowhash_feed(&hash, &piece, m);
		if (forward(w->target, &batch, &piece)) {
			rc = -1;
			break;
		}
		if (piece.is_read)
			worker_progress(w, p->id, m);
		pause_for(w, piece.len);
	}
	if (rc == 0)
		rc = flush(w->target, &batch);
out:
	rowhash_fini(&hash);
	buf_fini(&batch);
	return rc;
}

/* A range of the key is read by its index; a scan of all would be repeated by
 * every other part. */
static int
start_out(struct session *s, const struct part *p, struct copyout **from)
{
	if (p->by_key && session_exec(s, "SET enable_seqscan = off"))
		return -1;
	return copyout_start(s, p->out, from);
}

/* After it: other parts plan as they should. */
static int
end_out(struct session *s, const struct part *p)
{
	return p->by_key ? session_exec(s, "SET enable_seqscan = on") : 0;
}

int
streampart_transfer(struct worker *w, const struct part *p, struct multiset *m)
{
	struct copyout *from;
	uint64_t rows = 0;
	int rc;

	/* the source first: while it fails the target has nothing open */
	if (start_out(w->source, p, &from))
		return -1;
	if (copyin_start(w->target, p->in)) {
		copyout_close(from);
		return -1;
	}
	rc = pump(w, p, from, m);
	copyout_close(from);
	if (rc) {
		if (is_session_alive(w->target))
			copyin_abort(w->target, "the source failed");
		return -1;
	}
	if (copyin_end(w->target, &rows) || end_out(w->source, p))
		return -1;
	if (rows != m->rows) {
		msg_error("part %s: %llu rows were sent, %llu arrived", p->id,
			(unsigned long long)m->rows, (unsigned long long)rows);
		return -1;
	}
	return 0;
}

int
streampart_copy(struct worker *w, const struct part *p, struct multiset *m)
{
	int done = ledger_get(w->target, p->id, m);

	if (done)
		return done < 0 ? -1 : ledger_check(w->target, w->snapshot);
	*m = (struct multiset)MULTISET_INIT;
	if (session_exec(w->target, "BEGIN") ||
		(p->before && session_exec(w->target, p->before)) ||
		streampart_transfer(w, p, m) ||
		(p->after && session_exec(w->target, p->after)) ||
		ledger_add_read(w->target, p->id, p->kind, m, w->snapshot) ||
		session_exec(w->target, "COMMIT"))
		return -1;
	return 0;
}

int
streampart_hash(struct worker *w, const struct part *p, struct multiset *m)
{
	struct session *s =
		strcmp(p->side, "source") == 0 ? w->source : w->target;
	struct copyout_piece piece;
	struct copyout *from;
	struct rowhash hash;
	int rc = -1;

	if (rowhash_init(&hash, p->binary)) {
		msg_error("out of memory");
		return -1;
	}
	if (start_out(s, p, &from) == 0) {
		while ((rc = copyout_next(from, &piece)) > 0) {
			rowhash_feed(&hash, &piece, m);
			if (piece.is_read)
				worker_progress(w, p->id, m);
		}
		copyout_close(from);
		if (rc == 0)
			rc = end_out(s, p);
	}
	rowhash_fini(&hash);
	return rc;
}
