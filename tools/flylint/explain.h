#ifndef EXPLAIN_H
#define EXPLAIN_H

struct env;

/* explain_run(env): what the rules named by the operands mean, or a list of
 * all rules; on env->out. An exit status. */
int explain_run(struct env *env);

#endif
