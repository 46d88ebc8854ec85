#ifndef TOMLINDEX_H
#define TOMLINDEX_H

#include <stddef.h>
#include <stdint.h>

struct tree;

/* Every member of every table of a document by its table and key. */
struct tomlindex {
	struct tree **slot; /* a power of two of them; NULL: free */
	size_t n, size;
	uint64_t seed;
};

/* tomlindex_init(i, seed): an empty one; ${seed} makes collisions hard to
 * write on purpose. tomlindex_fini frees it. */
void tomlindex_init(struct tomlindex *i, uint64_t seed);
void tomlindex_fini(struct tomlindex *i);

/* tomlindex_find(i, table, key, len): the member, or NULL. */
struct tree *tomlindex_find(const struct tomlindex *i, const struct tree *table,
	const char *key, size_t len);

/* tomlindex_add(i, t): the member ${t}, whose key is not there yet. 0 or -1
 * (ENOMEM). */
int tomlindex_add(struct tomlindex *i, struct tree *t);

#endif
