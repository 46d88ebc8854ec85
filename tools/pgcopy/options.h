#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

struct conninfo;
struct opt;
struct pgcopy_options;

/* The option tables: of every verb, and of each one. */
extern const struct opt options_common[];
extern const struct opt options_check[];
extern const struct opt options_copy[];
extern const struct opt options_plan[];
extern const struct opt options_finish[];
extern const struct opt options_run[];
extern const struct opt options_dump[];
extern const struct opt options_restore[];
extern const struct opt options_follow[];
extern const struct opt options_sync[];
extern const struct opt options_verify[];

/*
 * options_connect(opt, source, out): where one end is, whom to trust there and
 * how long it may be silent; ${*out} for conninfo_free, even after a failure.
 * 0, or -1 after a message.
 */
int options_connect(
	const struct pgcopy_options *opt, bool source, struct conninfo **out);

#endif
