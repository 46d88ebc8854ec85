#ifndef STREAMCOPY_H
#define STREAMCOPY_H

#include <stddef.h>

struct chunkrun;
struct kvreply;

/*
 * A stream with all that belongs to it: IDs, last ID, counters, consumer
 * groups, consumers, and what is pending, of which entries may be deleted:
 * such an entry is made, claimed and deleted again, in its place.
 */

/* streamcopy_begin(r): ask the source what there is besides entries. 0; -1:
 * lost; r->failed is set if it does not tell. */
int streamcopy_begin(struct chunkrun *r);

/* streamcopy_given(r, m): the same for one whose source is not asked; ${m} is
 * taken. 0 or -1 (ENOMEM). */
struct streammeta;
int streamcopy_given(struct chunkrun *r, struct streammeta *m);

/* streamcopy_sink(ctx, item, n): of the reader; ctx is the chunkrun. */
void streamcopy_sink(void *ctx, const struct kvreply *const *item, size_t n);

/* streamcopy_end(r): what comes behind the entries is queued. 0 or -1. */
int streamcopy_end(struct chunkrun *r);

/* streamcopy_close(r): the same, but nothing is waited for. */
void streamcopy_close(struct chunkrun *r);

/* streamcopy_free(r). */
void streamcopy_free(struct chunkrun *r);

#endif
