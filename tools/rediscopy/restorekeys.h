#ifndef RESTOREKEYS_H
#define RESTOREKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ends;
struct keyframe;
struct restorekeys;
struct streammeta;

/*
 * Keys of an archive on their way to the target: each is made under a temporary
 * name, read back, compared with the digest that the archive has of it, and
 * only then gets its own name. Many are at work at a time.
 */

struct restorekeys_counts {
	uint64_t keys, skipped, expired, failed, bytes;
	uint64_t expiring; /* of the keys */
};

/* restorekeys_new(e): NULL (ENOMEM). restorekeys_free(k): NULL is fine. */
struct restorekeys *restorekeys_new(struct ends *e);
void restorekeys_free(struct restorekeys *k);

/* restorekeys_begin(k, f, pair): a key for that pair of e->dbs, on whose
 * databases both sides are; then what belongs to it. All: an exit status. */
int restorekeys_begin(
	struct restorekeys *k, const struct keyframe *f, size_t pair);
int restorekeys_meta(struct restorekeys *k, struct streammeta *m);
int restorekeys_elements(struct restorekeys *k, const struct keyframe *f);
int restorekeys_times(struct restorekeys *k, const struct keyframe *f);
int restorekeys_drop(struct restorekeys *k);
int restorekeys_end(struct restorekeys *k, const struct keyframe *f);

/* restorekeys_finish(k): those that are at work are seen to. STATUS_OK: all
 * that were begun are done with, whatever became of them; or the status to
 * end with. */
int restorekeys_finish(struct restorekeys *k);

/* is_restorekeys_full(k): it is time for it. */
bool is_restorekeys_full(const struct restorekeys *k);

/* restorekeys_counts(k): since the last time it was asked for. */
struct restorekeys_counts restorekeys_take_counts(struct restorekeys *k);

#endif
