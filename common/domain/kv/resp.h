#ifndef RESP_H
#define RESP_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct kvreply;

/*
 * Values of the protocol RESP2 as text, which kvreader_next() reads. All
 * append; 0 or -1 (ENOMEM).
 */

/* resp_array(b, n): an array's head; ${n} values follow. */
int resp_array(struct buf *b, size_t n);
int resp_string(struct buf *b, const void *p, size_t n);
int resp_text(struct buf *b, const char *s);
int resp_int(struct buf *b, int64_t v);

/* resp_reply(b, r): a reply as it came. */
int resp_reply(struct buf *b, const struct kvreply *r);

#endif
