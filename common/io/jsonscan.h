#ifndef JSONSCAN_H
#define JSONSCAN_H

#include <stddef.h>

struct json_error;

/* Where a value and its key stand in the text; in document order. */
struct jsonscan_place {
	size_t key;        /* offset of the key's quote, or of the value */
	size_t value, end; /* offsets of the value and just past it */
};

struct jsonscan {
	const char *text;
	size_t len;
	size_t at;
	struct jsonscan_place *place; /* grown; the caller frees it */
	size_t n, cap;
	struct json_error *err;
};

/*
 * jsonscan_run(s): check that the text is one JSON value by the strict reading
 * of RFC 8259 (see json.h) and record its places. 0, or -1 with ${s->err}
 * filled. The caller has set text, len, err and zeroed the rest.
 */
int jsonscan_run(struct jsonscan *s);

/* jsonscan_fail(s, at, what): fill ${s->err} for offset ${at}; -1. */
int jsonscan_fail(struct jsonscan *s, size_t at, const char *what);

/* jsonscan_where(text, at, line, column): both from 1, column in bytes. */
void jsonscan_where(
	const char *text, size_t at, unsigned *line, unsigned *column);

#endif
