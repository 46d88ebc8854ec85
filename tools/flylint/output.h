#ifndef OUTPUT_H
#define OUTPUT_H

struct env;
struct run;

/*
 * output_write(r, env): what was found and repaired: records or SARIF on
 * env->out as the options say, else text for people on standard error. 0, or
 * -1 after a message.
 */
int output_write(const struct run *r, struct env *env);

#endif
