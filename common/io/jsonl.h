#ifndef JSONL_H
#define JSONL_H

#include <stddef.h>

struct json;
struct jsonl;

/* JSON lines in: one object a line, LF, "type" a string. */

#define JSONL_MAX_LINE (8u << 20)

/*
 * jsonl_open(fd, name, max): a reader over ${fd} (borrowed), named ${name} in
 * messages; a line over ${max} bytes is refused. NULL on ENOMEM.
 */
struct jsonl *jsonl_open(int fd, const char *name, size_t max);
void jsonl_close(struct jsonl *r);

/* jsonl_growing(r): the input is still written to: a last line without LF is
 * no record yet, and the end. */
void jsonl_growing(struct jsonl *r);

/* is_jsonl_waiting(r): the next jsonl_next() has to read. */
int is_jsonl_waiting(const struct jsonl *r);

/*
 * jsonl_next(r, doc): 1 and a document (the caller's to json_free) whose root
 * is an object with a string "type"; 0 at end of input; -1 on a read error or
 * a bad line, which a message has named as file:line:column.
 */
int jsonl_next(struct jsonl *r, struct json **doc);

/* jsonl_text(r, len): the last line's bytes without LF, until the next call. */
const char *jsonl_text(const struct jsonl *r, size_t *len);

/* jsonl_line(r): the number of the last line, from 1. */
unsigned jsonl_line(const struct jsonl *r);

/* is_jsonl_torn(r): whether the last line had no LF at its end. */
int is_jsonl_torn(const struct jsonl *r);

#endif
