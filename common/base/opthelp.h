#ifndef OPTHELP_H
#define OPTHELP_H

struct opt_program;
struct opt_verb;

/*
 * opthelp_print(prog, verb): the help of a program (${verb} NULL) or of one of
 * its verbs, generated from the tables, on standard output.
 */
void opthelp_print(const struct opt_program *prog, const struct opt_verb *verb);

#endif
