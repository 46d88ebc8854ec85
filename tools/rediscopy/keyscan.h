#ifndef KEYSCAN_H
#define KEYSCAN_H

#include <stdbool.h>
#include <stdint.h>

struct keylist;
struct rediscopy_options;
struct side;

/* The keys of a database that the options mean, some at a time. */
struct keyscan {
	struct side *side;
	const struct rediscopy_options *opt;
	const char *type; /* instead of the options', or NULL */
	/* after each step: names, and the memory that each has; UINT64_MAX
	 * where that is not told */
	struct keylist *keys;
	uint64_t *size;
	uint64_t filtered;
	bool is_done; /* these are the last ones */
	char cursor[24];
};

/* keyscan_init(s, side, opt): of the database that is selected. 0 or -1
 * (ENOMEM). keyscan_fini(s): in any state. */
int keyscan_init(struct keyscan *s, struct side *side,
	const struct rediscopy_options *opt);
void keyscan_fini(struct keyscan *s);

/* keyscan_next(s): an exit status, after a message if it is not STATUS_OK. A
 * key may come more than once. */
int keyscan_next(struct keyscan *s);

#endif
