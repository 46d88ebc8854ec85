#ifndef EXPIRY_H
#define EXPIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct side;

/*
 * When a key expires, to the millisecond. Servers before 7.0 have no
 * PEXPIRETIME: of them PTTL is asked between two TIMEs, and again if the
 * millisecond has changed in between, since what is left and the time then
 * belong to two moments.
 */
struct expiry {
	int64_t at;             /* ms since 1970; -1: never; -2: no such key */
	bool is_done, is_exact; /* answered; and by one moment */
	/* how it is got */
	struct side *side;
	const char *key;
	size_t len;
	unsigned tries;
	int64_t now, left;
};

/* expiry_ask(e, side, key, len, tries): queue the questions, at most so many
 * times; ${key} is borrowed until it is done. */
void expiry_ask(struct expiry *e, struct side *side, const char *key,
	size_t len, unsigned tries);

#endif
