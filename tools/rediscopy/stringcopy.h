#ifndef STRINGCOPY_H
#define STRINGCOPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chunkrun;
struct kvreply;

/*
 * A long string in one SET, which is sent as it is read. Appending would make
 * the target move all of it again and again; of a long argument it takes what
 * there is, and makes it the value without moving it.
 */

/* is_stringcopy_fit(r): the target takes commands of that size. */
bool is_stringcopy_fit(const struct chunkrun *r);

/* stringcopy_begin(r, len): the command, for a string of ${len} bytes. */
void stringcopy_begin(struct chunkrun *r, uint64_t len);

/* stringcopy_sink(ctx, item, n): of the reader; ctx is the chunkrun. */
void stringcopy_sink(void *ctx, const struct kvreply *const *item, size_t n);

/* stringcopy_end(r): what a string that has become shorter lacks, and the end
 * of the command, which is then waited for. 0, or -1: lost. */
int stringcopy_end(struct chunkrun *r);

#endif
