#ifndef PROGRAM_H
#define PROGRAM_H

struct opt_program;

/*
 * program_run(p, options, argc, argv): what main does: descriptors and secrets
 * made safe, the command line read into ${options} (the caller has set
 * defaults), the verb run, standard output closed and checked. The status to
 * exit with.
 */
int program_run(
	const struct opt_program *p, void *options, int argc, char **argv);

#endif
