#ifndef SECRETSREAD_H
#define SECRETSREAD_H

#include <stddef.h>

struct buf;

/*
 * Reads text for `fly secrets import` as flyctl does. The encoder's output is
 * read back with it before a byte is written, so that a mistake in one of the
 * two is a refusal and not a changed secret.
 */
struct secretsread {
	const char *text;
	size_t len;
	size_t at; /* 0 at the start */
};

/*
 * secretsread_next(r, name, value): the next secret, into two buffers that
 * are cleared first. 1; 0 at the end; -1 if the import would fail, stop or
 * lose something here (or without memory).
 */
int secretsread_next(
	struct secretsread *r, struct buf *name, struct buf *value);

#endif
