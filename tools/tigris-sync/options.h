#ifndef OPTIONS_H
#define OPTIONS_H

struct opt;

/* The option tables: of every verb, and of each. */
extern const struct opt options_common[], options_check[], options_list[],
	options_plan[], options_run[], options_copy[], options_verify[],
	options_import[], options_export[], options_gc[];

#endif
