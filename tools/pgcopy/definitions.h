#ifndef DEFINITIONS_H
#define DEFINITIONS_H

#include <stdbool.h>

struct catalog;
struct engine;

/*
 * definitions_compare(e, source, target, copied): what the two databases'
 * objects are, beside rows and the values of sequences: columns, table options
 * and partitions, constraints, indexes, row security, views, triggers,
 * policies, rules, sequences, functions, types and the rest; with the option
 * acl privileges, with owner owners. A finding for each difference, with what
 * both sides have: an error, or a warning where an application would not
 * notice.
 *
 * Facts of the catalogues are compared as they are. Where text alone differs
 * that servers write anew from what they have parsed, the target's server is
 * asked whether it means the same (probe.h); if it cannot tell and the major
 * versions differ, a warning. Schemas of extensions may differ. ${copied}: of
 * what the target has refused in this very run nothing is said again. 0, or -1
 * after a message.
 */
int definitions_compare(struct engine *e, const struct catalog *source,
	const struct catalog *target, bool copied);

#endif
