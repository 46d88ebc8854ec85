#ifndef COMPARE_H
#define COMPARE_H

#include <stdint.h>

struct catalog;
struct catalog_table;
struct engine;

/*
 * What is not rows. Each difference is a finding of level error. 0, or -1 when
 * a finding cannot be written.
 *
 * compare_table(e, t, target, types): the target has the table with the same
 * columns in whatever order; ${types} is the level of a finding for a column of
 * another type, whose rows can be compared all the same.
 * compare_tables(e, source, target, level): that of all; ${level} is that of
 * types and of tables that the target alone has.
 * compare_others(e, source, target): that the target has the indexes, valid
 * ones, and the foreign keys; sequences (the target's must not be behind);
 * populated views.
 * compare_matview_rows(e, source, target): those of views that are populated on
 * both sides, by the servers' hashes, which need one encoding; a warning, as
 * the two may have been refreshed at different times.
 * compare_extensions(e, source, target): those that the target lacks, a
 * warning; another version, a note.
 */
int compare_table(struct engine *e, const struct catalog_table *t,
	const struct catalog *target, const char *types);
int compare_tables(struct engine *e, const struct catalog *source,
	const struct catalog *target, const char *level);
int compare_others(struct engine *e, const struct catalog *source,
	const struct catalog *target);
int compare_matview_rows(struct engine *e, const struct catalog *source,
	const struct catalog *target);
int compare_extensions(struct engine *e, const struct catalog *source,
	const struct catalog *target);

#endif
