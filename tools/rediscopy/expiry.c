#include <string.h>

#include "expiry.h"
#include "kv.h"
#include "kvreply.h"
#include "num.h"
#include "side.h"

static void ask(struct expiry *e);

static int
on_time(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct expiry *e = ctx;
	int64_t seconds = 0, micros = 0, now;
	bool is_second = tag != 0;

	(void)k;
	if (is_kvreply(r, KVREPLY_ARRAY) && r->n == 2 &&
		r->item[0]->str != NULL && r->item[1]->str != NULL) {
		(void)num_int(r->item[0]->str, 0, INT64_MAX / 1000, &seconds);
		(void)num_int(r->item[1]->str, 0, 999999, &micros);
	}
	now = seconds * 1000 + micros / 1000;
	if (!is_second) {
		e->now = now;
		return 0;
	}
	e->at = e->left < 0 ? e->left : now + e->left;
	e->is_exact = e->left < 0 || now == e->now;
	if (!e->is_exact && --e->tries > 0) {
		ask(e);
		return 0;
	}
	e->is_done = true;
	return 0;
}

static int
on_left(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct expiry *e = ctx;
	bool is_time = tag != 0;

	(void)k;
	e->left = is_kvreply(r, KVREPLY_INTEGER) ? r->integer : -1;
	if (!is_time)
		return 0;
	e->at = e->left;
	e->is_done = e->is_exact = true;
	return 0;
}

static void
ask(struct expiry *e)
{
	struct kv *kv = e->side->kv;
	bool times = is_side_able(e->side, SIDE_PEXPIRETIME);

	if (!times)
		kv_queue(kv, on_time, e, 0, "TIME", NULL);
	kv_begin(kv, 2, on_left, e, times);
	if (times)
		kv_word(kv, "PEXPIRETIME", 11);
	else
		kv_word(kv, "PTTL", 4);
	kv_word(kv, e->key, e->len);
	if (!times)
		kv_queue(kv, on_time, e, 1, "TIME", NULL);
}

void
expiry_ask(struct expiry *e, struct side *side, const char *key, size_t len,
	unsigned tries)
{
	memset(e, 0, sizeof(*e));
	e->at = -1;
	e->side = side;
	e->key = key;
	e->len = len;
	e->tries = tries;
	ask(e);
}
