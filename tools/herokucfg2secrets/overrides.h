#ifndef OVERRIDES_H
#define OVERRIDES_H

#include <stddef.h>

struct notes;
struct options;
struct varlist;
struct override;

/* What the command line says about single variables. */
struct overrides {
	struct override *item;
	size_t n;
};

/*
 * overrides_parse(o, out): the --set, --drop, --keep and --rename options, with
 * the values of --set read from their locators. 0, or -1 after a message: bad
 * syntax, a contradiction, a value that cannot be read.
 */
int overrides_parse(const struct options *o, struct overrides *out);

/*
 * overrides_apply(ov, vars, notes): mark the variables named, and add the ones
 * that --set brings. 0, or -1 after a message: --keep or --rename of a
 * variable that is not there.
 */
int overrides_apply(
	const struct overrides *ov, struct varlist *vars, struct notes *notes);

/* overrides_fini(ov): wipe and free. */
void overrides_fini(struct overrides *ov);

#endif
