#ifndef CHUNKRUN_H
#define CHUNKRUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fieldtimes.h"
#include "reader.h"

struct chunk;
struct streamcopy;

/* A key under way: chunk.c, and streamcopy.c for streams. */
struct chunkrun {
	struct chunk *c;
	const char *tmp; /* the temporary key on the target */
	size_t tmp_len;
	struct reader reader;
	struct streamcopy *stream; /* of a stream, else NULL */
	struct fieldtimes times;   /* of a hash's fields */
	uint64_t writing;      /* bytes of commands that are not acknowledged */
	uint64_t left;         /* bytes of a string that are still to be sent */
	int64_t before, after; /* how many elements there are on the source */
	int64_t has;           /* ... and on the target, at the end */
	bool kept;             /* the target has such a key, and keeps it */
	bool failed;           /* the target has refused something: ${c->why} */
};

/* chunkrun_write(r, command, more, bytes): a write of some ${bytes} to the
 * temporary key begins; ${more} words follow. */
void chunkrun_write(
	struct chunkrun *r, const char *command, size_t more, uint64_t bytes);

/* chunkrun_write2(r, command, sub, more): the same for "XGROUP CREATE tmp". */
void chunkrun_write2(
	struct chunkrun *r, const char *command, const char *sub, size_t more);

/* chunkrun_elements(r, item, n): of the type r->reader.type, as a reader hands
 * them over. chunkrun_time(r, field, len, at): when a hash's field expires. */
struct kvreply;
void chunkrun_elements(
	struct chunkrun *r, const struct kvreply *const *item, size_t n);
void chunkrun_time(
	struct chunkrun *r, const char *field, size_t len, int64_t at);

#endif
