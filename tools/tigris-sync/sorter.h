#ifndef SORTER_H
#define SORTER_H

#include <stddef.h>

struct feed;
struct object;
struct sorter;

/*
 * Objects sorted by key in bounded memory (spill.h), each with a text of the
 * caller's: a listing that came out of order, or what a journal knows.
 */

/* sorter_new(max): about ${max} bytes in memory. NULL: ENOMEM. */
struct sorter *sorter_new(size_t max);
void sorter_free(struct sorter *s);

/* sorter_add(s, o, note): copy one in. 0, or -1 after a message. */
int sorter_add(struct sorter *s, const struct object *o, const char *note);

/* sorter_done(s): all are in. 0, or -1 after a message. */
int sorter_done(struct sorter *s);

/*
 * sorter_next(s, o, note): 1 and the next key, of several objects of that key
 * the last one that came in; borrowed until the next call. 0 at the end, -1
 * after a message.
 */
int sorter_next(struct sorter *s, struct object *o, const char **note);

/* sorter_feed(s): the same as a listing, which owns ${s} from then on; NULL
 * (ENOMEM; ${s} is freed). */
struct feed *sorter_feed(struct sorter *s);

#endif
