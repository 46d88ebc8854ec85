#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "ends.h"
#include "env.h"
#include "json.h"
#include "keylist.h"
#include "keyscan.h"
#include "kv.h"
#include "limits.h"
#include "mem.h"
#include "num.h"
#include "rediscopy.h"
#include "share.h"
#include "status.h"
#include "streampel.h"

struct limits {
	struct ends *e;
	int64_t record, name, pending;
	uint64_t told; /* more than these say nothing new */
};

enum { MOST_TOLD = 20, SHOWN = 60 };

/* The beginning of a name, for people. 0 or -1 (ENOMEM). */
static int
put_name(struct buf *b, struct keylist_item k)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < k.len && i < SHOWN; i++) {
		unsigned char c = (unsigned char)k.key[i];

		rc = c > ' ' && c < 0x7f ? buf_putc(b, c)
					 : buf_printf(b, "\\x%02x", c);
	}
	return rc == 0 && k.len > SHOWN ? buf_puts(b, "...") : rc;
}

static int
tell(struct limits *l, const char *level, const char *rule,
	struct keylist_item k, const char *what, const char *fix)
{
	struct buf name = BUF_INIT;
	int rc = 0;

	if (l->told++ < MOST_TOLD)
		rc = put_name(&name, k) == -1
			     ? -1
			     : recorder_tell(&l->e->rec, level, rule, fix,
				       "the key %s %s", buf_str(&name), what);
	buf_fini(&name);
	return rc;
}

static int
judge_sizes(struct limits *l, const struct keyscan *s)
{
	struct keylist_item k;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < keylist_count(s->keys); i++) {
		k = keylist_get(s->keys, i);
		if (k.len > (uint64_t)l->name)
			rc = tell(l, "error", "redis-key-too-long", k,
				"has a longer name than Upstash takes (32 KB)",
				"leave it out with --exclude, or rename it");
		if (rc == 0 && s->size[i] != UINT64_MAX &&
			s->size[i] > (uint64_t)l->record)
			rc = tell(l, "error", "redis-record-too-large", k,
				"is larger than Upstash takes a record (100 "
				"MB)",
				"split it, or ask for a higher limit");
	}
	return rc;
}

/* Whether a consumer has more pending than is taken: 1, 0; -1: lost. */
static int
is_crowded(struct limits *l, struct keylist_item k)
{
	struct kv *kv = l->e->from.kv;
	struct streampel pel;
	size_t i, j;
	int found = 0;

	streampel_begin(&pel, kv, k.key, k.len);
	while (!pel.is_done)
		if (kv_pump(&kv, 1, 0.25) != KV_OK)
			return -1;
	for (i = 0; !pel.failed && i < pel.meta.n_groups; i++) {
		const struct streammeta_group *g = &pel.meta.group[i];
		int64_t *n = mem_zalloc(g->n_consumers + 1, sizeof(*n));

		for (j = 0; n != NULL && j < g->n_pending; j++)
			found |= ++n[g->pending[j].consumer] > l->pending;
		free(n);
	}
	streampel_fini(&pel);
	return found;
}

static int
judge_streams(struct limits *l, const struct keyscan *s)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < keylist_count(s->keys); i++) {
		struct keylist_item k = keylist_get(s->keys, i);

		if ((rc = is_crowded(l, k)) == 1)
			rc = tell(l, "warning", "redis-pending-too-many", k,
				"has a consumer with more pending entries than "
				"Upstash gives out (1000)",
				"have them acknowledged before the copy");
	}
	return rc;
}

static int
see_to(struct limits *l, const char *type,
	int (*judge)(struct limits *l, const struct keyscan *s))
{
	struct keyscan s;
	int status = keyscan_init(&s, &l->e->from, l->e->opt) == 0
			     ? STATUS_OK
			     : STATUS_TEMPORARY;

	s.type = type;
	while (status == STATUS_OK && !s.is_done) {
		status = keyscan_next(&s);
		if (status == STATUS_OK && judge(l, &s) == -1)
			status = STATUS_TEMPORARY;
	}
	keyscan_fini(&s);
	return status;
}

/* Of the map; what it does not have limits nothing. */
static int64_t
limit(const struct json_val *v, const char *name)
{
	int64_t n;

	return json_int(json_get(v, name), 1, INT64_MAX, &n) == 0 ? n
								  : INT64_MAX;
}

int
limits_tell(struct ends *e)
{
	struct json *map = share_open("redis");
	const struct json_val *v =
		map != NULL ? json_get(json_root(map), "upstash") : NULL;
	struct limits l = {.e = e,
		.record = limit(v, "record_bytes"),
		.name = limit(v, "key_bytes"),
		.pending = limit(v, "pending_a_consumer")};
	const char *type = e->opt->type;
	int status = STATUS_OK;
	size_t i;

	json_free(map);
	for (i = 0; status == STATUS_OK && i < e->dbs.n; i++) {
		if (side_select(&e->from, e->dbs.pair[i].from) == -1)
			return STATUS_TEMPORARY;
		status = see_to(&l, NULL, judge_sizes);
		if (status == STATUS_OK && is_side_able(&e->from, SIDE_XINFO) &&
			e->from.server.version >= 60000 &&
			(type == NULL || strcmp(type, "stream") == 0))
			status = see_to(&l, "stream", judge_streams);
	}
	return status;
}
