#ifndef BODY_H
#define BODY_H

#include <stdbool.h>

struct call;

/* body_read(c): the whole body, hashed; false when the client went away or the
 * fault cut it off. */
bool body_read(struct call *c);

/* is_body_true(c): what the headers say of the body is so; else the refusal is
 * the answer. */
bool is_body_true(struct call *c);

#endif
