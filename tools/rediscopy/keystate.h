#ifndef KEYSTATE_H
#define KEYSTATE_H

#include <stddef.h>
#include <stdint.h>

struct keystate;

/*
 * What a pass over a database has seen: of each key, a hash of its name and a
 * number that changes when its value or expiry does; 16 bytes a key, in a
 * nameless file, so that memory does not grow with the database.
 */

/* keystate_new(beside, keys): for about ${keys} keys, in the folder of the file
 * ${beside}, or, if that is NULL, of TMPDIR. NULL after a warning. */
struct keystate *keystate_new(const char *beside, uint64_t keys);

/* keystate_free(s): NULL is fine. */
void keystate_free(struct keystate *s);

/* keystate_get(s, key, len, value): 1; 0: there is none; -1: it cannot be
 * read. */
int keystate_get(
	struct keystate *s, const char *key, size_t len, uint64_t *value);

/* keystate_put(s, key, len, value): 1: it is a new one; 0: it was there, and
 * has that value now; -1: it cannot be kept, and no more is. */
int keystate_put(
	struct keystate *s, const char *key, size_t len, uint64_t value);

/* keystate_count(s): how many keys there are; 0 once some could not be kept. */
uint64_t keystate_count(const struct keystate *s);

#endif
