#ifndef KEYDIGEST_H
#define KEYDIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "expiry.h"
#include "fieldtimes.h"
#include "multiset.h"
#include "reader.h"

struct multiset_row;
struct side;
struct streammeta;

/* Who wants what is read besides its digest. */
struct keydigest_tap {
	/* begin(ctx): it is read from the beginning, for the first time or
	 * since it has changed meanwhile */
	void (*begin)(void *ctx);
	void (*elements)(
		void *ctx, const struct kvreply *const *item, size_t n);
	void (*time)(void *ctx, const char *field, size_t len, int64_t at);
	/* meta(ctx, m): of a stream, before its entries; may be taken, if
	 * zeros are left in its place */
	void (*meta)(void *ctx, struct streammeta *m);
	void *ctx;
};
struct streampel;

/*
 * What a key holds, as a digest that is the same for the same value whatever
 * server and encoding it lives in: of a string's bytes, of a list's elements in
 * order, of the set of members, fields or scores, of a stream's entries, groups
 * and pending entries.
 */
struct keydigest {
	struct side *side;
	const char *key;
	size_t len;
	/* the result, when ${is_done} */
	char type[16];   /* "none": there is no such key */
	int64_t expires; /* ms since 1970; -1: never */
	int64_t elements;
	struct multiset sum;
	struct multiset time_sum;    /* of when a hash's fields expire */
	bool is_done, is_unreadable; /* of a type that has no reader */
	bool has_times; /* both sides know expiries of fields: set it after
			   keydigest_begin */
	const struct keydigest_tap *tap; /* or NULL; set after that too */
	uint64_t size; /* memory that it takes, 0: not known; and that */
	/* how it is got */
	struct fieldtimes times;
	struct reader reader;
	struct multiset_row *row;
	struct streampel *pel; /* of a stream, while it is asked */
	struct expiry expiry;
	int64_t length;
	unsigned tries;
	bool is_started, is_counting, is_meta, failed;
};

/* keydigest_begin(d, side, key, len): queue the first questions; ${key} is
 * borrowed until it is done. 0 or -1 (ENOMEM). */
int keydigest_begin(
	struct keydigest *d, struct side *side, const char *key, size_t len);

/* keydigest_step(d): queue what comes next, if anything; called between
 * kv_pump()s until is_done. */
void keydigest_step(struct keydigest *d);

/* keydigest_read(all): steps of all of them, to their end. 0, and nothing is
 * unanswered; -1: a session has failed. */
struct kv;
struct keydigest_many {
	struct keydigest *first;
	size_t stride, n;     /* bytes from each to the next; how many */
	struct kv *const *kv; /* the sessions that are at work */
	size_t n_kv;
	void (*tick)(void *ctx); /* or NULL */
	void *ctx;
};
int keydigest_read(const struct keydigest_many *all);

/* keydigest_fini(d): once nothing of it is unanswered, or its session is
 * closed. */
void keydigest_fini(struct keydigest *d);

/* is_keydigest_equal(a, b, ms): the same type and value, and expiries at most
 * ${ms} milliseconds apart. */
bool is_keydigest_equal(
	const struct keydigest *a, const struct keydigest *b, int64_t ms);

#endif
