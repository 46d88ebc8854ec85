#ifndef INPUT_H
#define INPUT_H

struct env;
struct input;
struct job;
struct options;

/*
 * input_open(o, env, job): read every file that the options name, give up
 * reading anything more, and take the files apart; ${job} then refers to them.
 * NULL after a message. input_close(in): free all of it.
 */
struct input *input_open(
	const struct options *o, struct env *env, struct job *job);
void input_close(struct input *in);

#endif
