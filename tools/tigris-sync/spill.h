#ifndef SPILL_H
#define SPILL_H

#include <stddef.h>

struct spill;

/*
 * Sorting what may not fit in memory: records of a key and some bytes, kept in
 * memory up to a bound, then in sorted runs in one unlinked temporary file.
 */

/* spill_new(max): at most about ${max} bytes in memory. NULL: ENOMEM. */
struct spill *spill_new(size_t max);
void spill_free(struct spill *s);

/* spill_add(s, key, klen, p, n): copy one in. 0, or -1 after a message. */
int spill_add(
	struct spill *s, const void *key, size_t klen, const void *p, size_t n);

/* spill_sort(s): all are in. 0, or -1 after a message. */
int spill_sort(struct spill *s);

/*
 * spill_next(s, key, klen, p, n): 1 and the next in the order of the keys'
 * bytes, those of equal keys in the order they came, borrowed until the next
 * call; 0 at the end; -1 after a message.
 */
int spill_next(struct spill *s, const char **key, size_t *klen, const char **p,
	size_t *n);

#endif
