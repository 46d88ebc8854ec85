#ifndef ENV_H
#define ENV_H

struct clock;

/*
 * What a verb may touch besides its options: the seams a unit test replaces.
 */
struct env {
	int in;              /* records or the source format */
	int out;             /* records or the target format */
	const char *in_name; /* of ${in} in messages: "stdin" or a path */
	const struct clock *clock;
	int argc; /* operands left after the options */
	char **argv;
};

/* env_system(e): descriptors 0 and 1, the system's clock. */
void env_system(struct env *e);

#endif
