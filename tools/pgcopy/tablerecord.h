#ifndef TABLERECORD_H
#define TABLERECORD_H

#include <stddef.h>

struct engine;
struct multiset;

/* The records of copy and verify. Each: 0, or -1 after a message. */

/* tablerecord_copied(e, table): table.copied. */
int tablerecord_copied(struct engine *e, size_t table);

/* tablerecord_verified(e, table, seconds): table.verified or table.differs. */
int tablerecord_verified(struct engine *e, size_t table, double seconds);

/* tablerecord_objects(e, n, source, target): largeobjects.copied. */
struct delta_table;
int tablerecord_compared(
	struct engine *e, size_t table, const struct delta_table *d);
int tablerecord_synced(
	struct engine *e, size_t table, const struct delta_table *d);

int tablerecord_objects(struct engine *e, size_t n,
	const struct multiset *source, const struct multiset *target);

/* tablerecord_step(e, id, seconds): index.built, constraint.added,
 * matview.refreshed for the job of that id; nothing for others. */
int tablerecord_step(struct engine *e, const char *id, double seconds);

#endif
