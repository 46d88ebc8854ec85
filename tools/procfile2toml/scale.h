#ifndef SCALE_H
#define SCALE_H

struct job;
struct layout;
struct vmsize;

/*
 * scale_size(job, type, size): the size for a process type by the formation.
 * 1; 0 and the size of a basic dyno if none is known.
 */
int scale_size(const struct job *job, const char *type, struct vmsize *size);

/*
 * scale_build(job, l): [[vm]] for the groups, and the need for their counts.
 * 0 or -1 (ENOMEM).
 */
int scale_build(struct job *job, const struct layout *l);

#endif
