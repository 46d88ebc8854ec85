#ifndef KEYFILTER_H
#define KEYFILTER_H

#include <stdbool.h>
#include <stddef.h>

struct rediscopy_options;

/* Which keys the options mean, and what they are called on the target. */

/* keyfilter_match(o): a pattern that SCAN itself may filter by, or NULL. */
const char *keyfilter_match(const struct rediscopy_options *o);

/* is_keyfilter_wanted(ctx, key, len): ${ctx} is the options. */
bool is_keyfilter_wanted(void *ctx, const char *key, size_t len);

/*
 * keyfilter_prefix(o, db, b): what stands before the names of the keys of that
 * database of the source: the option's text, in which %d is its number;
 * appended. 0 or -1 (ENOMEM). is_keyfilter_apart(o): whether no two databases
 * have keys of the same name on the target because of it.
 */
struct buf;
int keyfilter_prefix(const struct rediscopy_options *o, int db, struct buf *b);
bool is_keyfilter_apart(const struct rediscopy_options *o);

/*
 * keyfilter_target(o, db, b, key, len): the name on the target into ${b}, a
 * buffer that is emptied before. 0 or -1 (ENOMEM). keyfilter_source: the
 * reverse, borrowed from ${key}; -2 if it is none of ours, -1 (ENOMEM).
 */
int keyfilter_target(const struct rediscopy_options *o, int db, struct buf *b,
	const char *key, size_t len);
int keyfilter_source(const struct rediscopy_options *o, int db, const char *key,
	size_t len, const char **out, size_t *out_len);

#endif
