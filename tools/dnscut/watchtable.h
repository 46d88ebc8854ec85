#ifndef WATCHTABLE_H
#define WATCHTABLE_H

#include <stddef.h>

struct buf;
struct look;
struct probe;

struct watchtable_size {
	size_t width, rows; /* of the terminal; ${rows} 0: not known */
	double seconds;     /* since the beginning */
};

/*
 * watchtable_put(b, probe, n, servers, resolvers, size): append the table of
 * one round for people: a line for each probe, as many as fit, with how much of
 * the servers and resolvers has what is new, and two with all of them, for how
 * long resolvers will say what is old, and the time. No line is wider than the
 * terminal. How many lines, or -1 (ENOMEM). Pure.
 */
int watchtable_put(struct buf *b, const struct probe *probe, size_t n,
	const struct look *servers, const struct look *resolvers,
	const struct watchtable_size *size);

#endif
