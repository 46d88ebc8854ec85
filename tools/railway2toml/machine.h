#ifndef MACHINE_H
#define MACHINE_H

struct job;

/* machine_find_region(job): job->region from the file if no option gave it. */
void machine_find_region(struct job *job);

/*
 * machine_build(job): how many Machines, of which size, where; volumes,
 * restarts and the time to stop. 0 or -1 (ENOMEM).
 */
int machine_build(struct job *job);

/* The one process group of a service. */
#define MACHINE_GROUP "app"

#endif
