#ifndef PIPE_H
#define PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ratelimit.h"

struct clock;
struct keylist;
struct side;

/*
 * The stream of small keys from one server to the other: SCAN, size, expiry,
 * DUMP, RESTORE, all in flight at once within a window of bytes on either
 * side. Keys that are too big for it, and those whose payload the target does
 * not take, are put aside for others.
 */
enum pipe_policy { PIPE_REPLACE, PIPE_SKIP };

struct pipe_options {
	const char *match; /* of SCAN, or NULL */
	const char *type;  /* of SCAN (6.0), or NULL */
	enum pipe_policy policy;
	uint64_t big;    /* bytes of memory above which a key is big */
	uint64_t window; /* bytes under way a side, at most */
	uint64_t byte_rate, command_rate; /* a second; 0: no limit */
	/* is_wanted(ctx, key, len): a filter of the caller's, or NULL;
	 * target_key(ctx, key, len, out, out_len): the name on the target, or
	 * NULL for the same; borrowed until the next call */
	bool (*is_wanted)(void *ctx, const char *key, size_t len);
	int (*target_key)(void *ctx, const char *key, size_t len,
		const char **out, size_t *out_len);
	/* safe(ctx, cursor): all keys before this cursor are on the target; 0
	 * or -1. May be NULL. */
	int (*safe)(void *ctx, const char *cursor);
	/* is_full(ctx): the keys put aside are to be seen to: pipe_run ends
	 * once what is under way has arrived. May be NULL. */
	bool (*is_full)(void *ctx);
	/* tick(ctx): a few times a second. May be NULL. */
	void (*tick)(void *ctx);
	void *ctx;
};

struct pipe_counts {
	uint64_t seen; /* keys that SCAN returned */
	uint64_t copied;
	uint64_t bytes;             /* of payloads copied */
	uint64_t skipped;           /* on the target already, with PIPE_SKIP */
	uint64_t expired, vanished; /* meanwhile */
	uint64_t filtered;
	uint64_t yielded; /* times that a slow source was asked for less */
};

#define PIPE_TYPES 256

struct pipe {
	const struct pipe_options *opt;
	struct side *from, *to;
	const struct clock *clock;
	/* for each type byte: 0 as it comes; > 0 under that version; < 0 not
	 * by payload at all */
	const int16_t *stamp;
	struct keylist *big;      /* keys to be copied in chunks */
	struct keylist *refused;  /* keys that RESTORE does not take */
	struct keylist *vanished; /* keys that are gone, or NULL */
	struct pipe_counts counts;
	/* after STATUS_OK of pipe_run: it has ended for is_full, and goes on
	 * from that cursor */
	bool is_paused;
	char cursor[24];
};

/*
 * pipe_run(p, cursor): copy the selected database from that cursor of SCAN
 * ("0" for all). STATUS_OK; STATUS_TEMPORARY: a connection was lost (the
 * caller goes on from the last safe cursor); STATUS_NO: the target is full or
 * read-only, after a message. But for STATUS_OK, both sessions must be opened
 * anew before they are used again.
 */
int pipe_run(struct pipe *p, const char *cursor);

/* pipe_list(p, list): the same for the listed keys. */
int pipe_list(struct pipe *p, const struct keylist *list);

#endif
