#ifndef SECRETSFMT_H
#define SECRETSFMT_H

#include <stddef.h>

struct buf;

/*
 * Text for `fly secrets import` (flyctl 0.4: one NAME=VALUE a line). Its reader
 * cuts a value at the first '#' that an even number of double quotes precedes,
 * removes one pair of outer quotes, takes a value from """ to a line that
 * ends in """, drops one CR at the end of each line, knows no escapes, and
 * stops without a word at a line of more than 65,535 bytes. Within that,
 * these are the encodings that arrive byte for byte.
 */

#define SECRETSFMT_MAX_LINE 65535u

enum secretsfmt {
	SECRETSFMT_OK,
	SECRETSFMT_NUL,     /* a NUL byte: no environment carries it */
	SECRETSFMT_UTF8,    /* not UTF-8: would arrive changed */
	SECRETSFMT_COMMENT, /* several lines, the first would be cut at a # */
	SECRETSFMT_QUOTES,  /* a line before the last ends in """ */
	SECRETSFMT_LONG,    /* a line would be too long */
	SECRETSFMT_NO_MEMORY
};

/*
 * secretsfmt_check(value, n): whether any way of transport can carry the ${n}
 * bytes: SECRETSFMT_OK, _NUL or _UTF8.
 */
enum secretsfmt secretsfmt_check(const char *value, size_t n);

/*
 * secretsfmt_put(out, name, value, n): append the lines that set ${name} (a
 * plain identifier) to the ${n} bytes. Nothing is appended unless the result
 * is SECRETSFMT_OK.
 */
enum secretsfmt secretsfmt_put(
	struct buf *out, const char *name, const char *value, size_t n);

/* secretsfmt_strerror(e): why it was refused, a clause for people. */
const char *secretsfmt_strerror(enum secretsfmt e);

#endif
