#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock;
struct keydigest;
struct keylist;
struct keystate;
struct side;

/*
 * Two databases compared key by key. First by what DUMP says, which only
 * proves that keys are equal: the same value may be written in two ways. Those
 * that are not proven so are compared by what they hold.
 */
enum compare_what {
	COMPARE_MISSING, /* the target has no such key */
	COMPARE_EXTRA,   /* the source has none */
	COMPARE_TYPE,
	COMPARE_VALUE,
	COMPARE_EXPIRY,
	COMPARE_UNREADABLE /* of a type that cannot be compared */
};

/* A key that differs; for COMPARE_EXTRA the target's name alone. */
struct compare_diff {
	enum compare_what what;
	const char *key;
	size_t len;
	const struct keydigest *from, *to; /* NULL where not asked */
};

struct compare_options {
	const char *match, *type; /* of SCAN, or NULL */
	uint64_t big;             /* above which DUMP is not asked */
	uint64_t
		byte_rate; /* a second, of what is read of the source; 0: any */
	int64_t tolerance; /* ms that expiries may differ by */
	bool extra;        /* look for keys that the target alone has */
	bool same_payloads; /* DUMP can be compared at all */
	bool (*is_wanted)(void *ctx, const char *key, size_t len);
	/* target_key, source_key: names on the other side; NULL: the same.
	 * source_key gives -2 for a name that is none of ours. */
	int (*target_key)(void *ctx, const char *key, size_t len,
		const char **out, size_t *out_len);
	int (*source_key)(void *ctx, const char *key, size_t len,
		const char **out, size_t *out_len);
	/* differs(ctx, d): 0, or -1 to stop */
	int (*differs)(void *ctx, const struct compare_diff *d);
	/* is_full(ctx): enough has been told; work_off(ctx) is then called with
	 * nothing under way on either side, whose sessions may be opened anew
	 * there, and the comparison goes on where it was: 0, or -1 to stop.
	 * May be NULL. */
	bool (*is_full)(void *ctx);
	int (*work_off)(void *ctx);
	void (*tick)(void *ctx);
	void *ctx;
};

struct compare_counts {
	uint64_t keys;      /* of the source, each compared */
	uint64_t by_dump;   /* of these, equal by DUMP */
	uint64_t by_value;  /* equal by what they hold */
	uint64_t unchanged; /* equal before, and not changed since */
	uint64_t differing, extra;
};

struct compare {
	const struct compare_options *opt;
	struct side *from, *to;
	const struct clock *clock;
	/* what the last comparison has seen, after which nobody but the caller
	 * has written to the target: keys that have not changed since are not
	 * asked of it. What this one sees. Each may be NULL. */
	struct keystate *before, *seen;
	struct compare_counts counts;
	/* how far it had come when work_off was called last: compare_run goes
	 * on from there */
	struct compare_mark {
		struct compare_counts counts;
		bool is_set, is_backward;
		char cursor[24];
	} mark;
};

/* compare_run(c): the selected databases, from c->mark. STATUS_OK (whatever
 * differs); STATUS_TEMPORARY: a connection was lost, or differs() has stopped
 * it: both sessions must be opened anew. */
int compare_run(struct compare *c);

/* compare_keys(c, list): the listed keys alone, by what they hold. */
int compare_keys(struct compare *c, const struct keylist *list);

#endif
