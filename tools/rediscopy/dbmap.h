#ifndef DBMAP_H
#define DBMAP_H

#include <stddef.h>

struct opt_list;

/* Which databases of the source go to which of the target. */
struct dbmap_pair {
	int from, to;
};

struct dbmap {
	struct dbmap_pair *pair;
	size_t n;
};

/*
 * dbmap_parse(list, m): from "N" (to the same number) and "N:M" items. 0, or
 * -1 after a message: not numbers, or a source database named twice, or two
 * that would meet in one target database while ${may_meet} is 0. dbmap_fini:
 * free it.
 */
int dbmap_parse(const struct opt_list *list, int may_meet, struct dbmap *m);
void dbmap_fini(struct dbmap *m);

/* dbmap_add(m, from, to): one more pair. 0 or -1 (ENOMEM). */
int dbmap_add(struct dbmap *m, int from, int to);

#endif
