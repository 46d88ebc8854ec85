#ifndef COPYIN_H
#define COPYIN_H

#include <stddef.h>
#include <stdint.h>

struct session;

/* COPY ... FROM STDIN; pieces may be cut anywhere. */

/* copyin_start(s, sql): 0, or -1 after a message. */
int copyin_start(struct session *s, const char *sql);

/* copyin_put(s, p, n): send n bytes (buffered to large CopyData messages,
 * blocking while the server is slow). 0, or -1 after a message. */
int copyin_put(struct session *s, const void *p, size_t n);

/* copyin_end(s, rows): finish; the server's row count. 0, or -1 after a
 * message. copyin_abort(s, why): make the server refuse the rest. */
int copyin_end(struct session *s, uint64_t *rows);
void copyin_abort(struct session *s, const char *why);

#endif
