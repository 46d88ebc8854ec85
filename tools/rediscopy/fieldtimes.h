#ifndef FIELDTIMES_H
#define FIELDTIMES_H

#include <stddef.h>
#include <stdint.h>

struct keylist;
struct kv;
struct kvreply;

/* When the fields of a hash expire, which servers from Redis 7.4 and Valkey 9
 * on know. */
struct fieldtimes {
	struct keylist *fields; /* asked about, in order */
	size_t taken;           /* of these, answered */
	/* take(ctx, field, len, at): it expires, ms since 1970 */
	void (*take)(void *ctx, const char *field, size_t len, int64_t at);
	void *ctx;
};

/* fieldtimes_ask(f, kv, key, len, item, n): queue the question about the fields
 * of the ${n} items, each followed by its value. 0 or -1 (ENOMEM). */
int fieldtimes_ask(struct fieldtimes *f, struct kv *kv, const char *key,
	size_t len, const struct kvreply *const *item, size_t n);

/* fieldtimes_fini(f): once nothing of it is unanswered, or its session is
 * closed. */
void fieldtimes_fini(struct fieldtimes *f);

#endif
