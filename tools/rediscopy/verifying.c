#include <string.h>

#include "buf.h"
#include "clock.h"
#include "compare.h"
#include "ends.h"
#include "env.h"
#include "jsonbytes.h"
#include "jsonw.h"
#include "keydigest.h"
#include "keyfilter.h"
#include "keylist.h"
#include "msg.h"
#include "multiset.h"
#include "progress.h"
#include "rediscopy.h"
#include "status.h"
#include "verifying.h"

enum { ROUNDS = 3, TRIES = 10 };

static void
put_side(struct jsonw *w, const char *name, const struct keydigest *d)
{
	char hex[MULTISET_HEX + 1];

	if (d == NULL || strcmp(d->type, "none") == 0)
		return;
	jsonw_object(w, name);
	jsonw_str(w, "kind", d->type);
	jsonw_int(w, "elements", d->elements);
	multiset_format(&d->sum, hex);
	jsonw_str(w, "digest", hex);
	if (d->expires >= 0)
		jsonw_time(w, "expires", (double)d->expires / 1000);
	jsonw_close(w);
}

int
verifying_put(struct verifying *v, const struct compare_diff *d)
{
	static const char *const names[] = {[COMPARE_MISSING] = "missing",
		[COMPARE_EXTRA] = "extra",
		[COMPARE_TYPE] = "type",
		[COMPARE_VALUE] = "value",
		[COMPARE_EXPIRY] = "expiry",
		[COMPARE_UNREADABLE] = "not comparable"};
	struct buf b = BUF_INIT;
	struct jsonw w;

	v->found++;
	jsonw_record(&w, &b, "key.differs");
	jsonw_int(&w, "db", v->e->dbs.pair[v->pair].from);
	jsonbytes_put(&w, "key", d->key, d->len);
	jsonw_str(&w, "what", names[d->what]);
	put_side(&w, "source", d->from);
	put_side(&w, "target", d->to);
	return recorder_put(&v->e->rec, &w, &b, false);
}

/* What differs is told at once in the last round, else kept for the next. */
static int
differs(void *ctx, const struct compare_diff *d)
{
	struct verifying *v = ctx;

	struct keylist *list = v->is_last        ? v->told
			       : d->from == NULL ? v->extra
						 : v->differing;

	if (v->is_last && v->is_told_again &&
		is_keylist_member(v->told, d->key, d->len, 0))
		return 0;
	if (keylist_add(list, d->key, d->len, 0, NULL) == -1) {
		msg_error("out of memory");
		return -1;
	}
	return v->is_last ? verifying_put(v, d) : 0;
}

static int
target_key(void *ctx, const char *key, size_t len, const char **out,
	size_t *out_len)
{
	static const struct buf empty = BUF_INIT;
	struct verifying *v = ctx;

	if (v->name.data == NULL)
		v->name = empty;
	if (keyfilter_target(v->e->opt, v->e->dbs.pair[v->pair].from, &v->name,
		    key, len) == -1)
		return -1;
	*out = v->name.data;
	*out_len = v->name.len;
	return 0;
}

static int
source_key(void *ctx, const char *key, size_t len, const char **out,
	size_t *out_len)
{
	struct verifying *v = ctx;

	return keyfilter_source(v->e->opt, v->e->dbs.pair[v->pair].from, key,
		len, out, out_len);
}

static bool
is_wanted(void *ctx, const char *key, size_t len)
{
	struct verifying *v = ctx;

	return is_keyfilter_wanted((void *)(uintptr_t)v->e->opt, key, len);
}

static void
on_tick(void *ctx)
{
	struct verifying *v = ctx;

	if (v->live != NULL)
		progress_update(v->e->progress, 0, v->live->keys);
	ends_tick(v->e);
}

static int
put_database(struct verifying *v, const struct compare_counts *n,
	uint64_t found, double seconds)
{
	struct buf b = BUF_INIT;
	struct jsonw w;

	jsonw_record(&w, &b, "keys.verified");
	jsonw_int(&w, "db", v->e->dbs.pair[v->pair].from);
	jsonw_int(&w, "target_db", v->e->dbs.pair[v->pair].to);
	jsonw_bool(&w, "equal", found == 0);
	jsonw_uint(&w, "keys", n->keys);
	jsonw_uint(&w, "differing", found);
	jsonw_num(&w, "seconds", seconds);
	return recorder_put(&v->e->rec, &w, &b, true);
}

/* A connection that is lost is made anew. 1: it was, and the comparison may be
 * tried again; 0: ${*status} is what it ends with. */
static int
try_again(struct verifying *v, int *tries, int *status)
{
	struct ends *e = v->e;

	if (*status != STATUS_TEMPORARY || (*tries)++ >= TRIES)
		return 0;
	if (is_kv_lost(e->from.kv) || is_kv_lost(e->to.kv))
		*status = ends_again(e);
	else if (v->has_moved)
		*status = STATUS_OK;
	return *status == STATUS_OK;
}

/* The listed keys, by what they hold. */
static int
compare_list(struct verifying *v, const struct keylist *list)
{
	struct compare c = {.opt = &v->options,
		.from = &v->e->from,
		.to = &v->e->to,
		.clock = v->e->env->clock};
	int status, tries = 0;

	keylist_clear(v->told);
	v->is_told_again = false;
	for (;;) {
		status = compare_keys(&c, list);
		if (!try_again(v, &tries, &status))
			return status;
		v->is_told_again = true;
		keylist_clear(v->differing);
		keylist_clear(v->extra);
	}
}

/* All keys. With a connection that was lost it goes on from where there was
 * nothing left to look at again, unless a server was started anew: then it
 * scans in another order. */
static int
compare_all(struct verifying *v, struct compare *c)
{
	uint64_t found = v->found;
	int status, tries = 0;

	for (;;) {
		v->has_moved = side_moved(&v->e->from);
		v->has_moved = side_moved(&v->e->to) || v->has_moved;
		v->is_stale = v->is_stale || (v->has_moved && v->pair > 0);
		if (v->has_moved || !c->mark.is_set) {
			memset(&c->mark, 0, sizeof(c->mark));
			v->settled = found;
		}
		v->has_moved = false;
		c->counts = c->mark.counts;
		v->found = v->settled;
		v->is_last = false;
		status = compare_run(c);
		if (!try_again(v, &tries, &status))
			return status;
		keylist_clear(v->differing);
		keylist_clear(v->extra);
	}
}

/* The keys that differed, again: some were only moving. */
static int
look_again(struct verifying *v, bool last)
{
	struct keylist *list = v->differing;
	int status;

	v->is_last = last;
	v->differing = v->spare;
	v->spare = list;
	status = compare_list(v, list);
	keylist_clear(list);
	return status;
}

/* Keys that the target alone has may have been deleted just before the target
 * was asked: they are compared like the others. 0 or -1 (ENOMEM). */
static int
take_extra(struct verifying *v)
{
	size_t i;

	for (i = 0; i < keylist_count(v->extra); i++) {
		struct keylist_item k = keylist_get(v->extra, i);

		(void)source_key(v, k.key, k.len, &k.key, &k.len);
		if (keylist_add(v->differing, k.key, k.len, 0, NULL) == -1)
			return -1;
	}
	keylist_clear(v->extra);
	return 0;
}

/* What differed is looked at again, until what is left is told. Of a list that
 * is ${full} each key has waited already while the others were found; and if
 * then none of them has settled, they are not only moving. */
static int
settle(struct verifying *v, bool full)
{
	int status = STATUS_OK, round;
	size_t before = 0, n;

	for (round = 1; round <= ROUNDS && status == STATUS_OK; round++) {
		if (take_extra(v) == -1)
			return STATUS_TEMPORARY;
		if ((n = keylist_count(v->differing)) == 0)
			break;
		if (full && n == before)
			round = ROUNDS;
		if (round < ROUNDS && !(full && round == 1))
			clock_sleep(v->e->env->clock, 0.2 * round);
		before = n;
		status = look_again(v, round == ROUNDS);
	}
	v->is_last = false;
	return status;
}

static int
work_off(void *ctx)
{
	struct verifying *v = ctx;

	if (settle(v, true) != STATUS_OK)
		return -1;
	v->has_moved = v->e->from.moved || v->e->to.moved;
	v->settled = v->found;
	return v->has_moved ? -1 : 0;
}

static int
verify_database(struct verifying *v)
{
	const struct clock *clock = v->e->env->clock;
	struct compare c = {.opt = &v->options,
		.from = &v->e->from,
		.to = &v->e->to,
		.clock = clock};
	double begun = clock_mono(clock);
	uint64_t before = v->found;
	int status;

	if (ends_select(v->e, v->pair) == -1)
		return STATUS_TEMPORARY;
	v->live = &c.counts;
	progress_start(v->e->progress, 0, "compared", 0);
	status = compare_all(v, &c);
	progress_finish(v->e->progress, 0);
	v->live = NULL;
	if (status == STATUS_OK)
		status = settle(v, false);
	v->keys += c.counts.keys;
	if (status == STATUS_OK && put_database(v, &c.counts, v->found - before,
					   clock_mono(clock) - begun) == -1)
		status = STATUS_TEMPORARY;
	return status;
}

static bool
is_full(void *ctx)
{
	struct verifying *v = ctx;

	return is_keylist_full(v->differing) || is_keylist_full(v->extra);
}

int
verifying_prepare(struct verifying *v, struct ends *e)
{
	const struct rediscopy_options *o = e->opt;
	const unsigned dumps = SIDE_DUMP | SIDE_PEXPIRETIME | SIDE_MEMORY;

	memset(v, 0, sizeof(*v));
	v->e = e;
	v->options.match = keyfilter_match(o);
	v->options.type = o->type;
	v->options.big = o->big;
	v->options.byte_rate = o->rate;
	v->options.tolerance = (int64_t)(o->tolerance * 1000);
	v->options.extra = true;
	v->options.same_payloads =
		is_side_able(&e->from, dumps) &&
		is_side_able(&e->to, SIDE_DUMP | SIDE_PEXPIRETIME);
	v->options.is_wanted = is_wanted;
	if (o->prefix != NULL) {
		v->options.target_key = target_key;
		v->options.source_key = source_key;
	}
	v->options.tick = on_tick;
	v->options.is_full = is_full;
	v->options.ctx = v;
	v->differing = keylist_new();
	v->extra = keylist_new();
	v->told = keylist_new();
	v->spare = keylist_new();
	if (v->differing != NULL && v->extra != NULL && v->told != NULL &&
		v->spare != NULL)
		return 0;
	msg_error("out of memory");
	return -1;
}

void
verifying_fini(struct verifying *v)
{
	keylist_free(v->differing);
	keylist_free(v->extra);
	keylist_free(v->told);
	keylist_free(v->spare);
	buf_fini(&v->name);
}

int
verifying_run(struct verifying *v, struct ends *e)
{
	int status =
		verifying_prepare(v, e) == -1 ? STATUS_TEMPORARY : STATUS_OK;

	v->options.differs = differs;
	v->options.work_off = work_off;
	for (v->pair = 0; status == STATUS_OK && v->pair < e->dbs.n; v->pair++)
		status = verify_database(v);
	v->is_stale = v->is_stale || e->from.moved || e->to.moved;
	verifying_fini(v);
	if (status == STATUS_OK && v->found > 0)
		status = STATUS_NO;
	if (status != STATUS_OK || !v->is_stale)
		return status;
	msg_error("a server was started anew after some of its keys had been "
		  "compared: verify again");
	return STATUS_TEMPORARY;
}

void
verifying_tell(uint64_t found, const char *fix)
{
	if (found > 0)
		msg_error("%llu keys differ: see the records key.differs (%s)",
			(unsigned long long)found, fix);
}
