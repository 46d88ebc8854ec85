#ifndef SECRET_H
#define SECRET_H

#include <stddef.h>

struct buf;
struct secret;

/*
 * A value that must not be seen: opaque, wiped when freed, and kept out of
 * core dumps. There is no function that prints one.
 */

/* secret_new(p, n): a copy of n bytes (NUL-terminated). NULL on ENOMEM. */
struct secret *secret_new(const void *p, size_t n);

/* secret_take(b): take over the contents of ${b}, wiping it. NULL: ENOMEM. */
struct secret *secret_take(struct buf *b);

/* secret_free(s): wipe and free; NULL is fine. */
void secret_free(struct secret *s);

/* secret_data(s), secret_len(s): the bytes, borrowed. */
const char *secret_data(const struct secret *s);
size_t secret_len(const struct secret *s);

/*
 * secret_guard_process(): no core dumps and no ptrace by others for this
 * process and its children. Best effort; called first thing by main.
 */
void secret_guard_process(void);

#endif
