#ifndef OPTIONS_H
#define OPTIONS_H

struct opt;

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

#endif
