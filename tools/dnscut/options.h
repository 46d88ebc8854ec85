#ifndef OPTIONS_H
#define OPTIONS_H

struct opt;

/* The option tables: of every verb, and of each. */
extern const struct opt options_common[], options_check[], options_snapshot[],
	options_plan[], options_apply[], options_watch[], options_verify[],
	options_rollback[];

#endif
