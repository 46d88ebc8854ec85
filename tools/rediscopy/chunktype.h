#ifndef CHUNKTYPE_H
#define CHUNKTYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunk;
struct kv;
struct kvreply;

/* A key under way; what the readers of each type work on. */
struct chunkrun {
	struct chunk *c;
	const char *tmp; /* the temporary key on the target */
	size_t tmp_len;
	int64_t at;      /* an index or offset */
	char cursor[24]; /* of *SCAN */
	int64_t step;    /* elements, or bytes, to ask for next */
	bool is_asking, is_read;
	int64_t length;   /* before it was read: STRLEN, LLEN, ... */
	uint64_t writing; /* bytes of commands that are not acknowledged */
	bool is_scanned;  /* of a zset: by ZSCAN */
	bool failed;      /* the target has refused something */
	int lost;
};

struct chunktype {
	const char *name;   /* what TYPE says */
	const char *length; /* the command that measures it */
	int64_t step;
	/* ask(r): queue the next read, answered by chunktype_taken.
	 * take(r, reply): queue what it says on the target; ends with
	 * ${is_read}. */
	void (*ask)(struct chunkrun *r);
	void (*take)(struct chunkrun *r, const struct kvreply *reply);
};

/* chunktype_find(name): NULL: none for that type. */
const struct chunktype *chunktype_find(const char *name);

/* For the readers: a read of the source by "COMMAND key", whose further words
 * follow; a write to the target by "COMMAND tmp". */
void chunkrun_ask(struct chunkrun *r, const char *command, size_t more);
void chunkrun_write(
	struct chunkrun *r, const char *command, size_t more, size_t bytes);

/* The sessions to put the further words to. */
struct kv *chunkrun_from(const struct chunkrun *r);
struct kv *chunkrun_to(const struct chunkrun *r);

#endif
