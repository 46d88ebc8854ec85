#ifndef KVREPLY_H
#define KVREPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Replies of the protocol RESP2, read by hiredis. */

enum kvreply_kind {
	KVREPLY_NIL,
	KVREPLY_STATUS,
	KVREPLY_ERROR,
	KVREPLY_INTEGER,
	KVREPLY_STRING,
	KVREPLY_ARRAY
};

struct kvreply {
	enum kvreply_kind kind;
	int64_t integer;
	const char *str; /* of a string, status or error; a NUL follows */
	size_t len;
	const struct kvreply **item;
	size_t n;
};

struct kvreader;

/* kvreader_new(): NULL without memory. kvreader_free(r): NULL is fine. */
struct kvreader *kvreader_new(void);
void kvreader_free(struct kvreader *r);

/* kvreader_feed(r, p, n): bytes from the server; 0 or -1 (ENOMEM). */
int kvreader_feed(struct kvreader *r, const void *p, size_t n);

/*
 * kvreader_next(r, reply): 1 and the next whole reply, which lives until the
 * next call; 0: more bytes are needed; -1: not the protocol, or no memory.
 */
int kvreader_next(struct kvreader *r, const struct kvreply **reply);

/* kvreader_why(r): what was wrong. */
const char *kvreader_why(const struct kvreader *r);

/* is_kvreply(r, kind): also false for NULL. is_kvreply_error(r, code): an
 * error whose first word is ${code} ("NOAUTH"). is_kvreply_ok(r): +OK. */
bool is_kvreply(const struct kvreply *r, enum kvreply_kind kind);
bool is_kvreply_error(const struct kvreply *r, const char *code);
bool is_kvreply_ok(const struct kvreply *r);

/* kvreply_pair(r, name): of an array of names and values, the value of that
 * name, or NULL. */
const struct kvreply *kvreply_pair(const struct kvreply *r, const char *name);

/* kvreply_time(r): what TIME answers, as ms since 1970; 0: it is none. */
int64_t kvreply_time(const struct kvreply *r);

#endif
