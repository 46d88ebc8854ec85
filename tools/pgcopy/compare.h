#ifndef COMPARE_H
#define COMPARE_H

#include <stdint.h>

struct catalog;
struct engine;

/*
 * compare_catalogs(e, source, target): what is not rows: tables and columns,
 * indexes (and their validity), constraints, sequences (the target's must not
 * be behind), populated views, extensions. A finding of level error each.
 * 0, or -1 when a finding cannot be written.
 */
int compare_catalogs(struct engine *e, const struct catalog *source,
	const struct catalog *target);

/* compare_tables(e, source, target, extra): tables and their columns alone;
 * ${extra} is the level of a finding for what the target alone has. */
int compare_tables(struct engine *e, const struct catalog *source,
	const struct catalog *target, const char *extra);

#endif
