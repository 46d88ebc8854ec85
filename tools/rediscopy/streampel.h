#ifndef STREAMPEL_H
#define STREAMPEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "streammeta.h"

struct kv;

/*
 * What a stream is besides its entries, asked for in pages, so that neither a
 * long stream nor many pending entries hold its server up: XINFO STREAM FULL
 * for the first pending entry of each group, XPENDING for the rest. XPENDING
 * only tells how long ago an entry was delivered, but of all in a page at the
 * same moment, which an entry that is known already gives away.
 */
struct streampel {
	struct kv *kv;
	const char *key;
	size_t len;
	struct streammeta meta; /* the result, when ${is_done} */
	bool is_done, failed;
	char why[96]; /* what the server said */
	/* how it is got */
	size_t group;
	struct streammeta_pending known; /* where the page begins */
	bool has_known;
	int64_t time; /* the server's, ms */
};

/* streampel_begin(p, kv, key, len): queue the first question; the others are
 * queued by the replies, while ${kv} is pumped. ${key} is borrowed until it is
 * done. */
void streampel_begin(
	struct streampel *p, struct kv *kv, const char *key, size_t len);

/* streampel_fini(p): once it is done, or the session closed. */
void streampel_fini(struct streampel *p);

#endif
