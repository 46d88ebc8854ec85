#ifndef DIRTYSET_H
#define DIRTYSET_H

#include <stdbool.h>
#include <stddef.h>

struct keylist;

/* Keys that have changed and are to be copied, each once, within a bound. */
struct dirtyset {
	struct keylist *keys; /* size: the source's database */
	size_t most, bytes;   /* of memory, about */
	bool is_over; /* there were too many: which keys is not known any more
		       */
};

/* dirtyset_init(d, most): 0 or -1 (ENOMEM). dirtyset_fini(d): in any state. */
int dirtyset_init(struct dirtyset *d, size_t most);
void dirtyset_fini(struct dirtyset *d);

/* dirtyset_add(d, db, key, len): without memory it is over, too. */
void dirtyset_add(struct dirtyset *d, int db, const char *key, size_t len);

/* dirtyset_take(d, list): its keys into ${list}, which was empty, and out of
 * the set. */
void dirtyset_take(struct dirtyset *d, struct keylist **list);

/* dirtyset_clear(d): no keys, and not over. dirtyset_count(d). */
void dirtyset_clear(struct dirtyset *d);
size_t dirtyset_count(const struct dirtyset *d);

#endif
