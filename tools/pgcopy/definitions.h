#ifndef DEFINITIONS_H
#define DEFINITIONS_H

struct catalog;
struct engine;

/*
 * definitions_compare(e, source, target): what the two databases' objects are,
 * beside rows, keys and the values of sequences: columns (type, NOT NULL,
 * default, collation), table options, row security and partitions, CHECK
 * constraints, views, triggers, policies, rules, sequences, functions, types,
 * statistics, event triggers, comments; indexes that the target alone has. A
 * finding for each difference: an error, or a warning where an application
 * would not notice, or where servers of different major versions may write the
 * same thing in another way. Schemas of extensions may differ. 0, or -1 after
 * a message.
 */
int definitions_compare(struct engine *e, const struct catalog *source,
	const struct catalog *target);

#endif
