#ifndef SCALE_H
#define SCALE_H

struct app;
struct job;

/* scale_prepare(job, a): whether its plan sleeps; no findings. */
void scale_prepare(struct job *job, struct app *a);

/*
 * scale_build(job, a): [[vm]], [[mounts]], [[restart]], and the needs for the
 * number of Machines and for a volume.
 */
void scale_build(struct job *job, struct app *a);

#endif
