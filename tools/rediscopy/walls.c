#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "copying.h"
#include "keydigest.h"
#include "keylist.h"
#include "kv.h"
#include "kvpayload.h"
#include "kvreply.h"
#include "mem.h"
#include "msg.h"
#include "rediscopy.h"
#include "side.h"
#include "status.h"
#include "walls.h"

enum { SAMPLE = 1000 };

/* One key of a kind. */
struct canary {
	struct buf key, payload;
};

struct walls {
	struct copying *c;
	struct keylist *keys; /* of the sample */
	uint64_t *size;       /* of each */
	struct canary canary[PIPE_TYPES];
	struct buf tmp; /* the temporary name on the target */
	int version;    /* of the target's own payloads */
	int source;     /* of the source's, once one was seen */
	bool failed;
};

static const struct kvreply *
ask_target(struct walls *w, const char *command)
{
	struct kv *to = w->c->e.to.kv;

	kv_begin(to, 2, NULL, NULL, 0);
	kv_text(to, command);
	kv_word(to, w->tmp.data, w->tmp.len);
	return kv_finish(to);
}

/* The version that the target writes; 0: it does not tell; -1: lost. */
static int
find_version(struct walls *w)
{
	struct kv *to = w->c->e.to.kv;
	const struct kvreply *r;
	int version = 0;

	kv_begin(to, 3, NULL, NULL, 0);
	kv_text(to, "SET");
	kv_word(to, w->tmp.data, w->tmp.len);
	kv_text(to, "1");
	if ((r = kv_finish(to)) == NULL)
		return -1;
	if (!is_kvreply_ok(r))
		return 0;
	if ((r = ask_target(w, "DUMP")) == NULL)
		return -1;
	if (is_kvreply(r, KVREPLY_STRING))
		version = kvpayload_version(r->str, r->len);
	return ask_target(w, "DEL") == NULL ? -1 : version;
}

static int
on_scanned(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct walls *w = ctx;
	size_t i;

	(void)k;
	(void)tag;
	if (!is_kvreply(r, KVREPLY_ARRAY) || r->n != 2)
		return 0;
	r = r->item[1];
	for (i = 0; i < r->n; i++)
		if (is_kvreply(r->item[i], KVREPLY_STRING) &&
			keylist_add(w->keys, r->item[i]->str, r->item[i]->len,
				0, NULL) == -1)
			w->failed = true;
	return 0;
}

static int
on_size(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct walls *w = ctx;

	(void)k;
	w->size[tag] = is_kvreply(r, KVREPLY_INTEGER) ? (uint64_t)r->integer
						      : UINT64_MAX;
	return 0;
}

/* Keeps the first of each kind that is of a later version. */
static int
on_dumped(void *ctx, struct kv *k, const struct kvreply *r, uintptr_t tag)
{
	struct walls *w = ctx;
	struct keylist_item key = keylist_get(w->keys, (size_t)tag);
	struct canary *c;

	(void)k;
	if (!is_kvreply(r, KVREPLY_STRING) || r->len <= KVPAYLOAD_FOOTER)
		return 0;
	w->source = kvpayload_version(r->str, r->len);
	if (w->source <= w->version)
		return 0;
	c = &w->canary[kvpayload_type(r->str, r->len)];
	if (c->payload.len == 0 &&
		(buf_append(&c->payload, r->str, r->len) == -1 ||
			buf_append(&c->key, key.key, key.len) == -1))
		w->failed = true;
	return 0;
}

static void
ask_source(struct walls *w, const char *command, const char *sub, size_t i,
	kv_handler *handler)
{
	struct kv *from = w->c->e.from.kv;
	struct keylist_item k = keylist_get(w->keys, i);

	kv_begin(from, sub != NULL ? 3 : 2, handler, w, i);
	kv_text(from, command);
	if (sub != NULL)
		kv_text(from, sub);
	kv_word(from, k.key, k.len);
}

/* The keys of the sample, and how much memory each takes. A kv_result. */
static enum kv_result
take_sample(struct walls *w)
{
	const struct side_scan scan = {.cursor = "0", .count = SAMPLE};
	struct kv *from = w->c->e.from.kv;
	enum kv_result rc;
	size_t i, n;

	side_scan(&w->c->e.from, &scan, on_scanned, w);
	if ((rc = kv_drain(from)) != KV_OK)
		return rc;
	n = keylist_count(w->keys);
	if ((w->size = mem_zalloc(n + 1, sizeof(*w->size))) == NULL)
		w->failed = true;
	for (i = 0; i < n && !w->failed; i++)
		ask_source(w, "MEMORY", "USAGE", i, on_size);
	return kv_drain(from);
}

/* The canaries, of a source whose payloads are of a later version: all that it
 * writes are of one. A kv_result. */
static enum kv_result
find_canaries(struct walls *w)
{
	enum { AT_ONCE = 1 << 20 }; /* so that the answers do not pile up */
	struct kv *from = w->c->e.from.kv;
	enum kv_result rc = take_sample(w);
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; rc == KV_OK && i < keylist_count(w->keys) && !w->failed;
		i++) {
		if (w->size[i] > w->c->pipe_options.big)
			continue;
		ask_source(w, "DUMP", NULL, i, on_dumped);
		bytes += w->size[i];
		if (bytes <= AT_ONCE && w->source != 0)
			continue;
		bytes = 0;
		rc = kv_drain(from);
		if (w->source != 0 && w->source <= w->version)
			return rc;
	}
	return rc == KV_OK ? kv_drain(from) : rc;
}

/* Whether the target takes it: 1, 0; -1: lost. */
static int
restore(struct walls *w, const struct canary *c)
{
	struct kv *to = w->c->e.to.kv;
	const struct kvreply *r;

	kv_begin(to, 5, NULL, NULL, 0);
	kv_text(to, "RESTORE");
	kv_word(to, w->tmp.data, w->tmp.len);
	kv_text(to, "0");
	kv_word(to, c->payload.data, c->payload.len);
	kv_text(to, "REPLACE");
	if ((r = kv_finish(to)) == NULL)
		return -1;
	return is_kvreply_ok(r) ? 1 : 0;
}

/* Whether both ends now hold the same: 1, 0; -1: lost. */
static int
is_proven(struct walls *w, const struct canary *c)
{
	struct ends *e = &w->c->e;
	struct kv *both[2] = {e->from.kv, e->to.kv};
	struct keydigest from, to;
	int rc = 0;

	memset(&to, 0, sizeof(to));
	if (keydigest_begin(&from, &e->from, c->key.data, c->key.len) == -1 ||
		keydigest_begin(&to, &e->to, w->tmp.data, w->tmp.len) == -1)
		rc = -1;
	while (rc == 0 && !(from.is_done && to.is_done)) {
		keydigest_step(&from);
		keydigest_step(&to);
		if (kv_pump(both, 2, 0.1) != KV_OK)
			rc = -1;
	}
	/* expiries are none of the payload's */
	from.expires = to.expires = -1;
	if (rc == 0)
		rc = is_keydigest_equal(&from, &to, 0) ? 1 : 0;
	keydigest_fini(&from);
	keydigest_fini(&to);
	return rc;
}

/* How payloads of that kind are to be sent. 0, or -1: lost. */
static int
judge(struct walls *w, int type)
{
	struct canary *c = &w->canary[type];
	unsigned char footer[KVPAYLOAD_FOOTER];
	size_t body = c->payload.len - KVPAYLOAD_FOOTER;
	int rc = restore(w, c), needs = kvpayload_needs(type);
	int16_t stamp = 0;

	if (rc == 0) {
		stamp = -1;
		if (needs > 0 && needs <= w->version) {
			kvpayload_footer(
				c->payload.data, body, w->version, footer);
			memcpy(c->payload.data + body, footer, sizeof(footer));
			rc = restore(w, c);
			if (rc == 1 && (rc = is_proven(w, c)) == 1)
				stamp = (int16_t)w->version;
		}
	}
	if (rc == -1 || ask_target(w, "DEL") == NULL)
		return -1;
	w->c->stamp[type] = stamp;
	msg_debug("payloads of type %d: %s", type,
		stamp == 0  ? "as they come"
		: stamp > 0 ? "under the target's version"
			    : "element by element");
	return 0;
}

int
walls_probe(struct copying *c)
{
	const unsigned needed = SIDE_DUMP | SIDE_MEMORY;
	struct walls *w;
	int i, rc = -1;

	if (!is_side_able(&c->e.from, needed) ||
		!is_side_able(&c->e.to, SIDE_DUMP | SIDE_RESTORE))
		return STATUS_OK;
	if ((w = mem_zalloc(1, sizeof(*w))) == NULL)
		goto out;
	w->c = c;
	if ((w->keys = keylist_new()) == NULL ||
		buf_printf(&w->tmp, "airlift:rediscopy:%s", c->e.run) == -1)
		goto out;
	if ((w->version = find_version(w)) == -1)
		goto out;
	if (w->version > 0) {
		if (find_canaries(w) != KV_OK || w->failed)
			goto out;
		for (i = 0; i < PIPE_TYPES; i++)
			if (w->canary[i].payload.len > 0 && judge(w, i) == -1)
				goto out;
	}
	rc = 0;
out:
	for (i = 0; w != NULL && i < PIPE_TYPES; i++) {
		buf_fini(&w->canary[i].key);
		buf_fini(&w->canary[i].payload);
	}
	if (w != NULL) {
		keylist_free(w->keys);
		buf_fini(&w->tmp);
		free(w->size);
	}
	free(w);
	return rc == 0 ? STATUS_OK : STATUS_TEMPORARY;
}
