#ifndef IMAGE_H
#define IMAGE_H

struct app;
struct job;

/*
 * image_build(job, a): [build] of an app and, where an image must be made
 * first, the need for it with the deploy command. 0 or -1 (ENOMEM).
 */
int image_build(struct job *job, struct app *a);

#endif
