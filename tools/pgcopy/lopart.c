#include <string.h>

#include "json.h"
#include "largeobject.h"
#include "ledger.h"
#include "msg.h"
#include "multiset.h"
#include "part.h"
#include "session.h"
#include "worker.h"

/* One object on its way: where it goes (or NULL) and its digest so far. */
struct transit {
	struct worker *w;
	struct session *to;
	const char *id;
	uint32_t oid;
	struct multiset_row *row;
	struct multiset *m;
};

static int
slice(void *ctx, int64_t offset, const void *p, size_t n)
{
	struct transit *t = ctx;

	multiset_row_update(t->row, p, n);
	if (t->to && largeobject_write(t->to, t->oid, offset, p, n))
		return -1;
	worker_progress(t->w, t->id, t->m);
	return 0;
}

/* Reads each object, writes it if asked to; a row is an OID and its bytes. */
static int
each_object(struct worker *w, const struct part *p, struct session *from,
	struct session *to, struct multiset *m)
{
	struct transit t = {w, to, p->id, 0, multiset_row_new(), m};
	const struct json_val *v;
	int rc = 0;

	if (!t.row) {
		msg_error("out of memory");
		return -1;
	}
	for (v = json_first(p->oids); v && rc == 0; v = json_next(v)) {
		int64_t oid;
		unsigned char head[4];

		if (json_int(v, 1, UINT32_MAX, &oid)) {
			msg_error("part %s: bad OID", p->id);
			rc = -1;
			break;
		}
		t.oid = (uint32_t)oid;
		head[0] = (unsigned char)(t.oid >> 24);
		head[1] = (unsigned char)(t.oid >> 16);
		head[2] = (unsigned char)(t.oid >> 8);
		head[3] = (unsigned char)t.oid;
		multiset_row_update(t.row, head, sizeof(head));
		if (to)
			rc = largeobject_begin(to, t.oid);
		if (rc == 0)
			rc = largeobject_read(from, t.oid, slice, &t);
		multiset_row_end(t.row, m);
	}
	multiset_row_free(t.row);
	return rc;
}

int
lopart_copy(struct worker *w, const struct part *p, struct multiset *m)
{
	int done = p->again ? 0 : ledger_get(w->target, p->id, m);

	if (done)
		return done < 0 ? -1 : ledger_check(w->target, w->snapshot);
	*m = (struct multiset)MULTISET_INIT;
	if (session_exec(w->target, "BEGIN") ||
		each_object(w, p, w->source, w->target, m) ||
		(!p->again && ledger_add_read(w->target, p->id, p->kind, m,
				      w->snapshot)) ||
		session_exec(w->target, "COMMIT"))
		return -1;
	return 0;
}

int
lopart_hash(struct worker *w, const struct part *p, struct multiset *m)
{
	struct session *s =
		strcmp(p->side, "source") == 0 ? w->source : w->target;

	return each_object(w, p, s, NULL, m);
}
