#include "stringcopy.h"
#include "chunk.h"
#include "chunkrun.h"
#include "kv.h"
#include "kvreply.h"
#include "side.h"

bool
is_stringcopy_fit(const struct chunkrun *r)
{
	/* others limit what a request may have: Upstash to 10 MB */
	enum side_flavor f = r->c->to->server.flavor;

	return f == SIDE_REDIS || f == SIDE_VALKEY;
}

void
stringcopy_begin(struct chunkrun *r, uint64_t len)
{
	chunkrun_write(r, "SET", 1, 0);
	kv_word_begin(r->c->to->kv, len);
	r->left = len;
}

static void
put(struct chunkrun *r, const char *p, size_t n)
{
	/* what has been added meanwhile is another copy's */
	if (n > r->left)
		n = (size_t)r->left;
	kv_bytes(r->c->to->kv, p, n);
	r->left -= n;
	r->c->bytes += n;
}

void
stringcopy_sink(void *ctx, const struct kvreply *const *item, size_t n)
{
	(void)n;
	put(ctx, item[0]->str, item[0]->len);
}

int
stringcopy_end(struct chunkrun *r)
{
	static const char none[64 << 10];
	struct kv *to = r->c->to->kv;

	while (r->left > 0) {
		put(r, none, sizeof(none));
		if (kv_unsent(to) > r->c->window && kv_pump(&to, 1, 0.25))
			return -1;
	}
	kv_word_end(to);
	return kv_drain(to) == KV_OK ? 0 : -1;
}
