#ifndef OPT_H
#define OPT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Option tables. A program is a table of verbs (or one verb-less table of
 * options); --help is generated from it. Options are long ("--jobs 4" or
 * "--jobs=4") with an optional letter ("-j 4", "-j4"); no abbreviations, no
 * reordering: the first operand ends the options, and so does "--". A
 * repeated or contradictory option is refused, and one behind the first of any
 * number of operands.
 */
enum opt_kind {
	OPT_FLAG,     /* bool */
	OPT_STRING,   /* const char *, borrowed from argv */
	OPT_INT,      /* int64_t, within min..max */
	OPT_SIZE,     /* uint64_t bytes, within min..max (num_size) */
	OPT_DURATION, /* double seconds, within min..max (num_duration) */
	OPT_LIST,     /* struct opt_list, may be given several times */
	OPT_CHOICE    /* const char *, one of ${choices}, "a|b|c" */
};

struct env;

struct opt_list {
	const char **item; /* borrowed strings from argv; freed by opt_fini */
	size_t n;
};

struct opt {
	const char *name; /* without the dashes; NULL ends a table */
	char letter;      /* or 0 */
	enum opt_kind kind;
	size_t at;            /* offsetof the member in the options struct */
	const char *arg;      /* metavariable for the help, NULL for a flag */
	const char *help;     /* one line */
	int64_t min, max;     /* OPT_INT, OPT_SIZE, OPT_DURATION; both 0: any */
	const char *choices;  /* OPT_CHOICE */
	const char *excludes; /* names it contradicts, "a b c", or NULL */
};

struct opt_verb {
	const char *name; /* NULL ends the table; "" for a verb-less program */
	/* for the help, e.g. "[FILE ...]", or "< FILE", which is no operand:
	 * what is read from standard input; or NULL */
	const char *operands;
	const char *help; /* one line */
	const struct opt *opts;
	int min_operands, max_operands; /* max -1: any number */
	/* run(options, env): the verb; returns an exit status (status.h). */
	int (*run)(const void *options, struct env *env);
};

struct opt_program {
	const char *name;
	const char *summary;          /* one line for the head of --help */
	const struct opt *common;     /* options of every verb, or NULL */
	const struct opt_verb *verbs; /* one with name "" = no verbs */
};

/*
 * opt_parse(prog, argc, argv, options, verb, operands): fill ${options} (the
 * caller has set defaults) from the command line; --help and --version are
 * built in. Returns 1 and the verb with the index of its first operand; 0
 * when help or the version was printed (exit 0); -1 after one line on
 * standard error saying what is wrong and the likely intent (exit 100).
 */
int opt_parse(const struct opt_program *prog, int argc, char **argv,
	void *options, const struct opt_verb **verb, int *operands);

/* opt_fini(prog, options): free what opt_parse allocated (OPT_LIST items). */
void opt_fini(const struct opt_program *prog, void *options);

/*
 * is_opt_given(prog, verb, argc, argv, name): whether the option was given,
 * for the rare default that depends on it.
 */
int is_opt_given(const struct opt_program *prog, const struct opt_verb *verb,
	int argc, char **argv, const char *name);

#endif
