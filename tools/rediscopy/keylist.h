#ifndef KEYLIST_H
#define KEYLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of keys, which may hold any bytes, in the order they came in. */
struct keylist_item {
	const char *key;
	size_t len;
	uint64_t size; /* the caller's */
	const char *note;
};

struct keylist;

/* keylist_new(): NULL without memory. keylist_free(l): NULL is fine. */
struct keylist *keylist_new(void);
void keylist_free(struct keylist *l);

/* keylist_add(l, key, len, size, note): copies of both. 0 or -1 (ENOMEM). */
int keylist_add(struct keylist *l, const char *key, size_t len, uint64_t size,
	const char *note);

/* keylist_count(l); keylist_get(l, i): borrowed until the next add. */
size_t keylist_count(const struct keylist *l);
struct keylist_item keylist_get(const struct keylist *l, size_t i);

/* is_keylist_full(l): it takes about as much memory as a list should that is
 * worked off and filled again. */
bool is_keylist_full(const struct keylist *l);

/* is_keylist_member(l, key, len, size): whether a key of that name and size is
 * among them; quick, whatever the length of the list. */
bool is_keylist_member(
	struct keylist *l, const char *key, size_t len, uint64_t size);

/* keylist_clear(l): forget all. */
void keylist_clear(struct keylist *l);

#endif
