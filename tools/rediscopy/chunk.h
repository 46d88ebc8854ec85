#ifndef CHUNK_H
#define CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct kvreply;
struct side;

/*
 * One key copied element by element, without a call that would hold up either
 * server: to a temporary key on the target, which then gets the expiry and
 * the name. For keys too big for DUMP, and for servers that do not take each
 * other's payloads.
 */
struct chunk_key {
	const char *key, *target; /* the names on either side */
	size_t len, target_len;
};

enum chunk_result {
	CHUNK_COPIED,
	CHUNK_VANISHED, /* the key is not there any more */
	CHUNK_MOVING,   /* copied, but it changed meanwhile: copy it again */
	CHUNK_UNKNOWN,  /* of a type that has no reader here */
	CHUNK_KEPT,     /* the target has the name already, with ${keeps} */
	CHUNK_REFUSED,  /* the target does not take it: ${why} says what it
			   said */
	CHUNK_LOST      /* a connection: both must be opened anew */
};

struct chunk {
	struct side *from, *to;
	const struct chunk_key *k;
	const char *run; /* a name for temporary keys, unique to the run */
	bool keeps;      /* what the target has already */
	uint64_t size;   /* bytes of memory on the source, 0: not known */
	uint64_t window; /* bytes under way to the target */
	void (*tick)(void *ctx, uint64_t bytes); /* or NULL */
	void *ctx;
	/* results */
	char type[16];
	uint64_t elements, bytes;
	uint64_t lost_times; /* fields that expire, which the target cannot
				have */
	bool is_short;       /* the target has lost some of what it was given */
	struct buf why;
};

/* chunk_copy(c): ${c->why} is the caller's to buf_fini. */
enum chunk_result chunk_copy(struct chunk *c);

/* chunk_put_tmp(b, c): the name of its temporary key, in the same slot of a
 * cluster; appended. 0 or -1 (ENOMEM). */
int chunk_put_tmp(struct buf *b, const struct chunk *c);

#endif
