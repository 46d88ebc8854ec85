#ifndef WATCHTABLE_H
#define WATCHTABLE_H

#include <stddef.h>

struct buf;
struct look;
struct probe;

/*
 * watchtable_put(b, probe, n, servers, resolvers, seconds, width): append the
 * table of one round for people: a line for each probe with how many servers
 * and resolvers have what is new, cut to ${width} columns, and a last line with
 * all of them and the seconds since the beginning. How many lines, or -1
 * (ENOMEM). Pure.
 */
int watchtable_put(struct buf *b, const struct probe *probe, size_t n,
	const struct look *servers, const struct look *resolvers,
	double seconds, size_t width);

#endif
