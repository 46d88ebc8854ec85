#ifndef APPS_H
#define APPS_H

#include <stddef.h>

struct job;

/* The apps that one input becomes: one for each image. */
struct apps {
	struct job **job; /* each with a configuration and report of its own */
	size_t n;
};

/*
 * apps_build(first, a): convert every app that the options ask for. ${first}
 * refers to the input and to a report of what reading it had to say, which
 * becomes the first app's. 0, or -1 after a message; ${a} is to be freed in any
 * case.
 */
int apps_build(const struct job *first, struct apps *a);
void apps_fini(struct apps *a);

#endif
