#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kv;
struct kvreply;
struct reader;

/*
 * One key read element by element, in steps that its server does not notice.
 * What is read goes to a sink; several readers may be at work on a session.
 */

/* What the elements of a type are in the sink's items: bytes of a string; an
 * element; a field and its value; a member and its score; an entry of a
 * stream, which is an array of ID and of fields and values. */
struct reader_type {
	const char *name;   /* what TYPE says */
	const char *length; /* the command that counts: "LLEN" */
	int64_t step;       /* elements, or bytes, to begin with */
	bool is_ordered;
	size_t words; /* items an element */
	void (*ask)(struct reader *r);
	void (*take)(struct reader *r, const struct kvreply *reply);
};

/* reader_type(name): NULL: none that can be read so. */
const struct reader_type *reader_type(const char *name);

struct reader {
	struct kv *kv;
	const char *key;
	size_t len;
	const struct reader_type *type;
	/* sink(ctx, item, n): ${n} items, borrowed during the call */
	void (*sink)(void *ctx, const struct kvreply *const *item, size_t n);
	void *ctx;
	/* by *SCAN where reading by index would be quicker, but a key that
	 * changes meanwhile would be read wrong */
	bool is_scanned;
	int64_t at;      /* how many elements, or bytes, have been read */
	char cursor[24]; /* of *SCAN */
	char last[48];   /* ID of a stream's last entry */
	int64_t step;
	uint64_t bytes;                     /* that a read should give, about */
	bool is_asking, is_read, is_broken; /* broken: an unfit answer */
};

/* reader_init(r, kv, key, len, type): the caller sets sink and ctx. */
void reader_init(struct reader *r, struct kv *kv, const char *key, size_t len,
	const struct reader_type *type);

/* reader_tune(r, size, seconds): how much memory the key takes (0: not known),
 * and how far its server is: a key that is small as a whole need not be begun
 * with care, and a server that is far is asked for more at a time. */
void reader_tune(struct reader *r, uint64_t size, double seconds);

/* reader_ask(r): queue the next read, unless one is under way or all is
 * read. */
void reader_ask(struct reader *r);

#endif
