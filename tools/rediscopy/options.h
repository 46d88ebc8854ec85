#ifndef OPTIONS_H
#define OPTIONS_H

struct opt;

/* The option tables: of every verb, and of each. */
extern const struct opt options_common[], options_check[], options_copy[],
	options_follow[], options_plan[], options_run[], options_dump[],
	options_restore[], options_sync[], options_verify[];

#endif
