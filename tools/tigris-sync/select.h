#ifndef SELECT_H
#define SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "opt.h"

struct object;

/* Which objects are meant. Pure. */
struct selection {
	struct opt_list include, exclude; /* patterns of keys */
	uint64_t min_size, max_size;      /* bytes; max 0: any */
	double min_age, max_age;          /* seconds since changed; 0: any */
	unsigned shard, shards;           /* of 1..shards; shards 0: all */
};

/* select_shard(text, s): "2/8" into ${s}. 0, or -1 after a message. */
int select_shard(const char *text, struct selection *s);

/* is_selected_key(s, o): by its key alone, and the shard: the same for an
 * object on either side. */
bool is_selected_key(const struct selection *s, const struct object *o);

/* is_selected(s, o, now): by size and age too; ${now} in seconds. */
bool is_selected(const struct selection *s, const struct object *o, double now);

#endif
